"""A report of an app on its way in: what makes it the same one when it is sent again, and where it waits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial

from core.contract.schema import Model, new_id
from core.identity.codes import format_code
from core.storage import answers
from core.storage.answers import Remembered
from gateway.api.app.door import AppCall
from gateway.api.app.forms import digest_of_files
from gateway.api.app.views import Challenged, SessionView, Taken
from gateway.api.idempotency import REPLAYED, Key, earlier, given_key
from gateway.api.operation import Answer
from gateway.portal import proving
from gateway.portal.fields import Filled
from gateway.portal.handing_in import Handed, Sheet, Standing, digest_of, emergency_line, store_report
from gateway.portal.proving import KeptReport


class KeptAppReport(Model):
    """
    A report that waits: by which app it came, as which submission, and which password was sent last.

    `proved`: the password was right and is used up, but the report could not be taken at that moment.
    """

    report: KeptReport
    app: str
    submission: str
    challenge: str = ""
    proved: bool = False
    key: str | None = None
    body_hash: str = ""

    @property
    def id(self) -> str:
        """What its app asks for it by."""
        return self.submission[:32]


@dataclass(frozen=True)
class Coming:
    """A report on its way in. `submission` follows from app, key and content; so does `contact_id`."""

    filled: Filled
    key: Key | None
    submission: str

    @property
    def contact_id(self) -> str:
        """Whose report it will be; also the id under which it waits."""
        return self.submission[:32]


async def identified(call: AppCall, filled: Filled) -> Coming:
    """The report as what it is, whenever and however often it comes."""
    said = f"{digest_of(filled)}\0{await digest_of_files(call.posted)}"
    body_hash = hashlib.sha256(said.encode()).hexdigest()
    given = given_key(call.request)
    key = Key(f"app:{call.app.name}", given, body_hash) if given is not None else None
    submission = call.deployment.safe.blind.other("app-report", call.app.name, given or new_id(), body_hash)
    return Coming(filled, key, submission)


async def remembered(call: AppCall, key: Key | None) -> bool:
    """Whether this was taken before. ApiError 422: the key was used for something else."""
    return await earlier(call.deployment, key) is not None


async def keep(call: AppCall, kept: KeptAppReport) -> Answer:
    """Keep a report until its password comes back, and say where that went."""
    await proving.keep(call.request, kept.id, kept.report, sealed=kept)
    return challenged(call, kept)


def challenged(call: AppCall, kept: KeptAppReport) -> Answer:
    """What a report waits for (202)."""
    way = proving.way_of(call.request, kept.report.filled)
    message = proving.SENT if way is not None and kept.challenge else proving.NOT_HERE
    return Answer(Challenged(challenge=kept.id, sent_to=way.shown if way else "", message=message), status=202)


async def waiting(call: AppCall) -> KeptAppReport | None:
    """The report that waits under the id in the address and came by this app."""
    kept = await call.pages.kept.read(call.request.match_info["challenge"], KeptAppReport)
    return kept if kept is not None and kept.app == call.app.name else None


async def hand_in(call: AppCall, coming: Coming, standing: Standing) -> Handed:
    """Into the inbox first; the note of the key may be missed, since the submission's id makes a repeat harmless."""
    sheet = Sheet(coming.submission, coming.filled, coming.contact_id, standing)
    handed = await store_report(call.request, sheet, channel=call.door.channel, account=call.app.name)
    if coming.key is not None:
        await remember(call, coming.key)
    return handed


async def remember(call: AppCall, key: Key, *, response: bytes = b"") -> None:
    """That this was answered with what was taken."""
    kept = Remembered(key.body_hash, 201, response)
    write = partial(answers.remember_once, scope=key.scope, key=key.key, answer=kept, now=call.deployment.now())
    await call.deployment.database.write(write)


async def handed_before(call: AppCall, coming: Coming) -> Handed:
    """What was told of a report that was taken already: it follows from what the report is."""
    promise = await call.pages.desk.promise(coming.submission)
    return Handed(promise.code, promise.pin, emergency_line(coming.filled, call.pages.rules))


def told(call: AppCall, handed: Handed, *, replayed: bool = False) -> Answer:
    """Code and PIN, and a session (201)."""
    session = SessionView.model_validate(call.session(handed.code))
    taken = Taken(code=format_code(handed.code), pin=handed.pin, emergency_line=handed.line, session=session)
    return Answer(taken, status=201, headers=REPLAYED if replayed else {})
