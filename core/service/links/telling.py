"""
Writes what links are told into the unit of work that caused it: stored with the events or not at all.

Each piece of news is an entry of the outbox, in the lane of its link and in order with the others of its case. It is
made once, from the version of the case that it tells of, and sent as it was made however often it is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.cases.decide.facts import is_emergency
from core.cases.events import SupplementRequested
from core.cases.model import Feedback
from core.cases.sealed import SealedText
from core.contract.schema import Model, new_id
from core.identity.codes import format_code
from core.service.casefile import CaseFile
from core.service.desk import clipped
from core.service.links.book import Link, LinkBook
from core.service.links.happenings import (
    Happening,
    answers_of,
    clarified_in,
    concerns,
    happenings_of,
    is_from,
    is_news,
    mirror_of,
)
from core.service.links.news import (
    ASKED,
    MIRRORED,
    TEST,
    Asked,
    AskedNews,
    CaseNews,
    DispatchFacts,
    DispatchNews,
    Mirrored,
    MirrorNews,
    PublicCase,
    TestNews,
)
from core.service.links.origins import Origins
from core.service.links.post import LinkPost
from core.service.publishing import Publishing
from core.service.texts import Texts
from core.service.work import Work

_CASES = "/api/v1/cases"
_CLOSED = "Hồ sơ đã xử lý xong; kết quả không công khai."
_RETURNED = "Đơn vị nhận không tiếp tục xử lý hồ sơ này."


class Telling:
    """What links are told."""

    def __init__(
        self,
        book: LinkBook,
        *,
        post: LinkPost,
        texts: Texts,
        publishing: Publishing,
        origins: Origins,
        now: Callable[[], datetime],
    ) -> None:
        self._book = book
        self._post = post
        self._texts = texts
        self._publishing = publishing
        self._origins = origins
        self._now = now

    async def write(self, work: Work) -> None:
        """News of every case that changed, for every link that it concerns."""
        changed = [file for file in work.cases.values() if file.events]
        links = await self._book.current() if changed else ()
        for file in changed if links else ():
            happened = happenings_of(file)
            for link in links:
                await self._tell(work, file, link, [one for one in happened if concerns(link, one, file.now)])
                if is_from(file.now, link):
                    await self._mirror(work, file, link)
                    await self._ask(work, file, link)

    async def test(self, link: Link) -> Work:
        """A unit of work that sends a link something that means nothing."""
        work, entry = Work(), new_id()
        await self._post.put(work, link, entry, TestNews(id=entry, type=TEST, at=self._now()), cause=entry)
        return work

    async def _tell(self, work: Work, file: CaseFile, link: Link, happened: list[Happening]) -> None:
        for number, one in enumerate(happened):
            entry = new_id()
            news = await self._news(work, file, one, entry)
            if news is not None:
                await self._post.put(work, link, entry, news, case=file.now, cause=f"{file.now.version}/{number}")

    async def _news(self, work: Work, file: CaseFile, happening: Happening, entry: str) -> Model | None:
        at = file.events[-1].at
        if happening.dispatch is not None:
            facts = self._facts(file, happening)
            return DispatchNews.model_validate({"id": entry, "type": happening.type, "at": at, "data": facts})
        shown = (await self._publishing.shown(work, file))[1]
        if not shown.code:
            return None  # not even that there is such a case is for everybody
        known = shown.model_dump(include=set(PublicCase.model_fields))
        return CaseNews.model_validate({"id": entry, "type": happening.type, "at": at, "data": known})

    def _facts(self, file: CaseFile, happening: Happening) -> DispatchFacts:
        case, part = file.now, happening.dispatch
        assert part is not None
        stage = file.pack.stage("dispatch", part.stage)
        limits = [clock.due_at for clock in case.running() if case.part_of(clock) == part.id]
        return DispatchFacts(
            case_id=case.id,
            code=format_code(case.code),
            dispatch_id=part.id,
            agency_id=part.agency_id,
            stage=part.stage,
            label=stage.label,
            open=stage.kind == "open",
            due_at=min(limits, default=None),
            emergency=is_emergency(file.pack, case.urgency),
            remark=happening.version,
            version=case.version,
            path=f"{_CASES}/{case.id}",
        )

    async def _mirror(self, work: Work, file: CaseFile, link: Link) -> None:
        """What has become of a case of theirs, where that is news."""
        before, case = file.before, file.now
        state, stage = mirror_of(case), file.public_stage
        if before is not None and not is_news(before, case):
            if file.public_stage_of(before) == stage:
                return
            state = "taken" if state == "answered" else state  # they work on their answer: it is not given once more
        origin = await self._origins.of(link.name, case.code)
        if origin is None:
            return
        entry, media = new_id(), tuple[str, ...]()
        text, last = await self._word(work, file, state), clarified_in(case)[-1:] if state == "answered" else []
        if state == "answered":
            media = (*answers_of(case)[-1].media, *(key for one in clarified_in(case) for key in one.files))
        told = Mirrored(
            case_id=origin.case_id,
            dispatch_id=origin.dispatch_id,
            state=state,
            stage=stage,
            text=text,
            clarification=await self._clarification(work, last),
            clarification_files=sum(len(one.files) for one in last),
        )
        news = MirrorNews(id=entry, type=MIRRORED, at=file.events[-1].at, data=told)
        fields = {"case": origin.case_id, "media": " ".join(media)}
        await self._post.put(work, link, entry, news, case=case, cause=f"{case.version}/mirror", fields=fields)

    async def _ask(self, work: Work, file: CaseFile, link: Link) -> None:
        """What our desk wants to know from whoever reported, asked where they are known."""
        origin = await self._origins.of(link.name, file.now.code)
        for event in file.events if origin is not None else ():
            if isinstance(event, SupplementRequested):
                assert origin is not None
                entry, words = new_id(), await self._texts.read([event.note], work=work)
                asked = Asked(
                    case_id=origin.case_id,
                    dispatch_id=origin.dispatch_id,
                    question=entry,
                    fields=event.fields,
                    note=words[event.note.id] if event.note else "",
                )
                news = AskedNews(id=entry, type=ASKED, at=event.at, data=asked)
                await self._post.put(work, link, entry, news, case=file.now, cause=f"{file.now.version}/asked")

    async def _word(self, work: Work, file: CaseFile, state: str) -> str:
        case = file.now
        if state == "answered":
            last = answers_of(case)[-1]
            said = None if last.kind == "withheld" else last.text
            return clipped(
                "\n\n".join(await self._read(work, [said, *(one.clarification for one in clarified_in(case))]))
            )
        if state != "returned":
            return ""
        ground = file.pack.decline_reasons.get(case.decline_code or "")
        ground = ground or file.pack.cancel_reasons.get(case.cancel_code or "")
        return ground.label if ground else _RETURNED

    async def _read(self, work: Work, words: list[SealedText | None]) -> list[str]:
        """The answer (none: it is not to be told), and what was made clear of it since."""
        found = await self._texts.read(words, work=work)
        return [found[words[0].id] if words[0] else _CLOSED, *(found[one.id] for one in words[1:] if one)]

    async def _clarification(self, work: Work, last: list[Feedback]) -> str:
        found = await self._texts.read([one.clarification for one in last], work=work)
        return clipped("".join(found.values()))
