"""
Handing a complete form in: a code is promised, the report stored durably, and only then is the code shown.

Sent twice, it is one report with one code.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field

from aiohttp import web

from channels.own import OwnChannel, Submission
from core.intake.rules import IntakeRules
from core.intake.signals.help import hear_help
from core.intake.words import Text
from gateway.deployment import DEPLOYMENT
from gateway.pages.languages import say
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


@dataclass(frozen=True)
class Sheet:
    """A complete form to be handed in. `id`: the same for the same form, however often it is sent."""

    id: str
    filled: Filled
    contact_id: str
    standing: Standing = Standing()


@dataclass(frozen=True)
class Handed:
    """What the reporter is told: code and PIN, and the number to ring at once where it cannot wait for us (VN-8)."""

    code: str
    pin: str = field(repr=False)
    line: str = ""


async def hand_in(request: web.Request, filled: Filled, contact_id: str, *, standing: Standing) -> web.HTTPSeeOther:
    """Store a report that came by the form; the answer leads to its code. Raises IntakeUnavailable."""
    sheet = Sheet(_submission_id(filled, contact_id), filled, contact_id, standing)
    handed = await store_report(request, sheet, channel=request.app[PORTAL].channel)
    response = web.HTTPSeeOther(DONE)
    put_note(request, response, SENT, {"code": handed.code, "pin": handed.pin, "line": handed.line})
    put_note(request, response, FOLLOW, {"code": handed.code})
    return response


async def store_report(request: web.Request, sheet: Sheet, *, channel: OwnChannel, account: str = "") -> Handed:
    """
    Store a report durably, by the surface `channel` and the one of several that `account` names.

    Raises IntakeUnavailable.
    """
    portal, deployment, filled = request.app[PORTAL], request.app[DEPLOYMENT], sheet.filled
    now, wording = deployment.now(), say(request, agreement(deployment.settings.office))
    promise = await portal.desk.promise(sheet.id)
    form = to_form(
        filled,
        code=promise.code,
        pin_hash=promise.pin_hash,
        contact_id=sheet.contact_id,
        place=place_of(deployment, Spot(filled["place"], filled["commune"], filled.point)),
        consent=agreed(filled, wording, now=now, channel=channel.name),
    )
    submission = Submission(
        what="form",
        id=sheet.id,
        code=promise.code,
        sent_at=now,
        account=account,
        form=form.model_copy(update={"proved": sheet.standing.proved, "call_back": sheet.standing.call_back}),
        attachments=filled.files,
        consent=filled.consent,
    )
    await accept(request, submission, channel=channel)
    line = await asyncio.to_thread(emergency_line, filled, portal.rules)
    return Handed(promise.code, promise.pin, line)


def emergency_line(filled: Filled, rules: IntakeRules) -> str:
    """The number to ring at once, where what is reported cannot wait for us (VN-8); else empty."""
    sign = hear_help(readable(filled))
    return rules.line_for(sign.kind) if sign else ""


def readable(filled: Filled) -> Text:
    """As much as will be taken: what is longer is refused anyway."""
    return Text.of(filled["content"][:LONGEST_CONTENT])


def _submission_id(filled: Filled, contact_id: str) -> str:
    """One for the same form with the same content, however often it is sent; another once a word was changed."""
    return hashlib.sha256(f"{contact_id}\0{digest_of(filled)}".encode()).hexdigest()


def digest_of(filled: Filled) -> str:
    """A hash of all that was typed, chosen and attached."""
    said = [dict(filled.texts), sorted(filled.lacking), filled.confidential, [file.sha256 for file in filled.files]]
    body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode(errors="surrogatepass")
    return hashlib.sha256(body).hexdigest()
