"""
A report by an app: taken at once, or, where the regulation wants the reporter's number proved (QB-QD.III.1.1a), once a
one-time password came back.

Nothing is taken twice: the same content under the same Idempotency-Key is the same report with the same code and PIN,
also when an app asks again after a lost answer, a week in a tunnel, or a forgotten answer of ours.
"""

from __future__ import annotations

from dataclasses import replace

from channels.app.adapter import CHANNEL
from gateway.api.app.door import TAG, AppCall, too_many
from gateway.api.app.filled import AppReport, check, filled_of
from gateway.api.app.taking import (
    Coming,
    KeptAppReport,
    challenged,
    hand_in,
    handed_before,
    identified,
    keep,
    remembered,
    told,
)
from gateway.api.app.views import Challenged, Taken
from gateway.api.errors import ApiError
from gateway.api.operation import Answer, Operation
from gateway.portal import proving
from gateway.portal.elsewhere import belongs_elsewhere, send_elsewhere
from gateway.portal.fields import Filled
from gateway.portal.proving import KeptReport, Wants
from gateway.portal.uploads import take_files

DIVERTED = ("VN-1", "VN-2")
PROVED = ("QB-QD.III.1.1a",)


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
    coming = await identified(call, filled)
    if await remembered(call, coming.key):
        return told(call, await handed_before(call, coming), replayed=True)
    kept = await call.pages.kept.read(coming.contact_id, KeptAppReport)
    if kept is not None:
        return challenged(call, kept)
    coming = replace(coming, filled=await _with_files(call, coming))
    check(call, coming.filled)
    wants = await proving.wanted(call.request, coming.filled, channel=CHANNEL)
    if wants is Wants.A_NUMBER:
        raise ApiError(422, "data_missing", proving.NO_NUMBER, PROVED, details={"fields": {"phone": proving.NO_NUMBER}})
    if wants is Wants.PROOF:
        return await _begin(call, coming)
    standing = proving.unproved(call.request, coming.filled, channel=CHANNEL)
    return told(call, await hand_in(call, coming, standing))


async def _with_files(call: AppCall, coming: Coming) -> Filled:
    """The form with its files, stored now. ApiError 413, 422, 503."""
    taken = await take_files(call.request, call.posted, subject_id=coming.contact_id)
    if taken.refused:
        text = " ".join(taken.refused)
        raise ApiError(taken.status, "files_refused", text, details={"fields": {"media": text}}, headers=taken.headers)
    brought = await call.brought(coming.contact_id) if call.brought else ()
    return replace(coming.filled, files=(*taken.files, *brought))


async def _begin(call: AppCall, coming: Coming) -> Answer:
    asked = await proving.ask(call.request, coming.filled, coming.contact_id)
    if asked.wait:
        raise too_many(asked.wait, proving.limited(asked.wait))
    kept = KeptAppReport(
        report=KeptReport.of(coming.filled, call.deployment.now()),
        app=call.app.name,
        submission=coming.submission,
        challenge=asked.challenge,
        key=coming.key.key if coming.key else None,
        body_hash=coming.key.body_hash if coming.key else "",
    )
    return await keep(call, kept)


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
)
