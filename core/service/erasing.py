"""
Carrying out an erasure: what `core.privacy.erasure` planned, in an order that a crash at any point cannot spoil.

1. The task is noted. 2. Cases: those of this person alone lose every word; those shared with others are redacted and
put under a fresh key. 3. The keys are destroyed: from here nothing can be read again, wherever a copy lies. 4. Rows
lose what was sealed or could be matched; files go, also what a call left outside the store: in the spool, and with a
provider that took a message for us. 5. Traces in write-ahead logs are folded away. 6. The task is done; while a
provider does not delete what it has, it stays and is tried again.

Names must be known to be redacted, so step 2 comes before the keys go; each case notes its old key in the transaction
that moves its texts, and a repeated step finds its work done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog

from core.contract.errors import NotFound, SendError
from core.contract.schema import Attachment, Report, Reporter
from core.identity.codes import parse_code
from core.intake.fold import fold
from core.privacy.erasure import ErasureMode, plan_erasure, redact, terms_of
from core.privacy.errors import Erased
from core.privacy.media import HASH_DIGITS
from core.service.fetching import fetch_place
from core.service.shredding import Shredder, again
from core.storage import calls, erasure, fetches, holdings, reports
from core.storage.erasure import NewTexts, Task
from core.storage.holdings import CaseTexts, SealedPerson
from core.storage.subjects import fresh_subject

log = structlog.get_logger()


class Forgets(Protocol):
    """Where calls lie until they are stored."""

    async def forget(self, call_ids: Iterable[str]) -> None:
        """Nothing of these calls is to be left."""

    def lies_elsewhere(self, source: str) -> bool:
        """Whether a recording is with a provider, and no file of ours."""

    async def let_go(self, source: str) -> None:
        """Have it deleted there. Raises SendError."""


class Ships(Protocol):
    """The inbox, as far as it may hold something that is not in the database yet."""

    async def ship(self) -> int:
        """Move what the journal holds into the database."""


@dataclass(frozen=True)
class Erasure:
    """What an erasure did, in numbers; `waiting` raw bodies hold somebody else's unread message and go later."""

    contact_id: str
    already: bool = False
    keys: int = 0
    cases_emptied: int = 0
    cases_redacted: int = 0
    rows: int = 0
    waiting: int = 0


class Eraser:
    """
    Erases persons.

    Every method may be repeated; an erasure that was interrupted is finished by `resume`.
    """

    def __init__(self, shredder: Shredder, *, inbox: Ships, calls: Forgets | None = None) -> None:
        self._shredder = shredder
        self._database = shredder.database
        self._safe = shredder.safe
        self._media = shredder.media
        self._inbox = inbox
        self._calls = calls

    async def erase_reporter(self, code: str, mode: ErasureMode = ErasureMode.ERASE) -> Erasure:
        """The person behind one report. NotFound: no such code."""
        known = parse_code(code)
        if known is None:
            raise NotFound("no such report")
        row = await self._database.read(partial(reports.by_code, code=known))
        return await self.erase_contact(row.contact_id, mode)

    async def erase_contact(self, contact_id: str, mode: ErasureMode = ErasureMode.ERASE) -> Erasure:
        """
        Everything about one contact (VN-4), or their identifiers only (VN-15), and about the call in which somebody
        wrote their report down: it is a contact of its own. NotFound.
        """
        await self._inbox.ship()
        same = await self._database.read(partial(calls.same_person, contact_id=contact_id))
        done = await self._erase(contact_id, mode)
        for other in same:
            await self._erase(other, mode)
        return done

    async def _erase(self, contact_id: str, mode: ErasureMode) -> Erasure:
        task = await self._database.write(partial(erasure.begin, contact_id=contact_id, mode=mode))
        if task is None:
            return Erasure(contact_id, already=True)
        done = await self._carry_out(task)
        log.info("contact_erased", contact=contact_id, mode=task.mode, cases=done.cases_emptied + done.cases_redacted)
        return done

    async def forget_keys(self, subjects: Iterable[str]) -> None:
        """What was sealed under these keys alone can be read no more."""
        await self._shredder.destroy_keys(subjects)

    async def resume(self) -> int:
        """Finish what a crash interrupted; returns how many."""
        begun = await self._database.read(erasure.unfinished)
        for contact_id in begun:
            task = await self._database.write(partial(erasure.begin, contact_id=contact_id, mode=ErasureMode.ERASE))
            if task is not None:
                await self._carry_out(task)
        return len(begun)

    async def _carry_out(self, task: Task) -> Erasure:
        found = await self._database.read(partial(holdings.holdings, contact_id=task.contact_id))
        task = await self._find_left(task)
        plan = plan_erasure(found, ErasureMode(task.mode))
        redacted = {one.case_id for one in plan.redact_cases}
        emptied = {one.case_id for one in found.cases} - redacted
        task = await self._move_cases(task, redacted=redacted, emptied=emptied)
        files = [task.contact_id, *found.other_subjects, *sorted(emptied)]
        keys = tuple(dict.fromkeys((*task.destroy, *files)))
        await self._shredder.destroy_keys(keys)
        clear = partial(erasure.clear, contact_id=task.contact_id, emptied=emptied, now=self._shredder.now())
        waiting = await self._database.write(clear)
        await self._shredder.delete_files(files)
        if self._calls is not None:
            await self._calls.forget(found.call_ids)
            task = await self._let_go(task, self._calls)
        await self._shredder.erase_traces()
        if not waiting and not task.left:
            await self._database.write(partial(erasure.end, contact_id=task.contact_id))
        return Erasure(
            task.contact_id,
            keys=len(keys),
            cases_emptied=len(emptied),
            cases_redacted=len(redacted),
            rows=sum(map(len, (found.report_ids, found.message_ids, found.outbox_ids, found.identity_ids))),
            waiting=len(waiting),
        )

    async def _find_left(self, task: Task) -> Task:
        """Note what a provider has, while the key still opens its name."""
        waiting = await self._database.read(partial(fetches.waiting_of, subject_id=task.contact_id))
        found = await asyncio.to_thread(self._sources, task.contact_id, waiting)
        names = tuple(dict.fromkeys((*task.left, *found)))
        if names == task.left:
            return task
        return await self._database.write(partial(erasure.note_left, task=task, left=names))

    def _sources(self, contact_id: str, waiting: Mapping[str, bytes]) -> list[str]:
        told = (
            self._safe.open_or_none(sealed, Attachment, subject_id=contact_id, place=fetch_place(key))
            for key, sealed in waiting.items()
        )
        sources = (one.source_url for one in told if one is not None and one.source_url)
        return [source for source in sources if self._calls is not None and self._calls.lies_elsewhere(source)]

    async def _let_go(self, task: Task, calls: Forgets) -> Task:
        """Have the provider delete it; what it does not delete now stays noted."""
        if not task.left:
            return task
        left = [source for source in task.left if not await _is_gone(calls, source)]
        return await self._database.write(partial(erasure.note_left, task=task, left=left))

    async def _move_cases(self, task: Task, *, redacted: set[str], emptied: set[str]) -> Task:
        person = await self._database.read(partial(holdings.sealed_person, contact_id=task.contact_id))
        terms = await asyncio.to_thread(self._terms, task.contact_id, person)
        own_files = self._media.stored_key("", subject_id=task.contact_id)[:HASH_DIGITS]
        redact_one = partial(self._redacted, terms=terms, own_files=own_files)
        for case_id in sorted((redacted | emptied) - set(task.moved)):
            change = redact_one if case_id in redacted else self._emptied
            task = await self._move(task, case_id, change)
        return task

    async def _move(self, task: Task, case_id: str, change: Callable[[CaseTexts], NewTexts]) -> Task:
        async def step() -> Task:
            old = await self._database.read(partial(holdings.case_texts, case_id=case_id))
            new = await asyncio.to_thread(change, old)
            return await self._database.write(partial(erasure.move_case, task=task, old=old, new=new))

        return await again(step)

    def _emptied(self, old: CaseTexts) -> NewTexts:
        """A case of this person alone: no word stays, what is shown of it is taken down."""
        return NewTexts(fresh_subject(), dict.fromkeys(old.sealed))

    def _redacted(self, old: CaseTexts, *, terms: tuple[str, ...], own_files: str) -> NewTexts:
        """A case that stays: every text without the person, under a key that no old backup has a text of."""
        subject = fresh_subject()
        return NewTexts(
            subject,
            {key: self._resealed(key, sealed, old.subject, subject, terms) for key, sealed in old.sealed.items()},
            search_text=fold(redact(old.search_text, terms)),
            view=redact_view(old.view, terms, own_files=own_files),
            view_search=fold(redact(old.view_search, terms)),
        )

    def _resealed(
        self, vault_id: str, sealed: bytes | None, old_subject: str, subject: str, terms: tuple[str, ...]
    ) -> bytes | None:
        if sealed is None:
            return None
        try:
            text = self._safe.vault.open(sealed, vault_id=vault_id, subject_id=old_subject)
        except Erased:  # brought back by an old backup: its key is gone for good
            return None
        return self._safe.vault.seal(redact(text, terms), subject_id=subject, vault_id=vault_id).sealed

    def _terms(self, contact_id: str, person: SealedPerson) -> tuple[str, ...]:
        """How texts may name this person; nothing where the key is gone already (an erasure that is resumed)."""
        profile = self._safe.open_or_none(
            person.profile, Reporter, subject_id=contact_id, place=f"contact:{contact_id}"
        )
        opened = (
            self._safe.open_or_none(sealed, Report, subject_id=contact_id, place=f"report:{report_id}")
            for report_id, sealed in person.reports.items()
        )
        reporters = [profile, *(report.reporter for report in opened if report is not None)]
        return tuple(dict.fromkeys(term for one in reporters if one is not None for term in terms_of(one)))


async def _is_gone(calls: Forgets, source: str) -> bool:
    try:
        await calls.let_go(source)
    except SendError as error:
        log.warning("recording_not_deleted_there", error=error.code, provider_code=error.provider_code)
        return False
    return True


def redact_view(view: Any, terms: tuple[str, ...], *, own_files: str) -> Any:
    """A published view with every text in it redacted and the person's own files (stored keys that begin so) gone."""
    if isinstance(view, str):
        return redact(view, terms)
    if isinstance(view, dict):
        return {key: redact_view(value, terms, own_files=own_files) for key, value in view.items()}
    if isinstance(view, list):
        kept = (value for value in view if not (isinstance(value, str) and value.startswith(own_files)))
        return [redact_view(value, terms, own_files=own_files) for value in kept]
    return view
