"""
Handing a complete form in: a code is promised, the report stored durably, and only then is the code shown.

Sent twice, it is one report with one code.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass

from aiohttp import web

from channels.web.mapping import Submission
from core.intake.rules import IntakeRules
from core.intake.signals.emergency import read_emergency
from core.intake.words import Text
from gateway.deployment import DEPLOYMENT
from gateway.portal.communes import Spot, place_of
from gateway.portal.fields import LONGEST_CONTENT, Filled, agreed, agreement, to_form
from gateway.portal.shared import FOLLOW, PORTAL, SENT, accept, put_note

DONE = "/phan-anh/da-gui"


@dataclass(frozen=True)
class Standing:
    """
    What is known of the reporter's number: `proved` addresses that a one-time password proved; `call_back`: none did,
    so that reception calls before it accepts.
    """

    proved: tuple[str, ...] = ()
    call_back: bool = False


async def hand_in(request: web.Request, filled: Filled, contact_id: str, *, standing: Standing) -> web.HTTPSeeOther:
    """Store a report; the answer leads to its code. Raises IntakeUnavailable."""
    portal, deployment = request.app[PORTAL], request.app[DEPLOYMENT]
    submission_id, now = _submission_id(filled, contact_id), deployment.now()
    promise = await portal.desk.promise(submission_id)
    form = to_form(
        filled,
        code=promise.code,
        pin_hash=promise.pin_hash,
        contact_id=contact_id,
        place=place_of(deployment, Spot(filled["place"], filled["commune"], filled.point)),
        consent=agreed(filled, agreement(deployment.settings.office), now=now),
    )
    submission = Submission(
        what="form",
        id=submission_id,
        code=promise.code,
        sent_at=now,
        form=form.model_copy(update={"proved": standing.proved, "call_back": standing.call_back}),
        attachments=filled.files,
        consent=filled.consent,
    )
    await accept(request, submission)
    response = web.HTTPSeeOther(DONE)
    line = await asyncio.to_thread(emergency_line, filled, portal.rules)
    put_note(request, response, SENT, {"code": promise.code, "pin": promise.pin, "line": line})
    put_note(request, response, FOLLOW, {"code": promise.code})
    return response


def emergency_line(filled: Filled, rules: IntakeRules) -> str:
    """The number to ring at once, where what is reported cannot wait for us (VN-8); else empty."""
    sign = read_emergency(readable(filled))
    return rules.line_for(sign.kind) if sign else ""


def readable(filled: Filled) -> Text:
    """As much as will be taken: what is longer is refused anyway."""
    return Text.of(filled["content"][:LONGEST_CONTENT])


def _submission_id(filled: Filled, contact_id: str) -> str:
    """One for the same form with the same content, however often it is sent; another once a word was changed."""
    said = [dict(filled.texts), sorted(filled.lacking), filled.confidential, [file.sha256 for file in filled.files]]
    body = json.dumps([contact_id, said], ensure_ascii=False, sort_keys=True).encode(errors="surrogatepass")
    return hashlib.sha256(body).hexdigest()
