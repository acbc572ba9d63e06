"""Everything that the deployment's own keys still open: what a search for a canary must look through."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

from core.contract.errors import NotFound
from core.contract.schema import Model, OutboundMessage, Report, Reporter
from core.intake.state import Dialogue
from core.privacy.errors import Erased
from core.service.calls import KeptCall
from core.service.safe import Safe
from core.service.subjects.words import Asked, Note
from core.service.talk import Correspondent, MessageContent
from core.storage import tables
from core.storage.database import Connection
from tests.support.deployments import World


async def everything_readable(world: World) -> list[str | bytes]:
    """Every sealed column, raw body and file that can still be opened, opened with the deployment's own keys."""
    deployment = world.deployment
    opened = await deployment.database.read(_sealed_rows)
    texts = await asyncio.to_thread(lambda: list(_open_rows(deployment.safe, opened)))
    for path in (deployment.settings.data / "media").rglob("*"):
        if path.is_file():
            try:
                file = await deployment.media.open(path.parent.name + path.name)
            except NotFound:
                continue
            texts += [file.data, file.name]
    return texts


Sealed = list[tuple[str, str, str, bytes, bytes | None]]


def _sealed_rows(connection: Connection) -> Sealed:
    """(kind, id, subject, sealed, wrapped key) of every row with something sealed in it."""
    found: Sealed = []
    contact_of = {row.id: row.contact_id for row in connection.execute(tables.conversation.select())}
    for row in connection.execute(tables.vault.select()):
        found.append(("vault", row.id, row.subject_id, row.sealed, None))
    for row in connection.execute(tables.report.select()):
        found.append(("report", row.id, row.contact_id, row.content_sealed, None))
    for row in connection.execute(tables.contact.select()):
        found.append(("contact", row.id, row.id, row.profile_sealed, None))
    for row in connection.execute(tables.message.select()):
        found.append(("message", row.id, contact_of[row.conversation_id], row.content_sealed, None))
    for row in connection.execute(tables.conversation.select()):
        found.append(("correspondent", row.id, row.contact_id, row.correspondent_sealed, None))
        found.append(("dialogue", row.id, row.contact_id, row.dialogue_sealed, None))
    for row in connection.execute(tables.phone_call.select()):
        found.append(("call", row.id, row.subject_id, row.facts_sealed, None))
    for row in connection.execute(tables.outbox.select()):
        found.append(("outbox", row.id, row.subject_id, row.payload_sealed, None))
    asked = {row.id: row for row in connection.execute(tables.data_request.select())}
    for row in asked.values():
        found.append(("asked", row.id, row.contact_id, row.words_sealed, None))
    numbers = Counter[str]()
    for row in connection.execute(tables.data_step.select().order_by(tables.data_step.c.id)):
        numbers[row.request_id] += 1
        place = f"{row.request_id}/{numbers[row.request_id]}"
        found.append(("step", place, asked[row.request_id].contact_id, row.note_sealed, None))
    for row in connection.execute(tables.inbox_raw.select()):
        found.append(("raw", row.id, "", row.body_sealed, row.wrapped_key))
    return [row for row in found if row[3] is not None]


_MODELS: dict[str, tuple[type[Model], str]] = {
    "report": (Report, "report"),
    "contact": (Reporter, "contact"),
    "message": (MessageContent, "message"),
    "correspondent": (Correspondent, "conversation"),
    "dialogue": (Dialogue, "conversation"),
    "outbox": (OutboundMessage, "outbox"),
    "call": (KeptCall, "call"),
    "asked": (Asked, "data_request"),
    "step": (Note, "data_step"),
}


def _open_rows(safe: Safe, rows: Sealed) -> Iterator[str | bytes]:
    for kind, row_id, subject, sealed, wrapped in rows:
        try:
            if kind == "vault":
                yield safe.vault.open(sealed, vault_id=row_id, subject_id=subject)
            elif kind == "raw":
                yield safe.zone.open(wrapped, sealed, binding=row_id)
            else:
                model, place = _MODELS[kind]
                yield safe.open_model(sealed, model, subject_id=subject, place=f"{place}:{row_id}").model_dump_json()
        except Erased:
            continue
