"""A report that is written during a call: noted as the call's own, with what the caller has sent for it meanwhile."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from core.storage.call_notes import NoteRow
from gateway.auth import staff_of
from gateway.call_notes import NOTES
from gateway.console.phone.link import LINK
from gateway.portal.fields import Filled


async def note_call(request: web.Request, call: str) -> None:
    """Begin the note of a call that this agent has, or writes up; nothing for any other sheet."""
    if _has(request, call):
        await request.app[NOTES].begin(call, agent=staff_of(request).id)


async def note_of(request: web.Request, call: str) -> NoteRow | None:
    """The note of a call whose report this agent writes; None for a sheet that is of no call, or of a colleague's."""
    note = await request.app[NOTES].find(call) if NOTES in request.app else None
    return note if note and (note.agent == staff_of(request).id or _has(request, call)) else None


def _has(request: web.Request, call: str) -> bool:
    link = request.app.get(LINK)
    return link is not None and link.card(staff_of(request).id, call) is not None


async def with_tray(request: web.Request, note: NoteRow, filled: Filled) -> Filled:
    """The form with what the caller sent: all files, and the place where the agent typed none."""
    tray = await request.app[NOTES].tray(note)
    point = tray.place.point if filled.point is None else None
    texts = {**filled.texts, "place": filled["place"] or tray.place.text}
    if point is not None:
        accuracy = "" if point.accuracy_m is None else f"{point.accuracy_m:.1f}"
        texts |= {"latitude": f"{point.latitude:.6f}", "longitude": f"{point.longitude:.6f}", "accuracy": accuracy}
    return replace(filled, texts=texts, files=tray.files, contact_id=note.contact_id)
