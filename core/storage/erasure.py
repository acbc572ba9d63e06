"""
Everything that is kept of one person, taken away, row by row.

Keys are destroyed elsewhere (`core.service.erasing`); here rows lose what was sealed or could be matched. Rows of
cases keep their ids, their stages and their events, so that chain and fold still verify.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, tuple_, update

from core.contract.errors import NotFound, VersionConflict
from core.privacy.erasure import Holdings
from core.storage import calls, data_requests, devices, notice_readers, settings, standings
from core.storage.contacts import forget_links
from core.storage.holdings import CaseTexts, holdings
from core.storage.subjects import first_subject, set_text_subject, text_subject
from core.storage.tables import (
    case,
    contact,
    conversation,
    fetch,
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

__all__ = [
    "NewTexts",
    "Task",
    "begin",
    "clear",
    "clear_outbox",
    "end",
    "first_subject",
    "left_elsewhere",
    "move_case",
    "note_left",
    "replace_texts",
    "text_subject",
    "unfinished",
]

_TASK = "erasing:"
_BATCH = 500


# --- The task, so that a crash half-way is finished later ------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """
    An erasure under way: `destroy` are keys to be destroyed, `moved` the cases that are done with. Ids only.

    `left`: recordings that a provider took for us and has not deleted yet, by its names of them.
    """

    contact_id: str
    mode: str
    destroy: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


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
    return held and _opened(contact_id, held)


def _opened(contact_id: str, held: Any) -> Task:
    left = held.get("left", ())  # none was noted before 23 November 2026
    return Task(contact_id, held["mode"], tuple(held["destroy"]), tuple(held["moved"]), tuple(left))


def _keep(connection: Connection, task: Task) -> None:
    value = {"mode": task.mode, "destroy": list(task.destroy), "moved": list(task.moved), "left": list(task.left)}
    settings.put(connection, _TASK + task.contact_id, value)


def note_left(connection: Connection, task: Task, *, left: Collection[str]) -> Task:
    """What a provider still has of this person; one that another process has ended meanwhile stays ended."""
    noted = _task(connection, task.contact_id, lock=True)
    if noted is None:
        return replace(task, left=())
    noted = replace(noted, left=tuple(left))
    _keep(connection, noted)
    return noted


def left_elsewhere(connection: Connection) -> list[str]:
    """Recordings of erased people that their provider has not deleted yet."""
    tasks = connection.scalars(select(setting.c.value).where(setting.c.key.startswith(_TASK, autoescape=True)))
    return sorted(name for held in tasks for name in held.get("left", ()))


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
    replace_texts(connection, old, new)
    moved = replace(noted, destroy=(*noted.destroy, old.subject), moved=(*noted.moved, old.case_id))
    _keep(connection, moved)
    return moved


def replace_texts(connection: Connection, old: CaseTexts, new: NewTexts) -> None:
    """Put a case's texts under a fresh subject; the old key is the caller's to destroy. VersionConflict."""
    standing = set(connection.scalars(select(vault.c.id).where(vault.c.subject_id == old.subject)))
    if standing != old.sealed.keys() or text_subject(connection, old.case_id) != old.subject:
        raise VersionConflict(f"texts of case {old.case_id} have changed")
    for vault_id, sealed in new.sealed.items():
        connection.execute(update(vault).where(vault.c.id == vault_id).values(subject_id=new.subject, sealed=sealed))
    connection.execute(update(case).where(case.c.id == old.case_id).values(search_text=new.search_text))
    _show(connection, old.case_id, new)
    _forget_answers(connection, old.case_id)
    set_text_subject(connection, old.case_id, new.subject)


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
    clear_outbox(connection, found.outbox_ids)
    connection.execute(delete(fetch).where(fetch.c.subject_id == contact_id))
    connection.execute(
        update(report).where(report.c.id.in_(found.report_ids)).values(content_sealed=None, pin_hash="", erased_at=now)
    )
    standings.forget(connection, contact_id)
    devices.forget(connection, contact_id)
    calls.forget(connection, contact_id)
    data_requests.forget(connection, contact_id, now=now)
    notice_readers.end_all(connection, contact_id, now=now)
    connection.execute(delete(identity).where(identity.c.id.in_(found.identity_ids)))
    forget_links(connection, found.contact_id)
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


def clear_outbox(connection: Connection, ids: Iterable[str]) -> None:
    """What was written to somebody goes; what was not sent yet never will be."""
    ours = outbox.c.id.in_(list(ids))
    connection.execute(update(outbox).where(ours).values(payload_sealed=None, provider_message_id=None, reason=""))
    connection.execute(
        update(outbox)
        .where(ours, outbox.c.state.in_(("pending", "claimed")))
        .values(state="failed", reason="recipient was erased", owner=None, claimed_until=None)
    )
