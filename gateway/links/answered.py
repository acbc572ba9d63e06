"""
What a partner answers about a case of ours: the first answer is its agency's result, each later one has a way too.

Where the reporter asked about the answer, what the partner makes clear is the agency's clarification. A corrected
answer that our regulation has no step for any more is kept beside the part, and whoever publishes is told.
"""

from __future__ import annotations

from datetime import datetime

from core.cases.decide import Refusal
from core.cases.model import Case, Dispatch
from core.identity.codes import format_code
from core.notify.letters import Letter
from core.regulations.model import Pack
from core.service.actors import Member, actor_for
from core.service.links.book import Link
from core.service.links.news import Mirrored
from core.service.officers import Saying
from core.service.work import Work
from gateway.links.exchange import Exchange

NEWER = "partner_answered"
"""What sort of thing staff are told."""


async def reflect(exchange: Exchange, link: Link, told: Mirrored, at: datetime, *, member: Member) -> Refusal | None:
    """As `Exchange.reflect`, and what is answered after the result finds its place. Raises NotFound."""
    _, before = await exchange.part(link, told, member)
    refusal = await exchange.reflect(link, told, at, member=member)
    case, after = await exchange.part(link, told, member)
    pack = exchange.deployment.regulation.packs.get(case.regulation)
    was_taken = len(after.resolutions) > len(before.resolutions)
    if told.state != "answered" or was_taken or not before.resolutions or _is_worked_on(pack, before):
        return refusal
    if not await _is_made_clear(exchange, link, told, case, member):
        await _keep(exchange, told, at, case, after)
    return None


def _is_worked_on(pack: Pack, part: Dispatch) -> bool:
    """Whether a result may be reported there, so that a refusal is for the words and not for the time."""
    moves = (*pack.moves_for("submit_result"), *pack.moves_for("accept_dispatch"))
    return any(part.stage in pack.origins(move) for move in moves if move.at == "dispatch")


async def _is_made_clear(exchange: Exchange, link: Link, told: Mirrored, case: Case, member: Member) -> bool:
    """Whether it answered what the reporter asked."""
    if not told.clarification or all(one.clarified_at for one in case.feedbacks):
        return False
    regulation = exchange.deployment.regulation
    pack = regulation.packs.get(case.regulation)
    actor = actor_for(member, case, pack=pack, agencies=regulation.agencies, acting=link.agency)
    files = told.files[len(told.files) - told.clarification_files :]
    fields = {"text": told.clarification, "files": files}
    outcome = await exchange.deployment.clerk.execute(case.id, "clarify", fields, actor=actor)
    return not isinstance(outcome, Refusal)


async def _keep(exchange: Exchange, told: Mirrored, at: datetime, case: Case, part: Dispatch) -> None:
    """Beside the part; whoever may publish reads that it is there. The same words once more are no news."""
    clerk = exchange.deployment.clerk
    last = part.resolutions[-1]
    (known,) = (await clerk.texts.read([last.text or last.result])).values()
    if known == told.text:
        return
    await clerk.newer.keep(told, at)
    pack, work = exchange.deployment.regulation.packs.get(case.regulation), Work()
    await clerk.officers.say_once(work, [_saying(exchange, told, at, case, pack)])
    await clerk.committer.commit(work)


def _saying(exchange: Exchange, told: Mirrored, at: datetime, case: Case, pack: Pack) -> Saying:
    code, page = format_code(case.code), f"{exchange.deployment.clerk.house.case_url}/{case.id}"
    subject = f"Phản ánh {code}: đơn vị đã trả lời lại"
    text = f"{subject} sau khi có kết quả. Đề nghị xem và quyết định.\n{page}"
    named = {role for move in pack.moves_for("publish") for role in move.by}
    seats = tuple((role, "") for role in sorted(named) if role in pack.roles and pack.roles[role].level == "centre")
    key = f"{NEWER}/{case.id}/{told.dispatch_id}/{at.isoformat()}"
    return Saying(key, seats, NEWER, Letter(subject, text), case_id=case.id, code=case.code)
