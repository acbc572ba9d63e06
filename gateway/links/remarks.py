"""
What comes after a case was handed to us: it becomes urgent; its answer is rated, asked about, made clear (ADR 0017).

We are told that it happened, and ask for the words as their agency's officer may read them. Whoever handed the case
over is its reporter here: a question is feedback on our case and a verdict its rating. What our regulation does not
have, or not now, is put before a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from core.cases.decide import Actor, Refusal
from core.cases.decide.facts import is_emergency
from core.cases.model import Case
from core.contract.errors import TemporarySendError
from core.identity.codes import parse_code
from core.service.desk import clipped
from core.service.links.book import Link
from core.service.links.news import DispatchFacts
from core.service.reading.views import CaseView, RatingView
from core.storage import answers
from core.storage.answers import Remembered
from gateway.links.exchange import Exchange

_RAISED = "Nơi chuyển hồ sơ đặt mức khẩn."
_LOWERED = "Nơi chuyển hồ sơ đã bỏ mức khẩn. Vui lòng xem lại mức độ của hồ sơ này."
_ASKED = "Người phản ánh phản hồi về kết quả:"
_RATED = "Người phản ánh đánh giá kết quả:"
_CLEAR = "Nơi chuyển hồ sơ đã làm rõ với người phản ánh:"


@dataclass(frozen=True)
class Hearing:
    """One piece of news about a case of theirs: `id` of the news, `scope` under which it is known as heard."""

    link: Link
    facts: DispatchFacts
    at: datetime
    id: str
    scope: str


@dataclass(frozen=True)
class _Remark:
    """What it is here. `said`: the same for a person; `command`: none where there is nothing to do but read it."""

    said: str
    command: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


async def take_urgency(exchange: Exchange, heard: Hearing) -> None:
    """
    It cannot wait any more: raised here too. That it can is for our own desk to say, which reads it.

    Raises TemporarySendError: the case is still on its way through the inbox.
    """
    case = await _ours(exchange, heard)
    if case is None:
        return
    if not heard.facts.emergency:
        await _put(exchange, heard, case, _Remark(_LOWERED))
    elif not is_emergency(exchange.deployment.regulation.packs.get(case.regulation), case.urgency):
        await _put(exchange, heard, case, _Remark(_RAISED, "raise_emergency", {"reason": _RAISED}), Actor.system())


async def take_remarks(exchange: Exchange, heard: Hearing) -> None:
    """What was said about our answer. Raises SendError: the other side does not give it out, or not now."""
    case = await _ours(exchange, heard)
    if case is None:
        return
    reply = await exchange.way.partner(heard.link).read(f"/api/v1/cases/{heard.facts.case_id}")
    page = CaseView.model_validate_json(reply.body, extra="ignore")
    reporter = Actor.reporter(case.reports[0].contact_id)
    for remark in _remarks(page, case, heard.facts.remark):
        await _put(exchange, heard, case, remark, reporter)


def _remarks(page: CaseView, case: Case, version: int) -> Iterator[_Remark]:
    """What that entry of their timeline says, in our words."""
    report = case.reports[0].report_id
    for entry in (one for one in page.timeline if one.version == version):
        words = " ".join(one.text for one in entry.texts)
        if entry.kind == "feedback_given":
            said = clipped(f"{_ASKED} {words}")
            yield _Remark(said, "give_feedback", {"text": said, "report_id": report})
        elif entry.kind == "answer_rated":
            yield from (
                _rating(given, report) for answer in page.answers for given in answer.ratings if given.at == entry.at
            )
        elif entry.kind == "feedback_clarified" and any(one.clarified_at is None for one in case.feedbacks):
            yield _Remark(clipped(f"{_CLEAR} {words}"))


def _rating(given: RatingView, report_id: str) -> _Remark:
    fields = {"level": given.level.id, "comment": given.comment or None, "report_id": report_id}
    return _Remark(clipped(f"{_RATED} {given.level.label}. {given.comment}".strip()), "rate", fields)


async def _ours(exchange: Exchange, heard: Hearing) -> Case | None:
    code = parse_code(heard.facts.code)
    case = await exchange.ours(heard.link, code) if code else None
    origin = await exchange.deployment.clerk.origins.of(heard.link.name, code) if code else None
    if case is None and origin is not None and origin.here:
        raise TemporarySendError("the case is still on its way")
    return case


async def _put(exchange: Exchange, heard: Hearing, case: Case, remark: _Remark, actor: Actor | None = None) -> None:
    """Into the case, once, together with the note that it was heard; else before a person."""
    clerk, now = exchange.deployment.clerk, exchange.deployment.now()
    if remark.command and actor is not None:
        answer = Remembered("", 200, b"")
        also = partial(answers.remember_once, scope=heard.scope, key=heard.id, answer=answer, now=now)
        outcome = await clerk.execute(case.id, remark.command, remark.fields, actor=actor, also=also)
        if not isinstance(outcome, Refusal):
            return
    await exchange.say(heard.link, case.code, f"{heard.id}/remark", heard.at, remark.said)
