"""
`/gui-kem/…`: photos and the place, handed in by somebody who talks to an agent at this moment, by a link sent to them.

It opens once and shows nothing. What is handed in is on the agent's page a moment later; where the agent has written
the report already, it goes into that report's conversation.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from channels.own import Submission
from core.contract.schema import new_id
from core.service.call_notes import Tray
from core.storage.call_notes import NoteRow
from gateway.call_notes import NOTES
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.portal.acts import refusals, too_long
from gateway.portal.communes import Spot, place_of
from gateway.portal.fields import Filled, read_fields
from gateway.portal.shared import PORTAL, accept, client_of, private
from gateway.portal.uploads import Taken, keep, limits, take_files


async def show_tray(request: web.Request) -> web.StreamResponse:
    """Where to hand it in, or that the link has ended; looking ends nothing."""
    note = await _opened(request)
    return _page(request, "open") if note else _page(request, "ended", status=410)


async def fill_tray(request: web.Request) -> web.StreamResponse:
    """Photos, the place, a few words; once."""
    note = await _opened(request)
    if note is None:
        return _page(request, "ended", status=410)
    posted = await request.post()
    filled = read_fields(posted)
    if sentence := too_long(filled["content"]):
        return _page(request, "open", errors={"content": sentence}, filled=filled, status=422)
    taken = await take_files(request, posted, subject_id=note.contact_id)
    sent = _tray(request, filled, taken)
    if errors := ({} if not sent.empty and not taken.refused else refusals("", taken)):
        kept = keep(request, taken.files, subject_id=note.contact_id)
        return _page(request, "open", errors=errors, filled=filled, kept=kept, status=taken.status)
    await _hand_in(request, note, sent)
    return _page(request, "done")


def _tray(request: web.Request, filled: Filled, taken: Taken) -> Tray:
    place = place_of(request.app[DEPLOYMENT], Spot(filled["place"], point=filled.point))
    return Tray(files=taken.files, place=place, text=filled["content"].strip())


async def _hand_in(request: web.Request, note: NoteRow, sent: Tray) -> None:
    notes = request.app[NOTES]
    if not note.report:
        await notes.hand_in(note, sent)
        return
    submission = Submission(
        what="text",
        id=new_id(),
        code=note.report,
        sent_at=request.app[DEPLOYMENT].now(),
        text="\n".join(filter(None, (sent.text, _in_words(sent)))),
        attachments=sent.files,
    )
    await accept(request, submission)
    await notes.use(note)


def _in_words(sent: Tray) -> str:
    """The place as a line of a conversation."""
    point = sent.place.point
    return "; ".join(filter(None, (sent.place.text, f"{point.latitude:.6f}, {point.longitude:.6f}" if point else "")))


async def _opened(request: web.Request) -> NoteRow | None:
    """The call behind the link. HTTPTooManyRequests."""
    if request.app[PORTAL].linking.wait(client_of(request), request.app[DEPLOYMENT].now()):
        raise web.HTTPTooManyRequests
    return await request.app[NOTES].opened(request.match_info["token"])


def _page(request: web.Request, state: str, *, status: int = 200, **shown: Any) -> web.Response:
    values = {"errors": {}, "filled": Filled({}), **limits(request), **shown}
    return private(render(request, "portal/call_tray.html", status=status, state=state, **values))
