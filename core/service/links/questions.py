"""
What a partner asks whoever reported, through the deployment that holds them, and what they answer (QB-QD.III.1.1c).

The question goes into the reporter's own conversation, whose dialogue understands the answer as it does ours; what is
said goes back along the link, without name, number or address. Which question is open is a fact of ids alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import get_args

from core.cases.model import Case, Dispatch
from core.contract.schema import Report, new_id
from core.identity.codes import format_code
from core.intake.effects import Supply
from core.notify.house import House
from core.regulations.model import Pack
from core.service.desk import clipped
from core.service.links.book import LinkBook
from core.service.links.news import SUPPLIED, Asked, AskedField, Supplied, SuppliedNews
from core.service.links.post import LinkPost
from core.service.posting import Letter, Posting
from core.service.reading.curtain import Curtain
from core.service.wanted import labels_of
from core.service.work import Work
from core.storage import settings
from core.storage.database import Connection, Database

_FACT = "link-question:"
ANSWERABLE: frozenset[str] = frozenset(get_args(AskedField))
"""What may be asked through us; who somebody is stays where they told it."""


@dataclass(frozen=True)
class Question:
    """One that is open: whose, about which part, and for what."""

    id: str
    link: str
    dispatch_id: str
    fields: tuple[str, ...]


class Questions:
    """Puts questions of partners, and tells partners what was answered."""

    def __init__(
        self,
        database: Database,
        *,
        book: LinkBook,
        post: LinkPost,
        posting: Posting,
        house: House,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._book = book
        self._post = post
        self._posting = posting
        self._house = house
        self._now = now

    async def of(self, case_id: str) -> list[Question]:
        """Those that are open."""
        return await self._database.read(partial(_open, case_id=case_id))

    async def is_known(self, case_id: str, question: Question) -> bool:
        """Whether it was put before."""
        key = f"{_FACT}{case_id}:{question.dispatch_id}"
        fact = await self._database.read(partial(settings.get, key=key))
        return fact is not None and fact["id"] == question.id

    async def put(self, work: Work, case: Case, pack: Pack, question: Question, *, by: str, note: str) -> None:
        """Write it to every reporter of the case; `by`: the name of the agency that asks."""
        told = {
            "fields": ", ".join(labels_of(pack, question.fields)),
            "note": f"{by}: {note}" if note else f"Nơi hỏi: {by}.",
        }
        for report in case.reports:
            if report.conversation_id:
                talk = await self._posting.talks.load(work, report.conversation_id)
                letter = self._house.write("supplement_requested", {**told, "code": format_code(report.code)})
                cause = f"{case.id}/{_FACT}{question.id}/{report.report_id}"
                said = Letter(
                    letter.text,
                    cause=cause,
                    subject=letter.subject,
                    case_id=case.id,
                    purpose="notice",
                    fields=self._template(report.code, letter.status),
                )
                await self._posting.say(work, talk, said)
        fact = {"id": question.id, "link": question.link, "fields": list(question.fields)}
        work.add(partial(settings.put, key=f"{_FACT}{case.id}:{question.dispatch_id}", value=fact))

    async def answer(self, work: Work, case: Case, effect: Supply, report: Report) -> bool:
        """Tell those who asked what was said; whether anybody did."""
        questions = await self.of(case.id)
        for question in questions:
            await self._tell(work, case, question, effect, report)
            if not effect.awaited:
                key = f"{_FACT}{case.id}:{question.dispatch_id}"
                work.add(partial(settings.put, key=key, value={"id": question.id, "answered": True}))
        return bool(questions)

    async def _tell(self, work: Work, case: Case, question: Question, effect: Supply, report: Report) -> None:
        link = await self._book.find(question.link)
        if link is None:
            return
        entry = new_id()
        said = Supplied(
            case_id=case.id,
            dispatch_id=question.dispatch_id,
            code=format_code(case.code),
            question=question.id,
            text=clipped(Curtain().about([report.reporter]).said(effect.text)),
            files=tuple(file.stored_key for file in effect.attachments if file.stored_key),
        )
        news = SuppliedNews(id=entry, type=SUPPLIED, at=self._now(), data=said)
        await self._post.put(work, link, entry, news, case=case, cause=f"{_FACT}{question.id}/{entry}")

    def _template(self, code: str, status: str) -> Mapping[str, str]:
        """What an approved template of a provider says of it."""
        link, office = self._house.follow_url, self._house.office
        return {"code": format_code(code), "status": status, "office": office, "link": link}


def asked_of(link: str, part: Dispatch, asked: Asked) -> Question:
    """The question of a link as far as it may be put."""
    return Question(asked.question, link, part.id, tuple(name for name in asked.fields if name in ANSWERABLE))


def _open(connection: Connection, case_id: str) -> list[Question]:
    facts = settings.under(connection, f"{_FACT}{case_id}:")
    return [
        Question(fact["id"], fact["link"], part, tuple(fact["fields"]))
        for part, fact in facts.items()
        if "link" in fact
    ]
