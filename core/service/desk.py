"""
The case desk: the single door through which a case changes.

A command is sealed, decided, folded and, with everything that follows from it (events, clocks, tasks, notices, what
the public sees), stored in one transaction. What the regulation does not allow comes back as a Refusal, unstored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import ValidationError

from core.cases.automatic import automatic_command
from core.cases.commands import REGISTRY, Command, ReceiveReport, command_name
from core.cases.decide import Actor, Context, Decision, Refusal, decide
from core.cases.decide.refusals import ill_formed
from core.cases.events import Event
from core.cases.moves import shown_as
from core.cases.routing import automatic_rows
from core.cases.sealed import SealedText
from core.contract.errors import VersionConflict
from core.privacy.vault import Sealer, Vault
from core.regulations.model import Pack
from core.service.casefile import CaseFile
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.work import Work
from core.storage import cases, erasure, reports
from core.storage.database import Connection, Database

_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Issued:
    """A command that was carried out: its events, of this case, in order."""

    events: tuple[Event, ...]


class CaseDesk:
    """Issues commands within a unit of work; `close` turns the touched cases into writes."""

    def __init__(self, database: Database, *, safe: Safe, regulation: Regulation, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self.regulation = regulation
        self._now = now

    async def open(self, work: Work, case_id: str) -> CaseFile:
        """A case, in the hand of this unit. NotFound."""
        if case_id not in work.cases:
            row, subject = await self._database.read(partial(_load, case_id=case_id))
            await self._safe.bring(subject, new=False)
            work.cases[case_id] = CaseFile.of(row, self.regulation.packs.get(row.regulation), subject=subject)
        return work.cases[case_id]

    async def receive(self, work: Work, payload: Mapping[str, Any], *, search_text: str) -> Issued | Refusal:
        """A report opens a case under the regulation in force; `payload` is that of ReceiveReport, words unsealed."""
        case_id = str(payload["case_id"])
        subject = erasure.first_subject(case_id)
        file = CaseFile(self.regulation.current, search_text=search_text, subject=subject)
        work.cases[case_id] = file
        await self._safe.bring(subject, new=True)
        issue = partial(self._issue, work, case_id, ReceiveReport, payload, Actor.system())
        return await self._safe.aside(issue, subject)

    async def issue(
        self, work: Work, case_id: str, name: str, payload: Mapping[str, Any], actor: Actor
    ) -> Issued | Refusal:
        """
        Carry out one command of table 7.0 (or `fire_clock`) on a case.

        Raises: NotFound: no such case, or another case that the command names.
        """
        file = await self.open(work, case_id)
        for field in ("other_case", "same_as"):
            if payload.get(field):
                await self.open(work, str(payload[field]))
        issue = partial(self._issue, work, case_id, REGISTRY[name], payload, actor)
        return await self._safe.aside(issue, file.subject)

    def _issue(
        self, work: Work, case_id: str, kind: type[Command], payload: Mapping[str, Any], actor: Actor
    ) -> Issued | Refusal:
        file = work.cases[case_id]
        context = self._context(work, case_id, file.pack, actor)
        sealer = _Sealer(self._safe.vault, subject_id=file.subject)
        try:
            command = kind.model_validate(dict(payload), context={"sealer": sealer})
        except ValidationError as error:
            part = payload.get("dispatch_id") or payload.get("coordination_id")
            name = command_name(kind)
            shown = shown_as(context, file.case, name, part) if file.case else kind.label
            return ill_formed(name, shown, _problems(error))
        decision = decide(context, file.case, command)
        if isinstance(decision, Refusal):
            return decision
        self._take(work, case_id, decision)
        sealer.hand_over(work)
        return Issued((*decision.events, *self._route(work, case_id, kind)))

    def _route(self, work: Work, case_id: str, after: type[Command]) -> tuple[Event, ...]:
        """What the product does by itself once a person has done their part: distribute, where the pack says so."""
        file = work.cases[case_id]
        if after.internal or not any(automatic_rows(file.pack)):
            return ()
        context = self._context(work, case_id, file.pack, Actor.system())
        command = automatic_command(context, file.now)
        decision = decide(context, file.now, command) if command is not None else None
        if not isinstance(decision, Decision):
            return ()
        self._take(work, case_id, decision)
        return decision.events

    def _context(self, work: Work, case_id: str, pack: Pack, actor: Actor) -> Context:
        now = self._now()
        others = {key: file.case for key, file in work.cases.items() if key != case_id and file.case is not None}
        return Context(
            pack=pack,
            actor=actor,
            agencies=self.regulation.agencies,
            calendar=self.regulation.calendar(now),
            now=now,
            others=others,
        )

    def _take(self, work: Work, case_id: str, decision: Decision) -> None:
        work.cases[case_id].take(decision.events)
        for other, events in decision.elsewhere.items():
            work.cases[other].take(events)

    def close(self, work: Work) -> None:
        """Turn what happened to every case in the hand into writes, in order of id (deadlocks)."""
        for _, file in sorted(work.cases.items()):
            if file.events:
                row, entries = file.rows()
                if file.stored_version:
                    work.put(cases.REPLACED, (row, file.stored_version))
                work.entries += entries

    def expect(self, file: CaseFile, version: int | None) -> None:
        """VersionConflict unless the case still is at the version its reader saw (If-Match)."""
        if version is not None and file.stored_version != version:
            raise VersionConflict(f"case is at version {file.stored_version}, not {version}")


def clipped(text: str) -> str:
    """A citizen's words as a command can carry them; whatever is longer stands in full in the conversation."""
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _load(connection: Connection, *, case_id: str) -> tuple[cases.CaseRow, str]:
    """The case, and the subject its texts are sealed under (another one once somebody was erased from it)."""
    return cases.load(connection, case_id), erasure.text_subject(connection, case_id)


class _Sealer(Sealer[SealedText]):
    """Seals a command's texts under the case's own key; nothing is stored before the command is carried out."""

    def __init__(self, vault: Vault, *, subject_id: str) -> None:
        super().__init__(vault, subject_id=subject_id, make=SealedText)
        self._texts: dict[str, str] = {}

    def __call__(self, text: str) -> SealedText:
        if len(text) > _LONGEST_TEXT:
            raise ValueError(f"Nội dung quá dài, tối đa {_LONGEST_TEXT} ký tự.")
        sealed = super().__call__(text)
        self._texts[sealed.id] = text
        return sealed

    def hand_over(self, work: Work) -> None:
        """The command was carried out: its texts are to be stored, and may be quoted."""
        for row in self.rows:
            work.put(reports.TEXTS, {"id": row.id, "subject_id": row.subject_id, "sealed": row.sealed})
        work.texts |= self._texts


def _problems(error: ValidationError) -> dict[str, str]:
    """Where a command does not fit its form, and why."""
    return {".".join(map(str, one["loc"])) or "*": one["msg"] for one in error.errors(include_url=False)}
