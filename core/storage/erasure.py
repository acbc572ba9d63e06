"""
Everything that is kept of one person, found and taken away, row by row.

Keys are destroyed elsewhere (`core.service.erasing`); here rows lose what was sealed or could be matched. Rows of
cases keep their ids, their stages and their events, so that chain and fold still verify.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, tuple_, update

from core.contract.errors import NotFound, VersionConflict
from core.contract.schema import new_id
from core.privacy.erasure import CaseHolding, Holdings
from core.storage import settings
from core.storage.tables import (
    case,
    contact,
    conversation,
    idempotency,
    identity,
    inbox_item,
    inbox_raw,
    message,
    outbox,
    publication,
    report,
    setting,
    timer,
    vault,
)

_SUBJECT = "text_subject:"
_TASK = "erasing:"
_BATCH = 500


def first_subject(case_id: str) -> str:
    """
    The key subject that a case's texts begin under, 32 hex digits.

    Not the case's own id: the files of officials lie under that, and stay readable when texts move to a fresh key.
    """
    return hashlib.blake2b(f"texts:{case_id}".encode(), digest_size=16).hexdigest()


def text_subject(connection: Connection, case_id: str) -> str:
    """The key subject of a case's texts: the first, or its successor once something was erased from the case."""
    return settings.get(connection, _SUBJECT + case_id) or first_subject(case_id)


def text_subjects(connection: Connection) -> dict[str, str]:
    """Every case whose texts no longer lie under their first subject, with the one they lie under."""
    rows = connection.execute(select(setting).where(setting.c.key.startswith(_SUBJECT, autoescape=True)))
    return {row.key.removeprefix(_SUBJECT): row.value for row in rows}


# --- What there is ----------------------------------------------------------------------------------------------------


def holdings(connection: Connection, contact_id: str) -> Holdings:
    """Everything that belongs to one contact. NotFound."""
    if connection.scalar(select(contact.c.id).where(contact.c.id == contact_id)) is None:
        raise NotFound("no such contact")
    reports = _ids(connection, report, report.c.contact_id == contact_id)
    talks = _ids(connection, conversation, conversation.c.contact_id == contact_id)
    return Holdings(
        contact_id=contact_id,
        cases=tuple(_case_holding(connection, one) for one in _cases_of(connection, contact_id)),
        report_ids=reports,
        conversation_ids=talks,
        message_ids=_ids(connection, message, message.c.conversation_id.in_(talks)),
        raw_ids=_raw_ids(connection, contact_id, talks),
        outbox_ids=_ids(connection, outbox, outbox.c.conversation_id.in_(talks) | (outbox.c.subject_id == contact_id)),
        identity_ids=_ids(connection, identity, identity.c.contact_id == contact_id),
        other_subjects=_other_subjects(connection, contact_id, talks),
    )


def _ids(connection: Connection, table: Table, condition: Any) -> tuple[str, ...]:
    return tuple(connection.scalars(select(table.c.id).where(condition).order_by(table.c.id)))


def _cases_of(connection: Connection, contact_id: str) -> list[str]:
    """Cases their reports hang on, were received in before they were linked, or are answered by since."""
    reported = connection.scalars(select(report.c.case_id).where(report.c.contact_id == contact_id))
    pending, found = set(reported), set[str]()
    while pending:
        case_id = pending.pop()
        state = connection.scalar(select(case.c.state).where(case.c.id == case_id))
        if case_id in found or state is None:
            continue
        found.add(case_id)
        pending.update(one["case_id"] for one in state["reports"] if one["contact_id"] == contact_id)
        pending.update(filter(None, [state["merged_into"]]))
    return sorted(found)


def _case_holding(connection: Connection, case_id: str) -> CaseHolding:
    subject = text_subject(connection, case_id)
    state: Any = connection.scalar(select(case.c.state).where(case.c.id == case_id))
    hanging = connection.scalars(select(report.c.contact_id).where(report.c.case_id == case_id))
    return CaseHolding(
        case_id=case_id,
        reporters=frozenset([*hanging, *(one["contact_id"] for one in state["reports"])]),
        text_subject=subject,
        text_ids=_ids(connection, vault, vault.c.subject_id == subject),
        published=connection.scalar(select(publication.c.case_id).where(publication.c.case_id == case_id)) is not None,
    )


def _raw_ids(connection: Connection, contact_id: str, talks: Collection[str]) -> tuple[str, ...]:
    by_item = connection.scalars(select(inbox_item.c.raw_id).where(inbox_item.c.subject_id == contact_id))
    by_message = connection.scalars(
        select(message.c.raw_id).where(message.c.conversation_id.in_(talks), message.c.raw_id.is_not(None))
    )
    return tuple(sorted({*by_item, *by_message}))


def _other_subjects(connection: Connection, contact_id: str, talks: Collection[str]) -> tuple[str, ...]:
    """Keys of last words that were sent to them under a key of their own."""
    query = select(outbox.c.subject_id).where(outbox.c.conversation_id.in_(talks), outbox.c.subject_id != contact_id)
    return tuple(sorted(set(connection.scalars(query))))


def contacts_kept(connection: Connection, *, after: str = "", most: int = _BATCH) -> list[str]:
    """Contacts that are not erased, in order of id."""
    query = select(contact.c.id).where(contact.c.id > after, contact.c.erased_at.is_(None))
    return list(connection.scalars(query.order_by(contact.c.id).limit(most)))


@dataclass(frozen=True)
class SealedPerson:
    """What tells how other texts may name somebody: profile and reports, sealed under their key."""

    profile: bytes | None
    reports: Mapping[str, bytes | None]


def sealed_person(connection: Connection, contact_id: str) -> SealedPerson:
    """The sealed profile and reports of a contact."""
    profile = connection.scalar(select(contact.c.profile_sealed).where(contact.c.id == contact_id))
    rows = connection.execute(select(report.c.id, report.c.content_sealed).where(report.c.contact_id == contact_id))
    return SealedPerson(profile, {row[0]: row[1] for row in rows})


@dataclass(frozen=True)
class CaseTexts:
    """Everything of a case that holds words: vault rows by id, the search column, the public view."""

    case_id: str
    subject: str
    sealed: Mapping[str, bytes | None]
    search_text: str
    view: Any
    view_search: str


def case_texts(connection: Connection, case_id: str) -> CaseTexts:
    """The words of one case, as stored."""
    subject = text_subject(connection, case_id)
    rows = connection.execute(select(vault.c.id, vault.c.sealed).where(vault.c.subject_id == subject))
    shown = connection.execute(
        select(publication.c.view, publication.c.search_text).where(publication.c.case_id == case_id)
    ).one_or_none()
    return CaseTexts(
        case_id,
        subject,
        {row[0]: row[1] for row in rows},
        connection.scalar(select(case.c.search_text).where(case.c.id == case_id)) or "",
        None if shown is None else shown[0],
        "" if shown is None else shown[1],
    )


# --- The task, so that a crash half-way is finished later ------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """An erasure under way: `destroy` are keys to be destroyed, `moved` the cases that are done with. Ids only."""

    contact_id: str
    mode: str
    destroy: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def begin(connection: Connection, contact_id: str, *, mode: str) -> Task | None:
    """The task for one contact, the one under way if there is one; None where everything is erased already."""
    standing = _task(connection, contact_id)
    if standing is not None:
        return standing
    erased = connection.execute(select(contact.c.erased_at).where(contact.c.id == contact_id)).one_or_none()
    if erased is None:
        raise NotFound("no such contact")
    if erased[0] is not None:
        return None
    task = Task(contact_id, mode)
    _keep(connection, task)
    return task


def unfinished(connection: Connection) -> list[str]:
    """Contacts whose erasure was begun and not finished."""
    keys = connection.scalars(select(setting.c.key).where(setting.c.key.startswith(_TASK, autoescape=True)))
    return [key.removeprefix(_TASK) for key in keys]


def _task(connection: Connection, contact_id: str, *, lock: bool = False) -> Task | None:
    query = select(setting.c.value).where(setting.c.key == _TASK + contact_id)
    held: Any = connection.scalar(query.with_for_update() if lock else query)
    return held and Task(contact_id, held["mode"], tuple(held["destroy"]), tuple(held["moved"]))


def _keep(connection: Connection, task: Task) -> None:
    value = {"mode": task.mode, "destroy": list(task.destroy), "moved": list(task.moved)}
    settings.put(connection, _TASK + task.contact_id, value)


def end(connection: Connection, contact_id: str) -> None:
    """Nothing is left to do."""
    connection.execute(delete(setting).where(setting.c.key == _TASK + contact_id))


# --- Taking away -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewTexts:
    """What a case holds afterwards: vault rows under a fresh subject (None: gone), search column, public view."""

    subject: str
    sealed: Mapping[str, bytes | None]
    search_text: str = ""
    view: Any = None
    view_search: str = ""


def move_case(connection: Connection, task: Task, old: CaseTexts, new: NewTexts) -> Task:
    """
    Put a case's texts under a fresh subject and note that the old key is to be destroyed, all at once.

    Raises: VersionConflict: somebody wrote a text meanwhile; read again.
    """
    noted = _task(connection, task.contact_id, lock=True)
    if noted is None or old.case_id in noted.moved:  # another process works on it, too, and was faster
        return noted or replace(task, moved=(*task.moved, old.case_id))
    standing = set(connection.scalars(select(vault.c.id).where(vault.c.subject_id == old.subject)))
    if standing != old.sealed.keys() or text_subject(connection, old.case_id) != old.subject:
        raise VersionConflict(f"texts of case {old.case_id} have changed")
    for vault_id, sealed in new.sealed.items():
        connection.execute(update(vault).where(vault.c.id == vault_id).values(subject_id=new.subject, sealed=sealed))
    connection.execute(update(case).where(case.c.id == old.case_id).values(search_text=new.search_text))
    _show(connection, old.case_id, new)
    _forget_answers(connection, old.case_id)
    settings.put(connection, _SUBJECT + old.case_id, new.subject)
    moved = replace(noted, destroy=(*noted.destroy, old.subject), moved=(*noted.moved, old.case_id))
    _keep(connection, moved)
    return moved


def _show(connection: Connection, case_id: str, new: NewTexts) -> None:
    shown = publication.c.case_id == case_id
    if new.view is None:
        connection.execute(delete(publication).where(shown))
    else:
        connection.execute(update(publication).where(shown).values(view=new.view, search_text=new.view_search))


def _forget_answers(connection: Connection, case_id: str) -> None:
    """Answers remembered for repeated API requests may quote a case."""
    needle, after = case_id.encode(), ("", "")
    place = tuple_(idempotency.c.scope, idempotency.c.key)
    columns = (idempotency.c.scope, idempotency.c.key, idempotency.c.response)
    query = select(*columns).order_by(*columns[:2]).limit(_BATCH)
    while rows := connection.execute(query.where(place > after)).all():
        for scope, key, response in rows:
            if needle in response:
                connection.execute(delete(idempotency).where(idempotency.c.scope == scope, idempotency.c.key == key))
        after = (rows[-1][0], rows[-1][1])


def clear(connection: Connection, contact_id: str, *, emptied: Collection[str], now: datetime) -> tuple[str, ...]:
    """
    Take every sealed and every blind column of a contact away; returns raw bodies that must wait.

    A raw body that also holds somebody else's message which nobody has taken up yet is left for the next try.

    Args:
        emptied: cases of this person alone; what was published of one in the last moment goes, too.
    """
    found = holdings(connection, contact_id)
    connection.execute(delete(publication).where(publication.c.case_id.in_(emptied)))
    waiting = _forget_raw(connection, found)
    connection.execute(delete(timer).where(timer.c.conversation_id.in_(found.conversation_ids)))
    connection.execute(
        update(message)
        .where(message.c.conversation_id.in_(found.conversation_ids))
        .values(content_sealed=None, provider_blind="", raw_id=None)
    )
    connection.execute(
        update(conversation)
        .where(conversation.c.id.in_(found.conversation_ids))
        .values(
            correspondent_sealed=None,
            dialogue_sealed=None,
            address_blind="",
            needs_human=False,
            unread=0,
            version=conversation.c.version + 1,
        )
    )
    _clear_outbox(connection, found.outbox_ids)
    connection.execute(
        update(report).where(report.c.id.in_(found.report_ids)).values(content_sealed=None, pin_hash="", erased_at=now)
    )
    connection.execute(delete(identity).where(identity.c.id.in_(found.identity_ids)))
    connection.execute(
        update(contact).where(contact.c.id == found.contact_id).values(profile_sealed=None, erased_at=now)
    )
    return waiting


def _forget_raw(connection: Connection, found: Holdings) -> tuple[str, ...]:
    new = inbox_item.c.state == "new"
    waiting = set(connection.scalars(select(inbox_item.c.raw_id).where(inbox_item.c.raw_id.in_(found.raw_ids), new)))
    gone = [raw_id for raw_id in found.raw_ids if raw_id not in waiting]
    connection.execute(update(inbox_raw).where(inbox_raw.c.id.in_(gone)).values(body_sealed=None, wrapped_key=None))
    connection.execute(
        update(inbox_item)
        .where(inbox_item.c.subject_id == found.contact_id, inbox_item.c.raw_id.in_(gone))
        .values(subject_id=None, state="erased", reason="")
    )
    return tuple(sorted(waiting))


def _clear_outbox(connection: Connection, ids: Iterable[str]) -> None:
    ours = outbox.c.id.in_(list(ids))
    connection.execute(update(outbox).where(ours).values(payload_sealed=None, provider_message_id=None, reason=""))
    connection.execute(
        update(outbox)
        .where(ours, outbox.c.state.in_(("pending", "claimed")))
        .values(state="failed", reason="recipient was erased", owner=None, claimed_until=None)
    )


def fresh_subject() -> str:
    """A key subject that was never used."""
    return new_id()
