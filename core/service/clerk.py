"""
Everything a unit of work is done with, put together once: talks, posting, desk, dialogue, notices, publication.

`finish` is the one way to end a unit: notices are written, the public view brought up to date, conversations saved,
cases closed, and all of it committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cases.decide import Actor, Refusal
from core.cases.model import Case
from core.contract.errors import VersionConflict
from core.counting import WAITS, Buckets
from core.intake.happenings import SupplementAsked
from core.service.arrivals import Arrivals
from core.service.calling_back import note_callbacks
from core.service.case_links import CaseLinks
from core.service.changes import Changes
from core.service.chat_notices import ChatNotices
from core.service.committing import Committer
from core.service.converse import Converse
from core.service.desk import CaseDesk, Issued
from core.service.devices import SealedDevices
from core.service.diverting import Diverting, note_diversions
from core.service.followers import Followers
from core.service.ground import Ground
from core.service.joining import Joining
from core.service.links.book import LinkBook
from core.service.links.newer import NewerAnswers
from core.service.links.origins import Origins
from core.service.links.post import LinkPost
from core.service.links.questions import Questions
from core.service.links.telling import Telling
from core.service.naming_nobody import NamingNobody
from core.service.national_queue import note_national
from core.service.notice_readers import NoticeReaders
from core.service.notices import Notices
from core.service.own_files import OwnFiles
from core.service.own_number import OwnNumber
from core.service.proving import Proving
from core.service.publishing import Publishing, Shown
from core.service.quoting import Quotes
from core.service.receiving import Receiving
from core.service.regulation import Regulation, intake_field
from core.service.stock import Stock
from core.service.subjects.taking import Taking
from core.service.supplement_links import SupplementLinks
from core.service.supplying import Supplying
from core.service.talks import Talks
from core.service.texts import Texts
from core.service.wording import held_back
from core.service.work import Work, Write

_TRIES = 3


@dataclass(frozen=True)
class Foreseen:
    """What a command would make public: in which list (empty: in none), and what outsiders could read."""

    kind: str
    shown: Shown


class Clerk:
    """
    The use cases' common hands in one process.

    `changed` is set whenever a unit was stored: there may be something to send, or a due time sooner than before.
    `opened`: seconds from a report's first message to its opened case, for each case this process opened.
    """

    def __init__(self, ground: Ground) -> None:
        database, safe, regulation, house, now = (
            ground.database,
            ground.safe,
            ground.regulation,
            ground.house,
            ground.now,
        )
        self._now = now
        self.house = house
        self.committer, self.changed, self.opened = Committer(database), Changes(), Buckets(WAITS)
        self.carriers = ground.carriers
        self.stock = Stock(safe)
        self.texts = Texts(database, safe=safe)
        self.talks = Talks(database, safe=safe, stock=self.stock, now=now)
        self.devices = SealedDevices(database, safe=safe, now=now)
        self.followers = Followers(safe=safe, devices=self.devices, quiet=house.quiet, now=now, push=ground.pushes)
        self.posting = ground.posting(self.talks, self.devices)
        self.proving = Proving(database, safe=safe, carriers=ground.carriers, now=now, changed=self.changed.set)
        self.joining = Joining(database, safe=safe, now=now)
        self.desk = CaseDesk(database, safe=safe, regulation=regulation, now=now)
        self.requests = Taking(database, safe=safe, regulation=regulation, now=now, processors=house.processors)
        self.links, self.origins, post = LinkBook(database, safe=safe, now=now), Origins(database), LinkPost(safe, now)
        self.newer = NewerAnswers(database, safe=safe)
        self.questions = Questions(database, book=self.links, post=post, posting=self.posting, house=house, now=now)
        self.case_links = CaseLinks(safe, page=house.one_case_url, now=now)
        self.officers = ground.officers(self.case_links)
        self.letters = ground.letters(self.texts)
        self.quotes = Quotes(database, safe=safe)
        self.publishing = Publishing(database, media=ground.media, regulation=regulation, texts=self.texts)
        self._own_files = OwnFiles(ground.media)
        self._naming_nobody = NamingNobody(database, safe=safe, publishing=self.publishing)
        self.converse = self._converse(ground)
        self.supplements = SupplementLinks(
            database, safe=safe, regulation=regulation, texts=self.texts, page=house.supplement_url, now=now
        )
        self._notices = self._written_notices(regulation)
        self.telling = Telling(
            self.links, post=post, texts=self.texts, publishing=self.publishing, origins=self.origins, now=now
        )
        self.arrivals = Arrivals(database, regulation=regulation, execute=self.execute)

    def _converse(self, ground: Ground) -> Converse:
        database, safe, now = ground.database, ground.safe, ground.now
        return Converse(
            database,
            desk=self.desk,
            posting=self.posting,
            receiving=Receiving(
                database,
                safe=safe,
                stock=self.stock,
                desk=self.desk,
                requests=self.requests,
                mailbox=ground.mailbox,
                now=now,
            ),
            numbers=OwnNumber(self.proving, self.joining),
            notices=ChatNotices(NoticeReaders(database, safe=safe, now=now), house=ground.house, now=now),
            supplying=Supplying(database, safe=safe, desk=self.desk, questions=self.questions),
            diverting=Diverting(
                database, safe=safe, media=ground.media, posting=self.posting, rules=ground.thinking.rules, now=now
            ),
            house=ground.house,
            thinking=ground.thinking,
        )

    def _written_notices(self, regulation: Regulation) -> Notices:
        return Notices(
            talks=self.talks,
            posting=self.posting,
            converse=self.converse,
            texts=self.texts,
            letters=self.letters,
            officers=self.officers,
            regulation=regulation,
            links=self.supplements,
            house=self.house,
        )

    async def listen(self, work: Work, case: Case, fields: Sequence[str]) -> None:
        """Let the dialogues of a case's reporters understand what they say next as an answer about these fields."""
        for report in case.reports:
            if report.conversation_id:
                talk = await self.talks.load(work, report.conversation_id)
                asked = SupplementAsked(tuple(map(intake_field, fields)), report.report_id)
                await self.converse.happen(work, talk, asked)

    async def finish(self, work: Work) -> None:
        """Write what follows from the work, and store all of it or nothing."""
        await self._notices.write(work)
        await self.publishing.write(work)
        await self.followers.write(work)
        await self.telling.write(work)
        note_diversions(work)
        note_callbacks(work)
        note_national(work)
        await self.talks.save_all(work)
        self.desk.close(work)
        await self.committer.commit(work)
        self._count_opened(work)
        self.changed.note(work.told_on, touched=work.touched)

    def _count_opened(self, work: Work) -> None:
        for file in work.cases.values():
            if file.events and not file.stored_version:
                self.opened.note((self._now() - file.now.received_at).total_seconds())

    async def execute(
        self,
        case_id: str,
        name: str,
        payload: Mapping[str, Any],
        *,
        actor: Actor,
        version: int | None = None,
        also: Write | None = None,
    ) -> Issued | Refusal:
        """
        One command on one case, as a unit of its own.

        Args:
            version: the version its sender saw (If-Match); without one, a lost race is tried again.
            also: a write to go into the same transaction (an idempotency record).
        Raises: NotFound · VersionConflict.
        """
        for attempt in range(_TRIES):
            try:
                return await self._execute(case_id, name, payload, actor=actor, version=version, also=also)
            except VersionConflict:
                if version is not None or attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable: the loop returns or raises")

    async def foresee(self, case_id: str, name: str, payload: Mapping[str, Any], *, actor: Actor) -> Foreseen | Refusal:
        """What everybody would read if this command were carried out now; nothing is stored. NotFound."""
        work = Work()
        file = await self.desk.open(work, case_id)
        answer = await self.desk.issue(work, case_id, name, payload, actor)
        if isinstance(answer, Refusal):
            return answer
        objection = await held_back(work, file, name, payload, self.texts)
        return objection or Foreseen(*await self.publishing.shown(work, file))

    async def _execute(
        self,
        case_id: str,
        name: str,
        payload: Mapping[str, Any],
        *,
        actor: Actor,
        version: int | None,
        also: Write | None,
    ) -> Issued | Refusal:
        work = Work()
        file = await self.desk.open(work, case_id)
        self.desk.expect(file, version)
        if file.case is not None and (strange := self._own_files.refused(file.case, name, payload)):
            return strange
        answer = await self.desk.issue(work, case_id, name, payload, actor)
        if isinstance(answer, Refusal):
            return answer
        hollow = await held_back(work, file, name, payload, self.texts)
        objection = hollow or await self._naming_nobody.held_back(work, file, name, payload)
        if objection is not None:
            return objection
        if also is not None:
            work.add(also)
        await self.finish(work)
        return answer
