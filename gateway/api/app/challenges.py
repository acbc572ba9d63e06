"""
The one-time password that a report of an app waits for (QB-QD.III.1.1a): answered, sent again, or a call in its place.
"""

from __future__ import annotations

import hashlib
from functools import partial

from pydantic import Field

from core.contract.errors import IntakeUnavailable
from core.contract.schema import Model
from core.otp.challenge import REFUSED_VI
from core.storage import answers
from gateway.api.app.door import TAG, AppCall, too_many
from gateway.api.app.sending import PROVED
from gateway.api.app.taking import Coming, KeptAppReport, hand_in, keep, remember, told, waiting
from gateway.api.app.views import Challenged, Taken
from gateway.api.errors import ApiError
from gateway.api.idempotency import Key
from gateway.api.operation import Answer, Operation
from gateway.portal import proving
from gateway.portal.handing_in import Handed, Standing

_CHALLENGE = "/app/challenges/{challenge}"


class Typed(Model):
    """A one-time password as it was typed."""

    otp: str = Field(max_length=40)


async def answer_challenge(call: AppCall) -> Answer:
    """The password as typed: right, and the report is taken. Whatever else is true of it is the same answer."""
    call.slow_down(call.door.writing)
    kept = await waiting(call)
    if kept is None:
        return await _told_before(call, call.body.otp)
    way = proving.way_of(call.request, kept.report.filled)
    if way is None or not (kept.proved or await _is_right(call, kept)):
        raise _refused()
    try:
        return await _finish(call, kept, Standing(proved=(way.to.value,)), said=call.body.otp)
    except IntakeUnavailable:
        await keep(call, kept.model_copy(update={"proved": True}))
        raise


async def ask_again(call: AppCall) -> Answer:
    """Another password, as soon as one may be asked for."""
    return await _ask(call, aloud=False)


async def ask_aloud(call: AppCall) -> Answer:
    """The same, read out in a call; where none can be made, sent as the one before."""
    return await _ask(call, aloud=True)


async def _ask(call: AppCall, *, aloud: bool) -> Answer:
    kept = await waiting(call)
    if kept is None:
        raise _refused()
    asked = await proving.ask(call.request, kept.report.filled, kept.id, aloud=aloud)
    if asked.wait:
        raise too_many(asked.wait, proving.limited(asked.wait))
    return await keep(call, kept.model_copy(update={"challenge": asked.challenge}))


async def call_back(call: AppCall) -> Answer:
    """No password came, or none can: the report is taken, and reception calls before it accepts."""
    kept = await waiting(call)
    if kept is None:
        return await _told_before(call, "")
    soon = call.deployment.now() - kept.report.since < proving.PATIENCE
    if soon and proving.way_of(call.request, kept.report.filled) is not None:
        raise ApiError(409, "too_soon", proving.TOO_SOON)
    return await _finish(call, kept, Standing(call_back=True), said="")


async def _is_right(call: AppCall, kept: KeptAppReport) -> bool:
    if not kept.challenge:
        return False
    return await call.deployment.proving.check(kept.challenge, call.body.otp, purpose=proving.purpose_of(kept.id))


async def _finish(call: AppCall, kept: KeptAppReport, standing: Standing, *, said: str) -> Answer:
    """Hand it in, and remember who may ask once more what came of it."""
    key = Key(f"app:{call.app.name}", kept.key, kept.body_hash) if kept.key is not None else None
    coming = Coming(kept.report.filled, key, kept.submission)
    handed = await hand_in(call, coming, standing)
    await remember(call, _answered(call, said), response=kept.submission.encode())
    await call.pages.kept.drop(kept.id)
    return told(call, handed)


def _answered(call: AppCall, said: str) -> Key:
    """What a challenge came to, for whoever answers it in the same way again."""
    return Key(
        f"app-proof:{call.app.name}", call.request.match_info["challenge"], hashlib.sha256(said.encode()).hexdigest()
    )


async def _told_before(call: AppCall, said: str) -> Answer:
    """The answer to a password that was right already, and whose answer got lost."""
    key = _answered(call, said)
    found = await call.deployment.database.read(partial(answers.remembered, scope=key.scope, key=key.key))
    if found is None or found.body_hash != key.body_hash:
        raise _refused()
    promise = await call.pages.desk.promise(found.response.decode())
    return told(call, Handed(promise.code, promise.pin), replayed=True)


def _refused() -> ApiError:
    return ApiError(422, "password_refused", REFUSED_VI, PROVED)


OPERATIONS = (
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
        "appAskAloud",
        "POST",
        f"{_CHALLENGE}/aloud",
        TAG,
        "Nghe mã xác nhận qua cuộc gọi",
        ask_aloud,
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
