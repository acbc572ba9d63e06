"""
`/phan-anh/xac-nhan`: the reporter's number is proved by a one-time password before the report is taken, where the
regulation wants it on the web (QB-QD.III.1.1a).

What was typed is kept, sealed under a key of its own, until the password comes back: for a day. Where none can be sent,
or none comes, reception calls the number instead (QB-IV.1.1a.1: it phones the reporter if needed); an emergency waits
for no password at all (QB-IV.1.1b.k: the number is verified on the way).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from core.contract.errors import IntakeUnavailable
from core.otp.challenge import REFUSED_VI
from core.service.carrying import Way
from gateway.auth import cookies
from gateway.deployment import DEPLOYMENT
from gateway.kept_forms import KEPT_TIME
from gateway.pages import render
from gateway.portal.fields import Filled
from gateway.portal.form_page import form_page
from gateway.portal.handing_in import Standing, hand_in
from gateway.portal.proving import (
    CALLED,
    NOT_HERE,
    PATIENCE,
    SENT,
    TOO_SOON,
    KeptReport,
    ask,
    hearable,
    keep,
    limited,
    purpose_of,
    seconds_of,
    way_of,
)
from gateway.portal.shared import PORTAL, private, put_note, read_note

PAGE = "/phan-anh/xac-nhan"
EDIT = f"{PAGE}/sua"
AGAIN = f"{PAGE}/gui-lai"
HEAR = f"{PAGE}/nghe-ma"
CALL = f"{PAGE}/goi-lai"
PROOF = "langnghe_proof"
"""Cookie of whoever has a form waiting; says which, and which password was sent last."""


async def begin(request: web.Request, filled: Filled, contact_id: str) -> web.HTTPSeeOther:
    """Keep the form, send a password, and lead to where it is typed."""
    await keep(request, contact_id, KeptReport.of(filled, request.app[DEPLOYMENT].now()))
    return await _ask(request, filled, contact_id)


async def show(request: web.Request) -> web.StreamResponse:
    """Where the password is typed."""
    _, kept = await _waiting(request)
    note = _note(request)
    wait = timedelta(seconds=int(note.get("wait", 0)))
    errors = {"otp": limited(wait)} if wait else {}
    said = CALLED if _is_called(request, way_of(request, kept.filled)) else SENT
    return _page(request, kept, errors=errors, said=said if note.get("challenge") and not wait else "")


async def take(request: web.Request) -> web.StreamResponse:
    """A typed password: right, and the report is handed in."""
    contact_id, kept = await _waiting(request)
    note, typed = _note(request), str((await request.post()).get("otp", ""))
    way = way_of(request, kept.filled)
    proved = bool(note.get("proved"))
    if not proved and note.get("challenge") and way is not None:
        challenge = str(note["challenge"])
        proved = await request.app[DEPLOYMENT].proving.check(challenge, typed, purpose=purpose_of(contact_id))
    if not proved or way is None:
        await _waiting(request)  # pressed twice: the first may have handed it in meanwhile
        return _page(request, kept, errors={"otp": REFUSED_VI}, status=422)
    return await _finish(request, contact_id, kept, Standing(proved=(way.to.value,)))


async def again(request: web.Request) -> web.StreamResponse:
    """Another password, as soon as one may be asked for."""
    contact_id, kept = await _waiting(request)
    raise await _ask(request, kept.filled, contact_id)


async def hear(request: web.Request) -> web.StreamResponse:
    """No message came: another password, read out in a call."""
    contact_id, kept = await _waiting(request)
    raise await _ask(request, kept.filled, contact_id, aloud=True)


async def call_back(request: web.Request) -> web.StreamResponse:
    """No password came, or none can: reception calls."""
    contact_id, kept = await _waiting(request)
    soon = request.app[DEPLOYMENT].now() - kept.since < PATIENCE
    if soon and way_of(request, kept.filled) is not None:
        return _page(request, kept, errors={"": TOO_SOON}, status=422)
    return await _finish(request, contact_id, kept, Standing(call_back=True))


async def edit(request: web.Request) -> web.StreamResponse:
    """The form again, with everything that was typed."""
    contact_id, kept = await _waiting(request)
    return form_page(request, kept.filled, contact_id=contact_id)


async def _ask(request: web.Request, filled: Filled, contact_id: str, *, aloud: bool = False) -> web.HTTPSeeOther:
    before = _note(request)
    asked = await ask(request, filled, contact_id, aloud=aloud)
    held = before.get("challenge", "") if before.get("form") == contact_id else ""  # may still be on its way
    values: dict[str, Any] = {"form": contact_id, "challenge": asked.challenge, "aloud": aloud}
    if asked.wait:
        values |= {"challenge": held, "wait": seconds_of(asked.wait)}
    response = web.HTTPSeeOther(PAGE)
    put_note(request, response, PROOF, values)
    return response


async def _finish(request: web.Request, contact_id: str, kept: KeptReport, standing: Standing) -> web.StreamResponse:
    """Hand the form in; the password was used up, so that it is remembered where that fails."""
    try:
        response = await hand_in(request, kept.filled, contact_id, standing=standing)
    except IntakeUnavailable as error:
        page = _page(request, kept, errors={"": error.vi}, status=503)
        put_note(request, page, PROOF, {"form": contact_id, "proved": bool(standing.proved)})
        return page
    await request.app[PORTAL].kept.drop(contact_id)
    cookies.drop(request, response, name=PROOF)
    raise response


async def _waiting(request: web.Request) -> tuple[str, KeptReport]:
    """The form that waits in this browser. HTTPSeeOther where there is none any more."""
    contact_id = str(_note(request).get("form", ""))
    kept = await request.app[PORTAL].kept.read(contact_id, KeptReport) if contact_id else None
    if kept is None:
        raise web.HTTPSeeOther("/phan-anh/da-gui" if contact_id else "/phan-anh")
    return contact_id, kept


def _is_called(request: web.Request, way: Way | None) -> bool:
    """Whether the password comes in a call: by their wish, or since nothing else reaches a phone."""
    only = way is not None and request.app[DEPLOYMENT].proving.carriers.is_aloud(way)
    return only or bool(_note(request).get("aloud"))


def _note(request: web.Request) -> dict[str, Any]:
    note = read_note(request, PROOF, longest=KEPT_TIME)
    return dict(note.values) if note else {}


def _page(
    request: web.Request, kept: KeptReport, *, errors: dict[str, str] | None = None, said: str = "", status: int = 200
) -> web.Response:
    way = way_of(request, kept.filled)
    page = render(
        request,
        "portal/proof.html",
        status=status,
        errors=errors or {},
        said=said,
        shown=way.shown if way else "",
        by_mail=way is not None and way.kind == "email",
        hearable=hearable(request, way),
        by_call=_is_called(request, way),
        proved=bool(_note(request).get("proved")),
        not_here=NOT_HERE,
        lines=request.app[PORTAL].rules.emergency_lines,
    )
    return private(page)
