"""
Questions of partners about a case that we hold, and answers to questions of ours (ADR 0017).

We put a question in our own name, in the conversation that whoever reported has with us; what they answer there goes
back, and is read at the partner by the same dialogue that reads what people write.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from core.cases.decide import Refusal
from core.contract.errors import NotFound
from core.identity.codes import parse_code
from core.service.actors import Member
from core.service.links.book import Link
from core.service.links.news import Asked, Supplied
from core.service.links.questions import asked_of
from core.service.work import Work
from gateway.links.exchange import Exchange

_THEIRS = (
    "Thông tin về người phản ánh do đơn vị chuyển hồ sơ giữ và không hỏi hộ được. "
    "Vui lòng chỉ hỏi về nội dung, địa điểm, thời gian hoặc hình ảnh."
)


async def ask(exchange: Exchange, link: Link, asked: Asked, *, member: Member) -> Refusal | None:
    """
    Put it, once.

    Returns: why it is not asked. Raises NotFound: no case or open part of theirs.
    """
    case, part = await exchange.part(link, asked, member)
    if not exchange.is_open(case, part):
        raise NotFound("their part is over")
    question, clerk = asked_of(link.name, part, asked), exchange.deployment.clerk
    if not question.fields:
        return Refusal("not_to_be_asked", HTTPStatus.UNPROCESSABLE_ENTITY, _THEIRS)
    if await clerk.questions.is_known(case.id, question):
        return None
    work, regulation = Work(), exchange.deployment.regulation
    pack, by = regulation.packs.get(case.regulation), regulation.agencies.name(part.agency_id)
    await clerk.questions.put(work, case, pack, question, by=by, note=asked.note)
    await clerk.listen(work, case, question.fields)
    await clerk.finish(work)
    return None


async def take_answer(exchange: Exchange, link: Link, told: Supplied, at: datetime, *, news: str) -> None:
    """
    What was answered comes in like a message; `news` is its id.

    Raises: NotFound: no case of theirs. SendError: they give no file out now.
    """
    code = parse_code(told.code) or ""
    ours, origin = await exchange.ours(link, code), await exchange.deployment.clerk.origins.of(link.name, code)
    if ours is None or origin is None or origin.case_id != told.case_id:
        raise NotFound("no case of theirs has such a code")
    way, contact = exchange.way.partner(link), ours.reports[0].contact_id
    files, lacking = await exchange.files(way, told.case_id, told.files, contact)
    await exchange.say(link, code, f"{told.question}/{news}", at, told.text + lacking, files)
