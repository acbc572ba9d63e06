"""
Cases the desk sent elsewhere of which nothing may stay: which are due, what hangs on them, taking it away (VN-1, VN-2).

A case is noted in the transaction of its diversion and stays noted until nothing of it is left, so that a crash in
between misses nothing. The note also holds what lies outside the database and must still go: keys and files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from core.contract.errors import VersionConflict
from core.storage import call_notes, conversations, inbox_queue, settings
from core.storage.conversations import ConversationRow
from core.storage.database import insert_or_ignore
from core.storage.erasure import NewTexts, clear_outbox, replace_texts
from core.storage.holdings import CaseTexts
from core.storage.tables import case, contact, conversation, identity, message, outbox, report, setting

_DUE = "diverted:"


def note(connection: Connection, case_id: str, *, at: datetime) -> None:
    """From now on everything about this case is to go."""
    row = {"key": _DUE + case_id, "value": {"since": at.isoformat(), "destroy": [], "files": []}}
    connection.execute(insert_or_ignore(connection, setting).values(row))


def due(connection: Connection) -> list[str]:
    """Cases of which something may be left."""
    return list(_noted(connection))


def oldest(connection: Connection) -> datetime | None:
    """Since when something is to go that is still there; None: nothing is."""
    return min((datetime.fromisoformat(held["since"]) for held in _noted(connection).values()), default=None)


def _noted(connection: Connection) -> dict[str, Any]:
    query = select(setting.c.key, setting.c.value).where(setting.c.key.startswith(_DUE, autoescape=True))
    return {row.key.removeprefix(_DUE): row.value for row in connection.execute(query)}


def outside(connection: Connection, case_id: str) -> tuple[list[str], list[str]]:
    """Keys and files that are still to be destroyed, as noted."""
    held: Any = settings.get(connection, _DUE + case_id) or {"destroy": [], "files": []}
    return held["destroy"], held["files"]


def end(connection: Connection, case_id: str, *, contacts: Collection[str]) -> None:
    """Nothing is left, and nothing more comes by the links that these people were sent."""
    call_notes.close_links_of(connection, contacts)
    connection.execute(delete(setting).where(setting.c.key == _DUE + case_id))


def _add(connection: Connection, case_id: str, *, destroy: Iterable[str] = (), files: Iterable[str] = ()) -> None:
    key = _DUE + case_id
    held: Any = connection.scalar(select(setting.c.value).where(setting.c.key == key).with_for_update())
    if held is None:
        raise VersionConflict(f"of case {case_id} nothing is left: somebody was faster")
    value = held | {"destroy": sorted({*held["destroy"], *destroy}), "files": sorted({*held["files"], *files})}
    settings.put(connection, key, value)


# --- What there is ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Diverted:
    """The case, those that were answered with it, and whose reports hang on it; ids only."""

    case_id: str
    cases: tuple[str, ...]
    reports: tuple[str, ...]
    contacts: tuple[str, ...]


def found(connection: Connection, case_id: str) -> Diverted:
    """What hangs on one case."""
    state: Any = connection.scalar(select(case.c.state).where(case.c.id == case_id))
    refs = state["reports"]
    return Diverted(
        case_id,
        tuple(dict.fromkeys((case_id, *(one["case_id"] for one in refs)))),
        tuple(one["report_id"] for one in refs),
        tuple(dict.fromkeys(one["contact_id"] for one in refs)),
    )


def ends_of(connection: Connection, contact_id: str) -> list[list[tuple[str, str | None]]]:
    """
    How each case that a person reported themselves stands: (regulation, diverted as what), and so of every case it was
    answered with.
    """
    own = connection.scalars(select(report.c.case_id).where(report.c.contact_id == contact_id).distinct())
    return [list(_line(connection, one)) for one in own]


def _line(connection: Connection, case_id: str | None) -> Iterator[tuple[str, str | None]]:
    """A case and the ones it was joined to, one after the other."""
    seen = set[str]()
    while case_id and case_id not in seen:
        seen.add(case_id)
        row = connection.execute(select(case.c.regulation, case.c.state).where(case.c.id == case_id)).one()
        yield row.regulation, row.state["diversion"]
        case_id = row.state["merged_into"]


@dataclass(frozen=True)
class Said:
    """One message; `case_id`: the case it told about, where we wrote it because of one."""

    id: str
    conversation_id: str
    provider_blind: str
    content_sealed: bytes | None
    raw_id: str | None
    outbox_id: str | None
    case_id: str | None


@dataclass(frozen=True)
class Person:
    """Everything said by and to one contact, sealed: reports by id, conversations, their messages in order."""

    reports: Mapping[str, bytes | None]
    talks: tuple[ConversationRow, ...]
    said: tuple[Said, ...]


def person(connection: Connection, contact_id: str) -> Person:
    """What is kept of one contact's words."""
    mine = report.c.contact_id == contact_id
    rows = connection.execute(select(report.c.id, report.c.content_sealed).where(mine).order_by(report.c.received_at))
    talks = connection.scalars(select(conversation.c.id).where(conversation.c.contact_id == contact_id))
    talk_ids = sorted(talks)
    columns = (message.c[name] for name in Said.__dataclass_fields__ if name != "case_id")
    query = (
        select(*columns, outbox.c.case_id)
        .select_from(message.outerjoin(outbox, outbox.c.id == message.c.outbox_id))
        .where(message.c.conversation_id.in_(talk_ids))
        .order_by(message.c.conversation_id, message.c.seq)
    )
    return Person(
        {row.id: row.content_sealed for row in rows},
        tuple(conversations.load(connection, one) for one in talk_ids),
        tuple(Said(**row._mapping) for row in connection.execute(query)),
    )


# --- Taking it away --------------------------------------------------------------------------------------------------


def empty(connection: Connection, case_id: str, *, old: CaseTexts, new: NewTexts) -> None:
    """One case loses every word; its old key is noted with the diverted `case_id`. VersionConflict: read again."""
    replace_texts(connection, old, new)
    _add(connection, case_id, destroy=[old.subject])


@dataclass(frozen=True)
class Forgetting:
    """
    What goes of somebody who has other cases here: messages, raw bodies, reports, addresses and files of the diverted.

    `talks`: their conversations as they are to be, each with the version it was read at. `profile_sealed`: who they
    are by their other reports.
    """

    contact_id: str
    cases: Collection[str]
    reports: Collection[str]
    messages: Collection[Said]
    talks: Sequence[tuple[ConversationRow, int]]
    address_blinds: Collection[str]
    files: Collection[str]
    profile_sealed: bytes | None


def forget(connection: Connection, case_id: str, *, gone: Forgetting, now: datetime) -> None:
    """Take it away, all at once. VersionConflict when something was said meanwhile: read again."""
    conversations.save(connection, gone.talks)
    _add(connection, case_id, files=gone.files)
    connection.execute(delete(message).where(message.c.id.in_([one.id for one in gone.messages])))
    for raw_id in sorted({one.raw_id for one in gone.messages if one.raw_id}):
        inbox_queue.erase_raw(connection, raw_id)
    told = [one.outbox_id for one in gone.messages if one.outbox_id]
    talks = [row.id for row, _ in gone.talks]
    about = outbox.c.case_id.in_(gone.cases) & outbox.c.conversation_id.in_(talks)
    clear_outbox(connection, [*told, *connection.scalars(select(outbox.c.id).where(about))])
    ours = report.c.id.in_(gone.reports) & (report.c.contact_id == gone.contact_id)
    connection.execute(update(report).where(ours).values(content_sealed=None, pin_hash="", erased_at=now))
    theirs = identity.c.contact_id == gone.contact_id
    connection.execute(delete(identity).where(theirs, identity.c.address_blind.in_(gone.address_blinds)))
    who = update(contact).where(contact.c.id == gone.contact_id)
    connection.execute(who.values(profile_sealed=gone.profile_sealed))
