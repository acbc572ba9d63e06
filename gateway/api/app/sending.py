"""
A report by an app: taken at once, or, where the regulation wants the reporter's number proved (QB-QD.III.1.1a), once a
one-time password came back.

Nothing is taken twice: the same content under the same Idempotency-Key is the same report with the same code and PIN,
also when an app asks again after a lost answer, a week in a tunnel, or a forgotten answer of ours.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from pydantic import Field

from channels.app.adapter import CHANNEL
from core.contract.schema import Instant, Model, new_id
from core.identity.codes import format_code
from core.otp.challenge import REFUSED_VI
from core.storage import people, staff_lists
from core.storage.people import Remembered
from gateway.api.app.door import TAG, AppCall, too_many
from gateway.api.app.filled import AppReport, check, filled_of
from gateway.api.app.forms import digest_of_files
from gateway.api.errors import ApiError
from gateway.api.idempotency import REPLAYED, Key, given_key
from gateway.api.operation import Answer, Operation
from gateway.pages.formats import span
from gateway.portal import proving
from gateway.portal.elsewhere import belongs_elsewhere, send_elsewhere
from gateway.portal.fields import Filled
from gateway.portal.handing_in import Handed, Sheet, Standing, digest_of, emergency_line, store_report
from gateway.portal.proving import KeptReport, Wants
from gateway.portal.uploads import take_files

DIVERTED = ("VN-1", "VN-2")
PROVED = ("QB-QD.III.1.1a",)
_CHALLENGE = "/app/challenges/{challenge}"
_ROUND_UP = timedelta(seconds=59)


class SessionView(Model):
    """A token that opens one report, as `Authorization: Bearer`, until `expires_at`."""

    token: str
    expires_at: Instant


class Taken(Model):
    """
    Durably taken. Code and PIN open the report later, and anywhere; the case exists a moment from now.

    `emergency_line`: the number to ring at once, where it cannot wait for us (VN-8); else empty.
    """

    code: str
    pin: str
    emergency_line: str
    session: SessionView


class Challenged(Model):
    """
    The report is kept, and taken once the password that was sent to `sent_to` came back; for a day.

    `sent_to` is empty while none can be sent: then reception may be asked to call back.
    """

    challenge: str
    sent_to: str
    message: str


class Typed(Model):
    """A one-time password as it was typed."""

    otp: str = Field(max_length=40)


class KeptAppReport(Model):
    """A report that waits: by which app it came, as which submission, and which password was sent last."""

    report: KeptReport
    app: str
    submission: str
    challenge: str = ""
    key: str | None = None
    body_hash: str = ""


@dataclass(frozen=True)
class _Coming:
    """A report on its way in. `submission` follows from app, key and content; so does `contact_id`."""

    filled: Filled
    key: Key | None
    submission: str

    @property
    def contact_id(self) -> str:
        """Whose report it will be; also the id under which it waits."""
        return self.submission[:32]


async def take_report(call: AppCall) -> Answer:
    """
    Take a report like our own page does: stored durably before this is answered, and given its code and PIN (201).

    Where the regulation wants the number proved, a password is sent first (202). What is a khiếu nại, a tố cáo or about
    corruption is never stored: 422 says where the citizen goes with it (VN-1, VN-2).
    """
    call.slow_down(call.door.sending)
    filled = filled_of(call)
    if kind := await belongs_elsewhere(filled):
        text = await send_elsewhere(call.request, kind, channel=CHANNEL)
        raise ApiError(422, "diverted", text, DIVERTED, {"kind": kind.value})
    coming = await _coming(call, filled)
    if await _remembered(call, coming.key):
        return await _told(call, await _again(call, coming), replayed=True)
    kept = await call.pages.kept.read(coming.contact_id, KeptAppReport)
    if kept is not None:
        return _challenged(call, kept, coming.contact_id)
    coming = replace(coming, filled=await _with_files(call, coming))
    check(call, coming.filled)
    wants = await proving.wanted(call.request, coming.filled, channel=CHANNEL)
    if wants is Wants.A_NUMBER:
        raise ApiError(422, "data_missing", proving.NO_NUMBER, PROVED, details={"fields": {"phone": proving.NO_NUMBER}})
    if wants is Wants.PROOF:
        return await _begin(call, coming)
    standing = proving.unproved(call.request, coming.filled, channel=CHANNEL)
    return await _told(call, await _hand_in(call, coming, standing))


async def answer_challenge(call: AppCall) -> Answer:
    """The password as typed: right, and the report is taken. Whatever else is true of it is the same answer."""
    call.slow_down(call.door.writing)
    form_id, kept = call.request.match_info["challenge"], await _kept(call)
    if kept is None:
        return await _told_before(call, form_id)
    filled = kept.report.filled
    way, proof = proving.way_of(call.request, filled), call.deployment.proving
    if way is None or not kept.challenge:
        raise _refused()
    if not await proof.check(kept.challenge, call.body.otp, purpose=proving.purpose_of(form_id)):
        raise _refused()
    return await _finish(call, kept, Standing(proved=(way.to.value,)), said=call.body.otp)


async def ask_again(call: AppCall) -> Answer:
    """Another password, as soon as one may be asked for."""
    kept = await _kept(call)
    if kept is None:
        raise _refused()
    asked = await proving.ask(call.request, kept.report.filled, call.request.match_info["challenge"])
    if asked.wait:
        raise too_many(asked.wait, proving.LIMITED.format(span(asked.wait + _ROUND_UP)))
    return await _keep(call, kept.model_copy(update={"challenge": asked.challenge}))


async def call_back(call: AppCall) -> Answer:
    """No password came, or none can: the report is taken, and reception calls before it accepts."""
    kept = await _kept(call)
    if kept is None:
        raise _refused()
    soon = call.deployment.now() - kept.report.since < proving.PATIENCE
    if soon and proving.way_of(call.request, kept.report.filled) is not None:
        raise ApiError(409, "too_soon", proving.TOO_SOON)
    return await _finish(call, kept, Standing(call_back=True), said="")


async def _coming(call: AppCall, filled: Filled) -> _Coming:
    said = f"{digest_of(filled)}\0{await digest_of_files(call.posted)}"
    body_hash = hashlib.sha256(said.encode()).hexdigest()
    given = given_key(call.request)
    key = Key(f"app:{call.app.name}", given, body_hash) if given is not None else None
    submission = call.deployment.safe.blind.other("app-report", call.app.name, given or new_id(), body_hash)
    return _Coming(filled, key, submission)


async def _remembered(call: AppCall, key: Key | None) -> bool:
    """Whether this was taken before. ApiError 422: the key was used for something else."""
    if key is None:
        return False
    found = await call.deployment.database.read(partial(people.remembered, scope=key.scope, key=key.key))
    return key.check(found) is not None


async def _with_files(call: AppCall, coming: _Coming) -> Filled:
    """The form with its files, stored now. ApiError 413, 422, 503."""
    taken = await take_files(call.request, call.posted, subject_id=coming.contact_id)
    if taken.refused:
        text = " ".join(taken.refused)
        raise ApiError(taken.status, "files_refused", text, details={"fields": {"media": text}}, headers=taken.headers)
    return replace(coming.filled, files=taken.files)


async def _begin(call: AppCall, coming: _Coming) -> Answer:
    asked = await proving.ask(call.request, coming.filled, coming.contact_id)
    if asked.wait:
        raise too_many(asked.wait, proving.LIMITED.format(span(asked.wait + _ROUND_UP)))
    kept = KeptAppReport(
        report=KeptReport.of(coming.filled, call.deployment.now()),
        app=call.app.name,
        submission=coming.submission,
        challenge=asked.challenge,
        key=coming.key.key if coming.key else None,
        body_hash=coming.key.body_hash if coming.key else "",
    )
    return await _keep(call, kept)


async def _keep(call: AppCall, kept: KeptAppReport) -> Answer:
    form_id = kept.submission[:32]
    await proving.keep(call.request, form_id, kept.report, sealed=kept)
    return _challenged(call, kept, form_id)


def _challenged(call: AppCall, kept: KeptAppReport, form_id: str) -> Answer:
    way = proving.way_of(call.request, kept.report.filled)
    message = proving.SENT if way is not None and kept.challenge else proving.NOT_HERE
    return Answer(Challenged(challenge=form_id, sent_to=way.shown if way else "", message=message), status=202)


async def _kept(call: AppCall) -> KeptAppReport | None:
    """The report that waits under this id and came by this app."""
    kept = await call.pages.kept.read(call.request.match_info["challenge"], KeptAppReport)
    return kept if kept is not None and kept.app == call.app.name else None


async def _finish(call: AppCall, kept: KeptAppReport, standing: Standing, *, said: str) -> Answer:
    """Hand it in, and remember who may ask once more what came of it."""
    key = Key(f"app:{call.app.name}", kept.key, kept.body_hash) if kept.key is not None else None
    coming = _Coming(kept.report.filled, key, kept.submission)
    handed = await _hand_in(call, coming, standing)
    await _remember(call, _answered(call, coming.contact_id, said), response=kept.submission.encode())
    await call.pages.kept.drop(coming.contact_id)
    return await _told(call, handed)


async def _hand_in(call: AppCall, coming: _Coming, standing: Standing) -> Handed:
    """Into the inbox first; the note of the key may be missed, since the submission's id makes a repeat harmless."""
    sheet = Sheet(coming.submission, coming.filled, coming.contact_id, standing)
    handed = await store_report(call.request, sheet, channel=call.door.channel, account=call.app.name)
    if coming.key is not None:
        await _remember(call, coming.key)
    return handed


async def _remember(call: AppCall, key: Key, *, response: bytes = b"") -> None:
    kept = Remembered(key.body_hash, 201, response)
    write = partial(staff_lists.remember_once, scope=key.scope, key=key.key, answer=kept, now=call.deployment.now())
    await call.deployment.database.write(write)


def _answered(call: AppCall, form_id: str, said: str) -> Key:
    """What a challenge came to, for whoever answers it in the same way again."""
    return Key(f"app-proof:{call.app.name}", form_id, hashlib.sha256(said.encode()).hexdigest())


async def _told_before(call: AppCall, form_id: str) -> Answer:
    """The answer to a password that was right already, and whose answer got lost."""
    key = _answered(call, form_id, call.body.otp)
    found = await call.deployment.database.read(partial(people.remembered, scope=key.scope, key=key.key))
    if found is None or found.body_hash != key.body_hash:
        raise _refused()
    promise = await call.pages.desk.promise(found.response.decode())
    return await _told(call, Handed(promise.code, promise.pin), replayed=True)


async def _again(call: AppCall, coming: _Coming) -> Handed:
    promise = await call.pages.desk.promise(coming.submission)
    return Handed(promise.code, promise.pin, emergency_line(coming.filled, call.pages.rules))


async def _told(call: AppCall, handed: Handed, *, replayed: bool = False) -> Answer:
    session = SessionView.model_validate(call.session(handed.code))
    taken = Taken(code=format_code(handed.code), pin=handed.pin, emergency_line=handed.line, session=session)
    return Answer(taken, status=201, headers=REPLAYED if replayed else {})


def _refused() -> ApiError:
    return ApiError(422, "password_refused", REFUSED_VI, PROVED)


OPERATIONS = (
    Operation(
        "appSendReport",
        "POST",
        "/app/reports",
        TAG,
        "Gửi một phản ánh",
        take_report,
        Taken,
        form=AppReport,
        status=201,
        also={202: Challenged},
        keyed=True,
        door="app",
    ),
    Operation(
        "appAnswerChallenge",
        "POST",
        _CHALLENGE,
        TAG,
        "Nhập mã xác nhận để phản ánh được tiếp nhận",
        answer_challenge,
        Taken,
        body=Typed,
        status=201,
        door="app",
    ),
    Operation(
        "appAskAgain",
        "POST",
        f"{_CHALLENGE}/again",
        TAG,
        "Gửi lại mã xác nhận",
        ask_again,
        Challenged,
        status=202,
        door="app",
    ),
    Operation(
        "appCallBack",
        "POST",
        f"{_CHALLENGE}/call-back",
        TAG,
        "Nhờ Trung tâm gọi lại để xác nhận",
        call_back,
        Taken,
        status=201,
        door="app",
    ),
)
