"""Who somebody is, put right in everything we keep under their key: contact, reports, addresses they are found by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from core.contract.schema import Report, Reporter
from core.identity import phones
from core.service.safe import Safe
from core.service.talks import Talks
from core.service.work import Work
from core.storage import contacts, conversations, reports
from core.storage.conversations import ConversationRow
from core.storage.corrections import forget_identities
from core.storage.database import Connection, Database
from core.storage.reports import ReportRow

_SEVERAL = {"phone": "phones", "email": "emails"}


@dataclass(frozen=True)
class _Person:
    """What is known of them: the profile, and each report with who made it."""

    profile: Reporter
    reports: tuple[Report, ...]
    talks: tuple[ConversationRow, ...]

    @property
    def all(self) -> Iterable[Reporter]:
        return (self.profile, *(one.reporter for one in self.reports))


class Correcting:
    """Changes what we know of one person, in a unit of work."""

    def __init__(self, database: Database, *, safe: Safe, talks: Talks, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._talks = talks
        self._now = now

    async def put(self, work: Work, contact_id: str, fields: Mapping[str, str]) -> None:
        """
        These fields of who they are (name, phone, email, address …) read so from now on; empty: they are taken away.

        What was said in reports stays as it was said. NotFound.
        """
        rows = await self._database.read(partial(_read, contact_id=contact_id))
        await self._safe.bring(contact_id, new=False)
        person = await self._safe.aside(partial(self._open, contact_id, *rows), contact_id)
        after = {one.id: one.model_copy(update={"reporter": amended(one.reporter, fields)}) for one in person.reports}
        seal = partial(self._seal, contact_id, amended(person.profile, fields), after)
        profile, sealed = await self._safe.aside(seal, contact_id)
        work.put(contacts.PROFILES, (contact_id, profile))
        for report_id, content in sealed.items():
            work.add(partial(reports.replace_content, report_id=report_id, content_sealed=content))
        self._readdress(work, contact_id, person, fields)
        if "email" in fields:
            await self._copy_elsewhere(work, person, fields["email"])

    def _open(
        self, contact_id: str, profile: bytes | None, rows: list[ReportRow], talks: list[ConversationRow]
    ) -> _Person:
        unseal = partial(self._safe.open_or_none, subject_id=contact_id)
        known = unseal(profile, Reporter, place=f"contact:{contact_id}") or Reporter()
        told = (unseal(row.content_sealed, Report, place=f"report:{row.id}") for row in rows)
        return _Person(known, tuple(one for one in told if one is not None), tuple(talks))

    def _seal(
        self, contact_id: str, profile: Reporter, changed: Mapping[str, Report]
    ) -> tuple[bytes, dict[str, bytes]]:
        seal = partial(self._safe.seal, subject_id=contact_id)
        return seal(profile, place=f"contact:{contact_id}"), {
            report_id: seal(report, place=f"report:{report_id}") for report_id, report in changed.items()
        }

    def _readdress(self, work: Work, contact_id: str, person: _Person, fields: Mapping[str, str]) -> None:
        """They are found at the new number or address, unproved, and no longer at the old."""
        for field, blind in (("phone", self._safe.blind.phone), ("email", self._safe.blind.email)):
            if field not in fields:
                continue
            old = {value for one in person.all for value in getattr(one, _SEVERAL[field])} - {fields[field]}
            here = {row.address_blind for row in person.talks}  # where they write from stays theirs
            blinds = [one for one in map(blind, sorted(old)) if one not in here]
            work.add(partial(forget_identities, contact_id=contact_id, address_blinds=blinds))
            if fields[field]:
                new = blind(fields[field])
                row = contacts.identity_row(contact_id, kind=field, address_blind=new, now=self._now())
                work.put(contacts.IDENTITIES, row)

    async def _copy_elsewhere(self, work: Work, person: _Person, email: str) -> None:
        """News that went to the old mail address goes to the new one, or nowhere."""
        for row in person.talks:
            talk = await self._talks.load(work, row.id)
            other = talk.correspondent.copy_to
            if other is not None:
                copy = other.model_copy(update={"value": email}) if email else None
                talk.correspondent = talk.correspondent.model_copy(update={"copy_to": copy})


def amended(reporter: Reporter, fields: Mapping[str, str]) -> Reporter:
    """Who somebody is, with these fields as they should read."""
    single: dict[str, Any] = {name: value for name, value in fields.items() if name not in _SEVERAL}
    several = {_SEVERAL[name]: (value,) if value else () for name, value in fields.items() if name in _SEVERAL}
    return reporter.model_copy(update=single | several)


def tidied(fields: Mapping[str, str]) -> dict[str, str]:
    """As they are kept: a number in E.164, an address in small letters. ValueError: it is no telephone number."""
    kept = {name: value.strip() for name, value in fields.items()}
    if kept.get("phone"):
        number = phones.normalise(kept["phone"])
        if number is None:
            raise ValueError("no telephone number")
        kept["phone"] = number
    if "email" in kept:
        kept["email"] = kept["email"].lower()
    return kept


def _read(connection: Connection, contact_id: str) -> tuple[bytes | None, list[ReportRow], list[ConversationRow]]:
    return (
        contacts.profile(connection, contact_id),
        reports.of_contact(connection, contact_id),
        conversations.of_contact(connection, contact_id),
    )
