"""How far a report is: its code alone opens what everybody may see (A-4), a session what its own reporter may."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from core.contract.errors import NotFound
from core.contract.schema import Attachment, Model
from core.identity.codes import format_code, parse_code
from core.identity.lockout import wait_in_words
from core.otp.challenge import REFUSED_VI, SENT_VI
from core.service.proving import Limited
from core.service.public import FollowView, Glance, Opened, Refused
from gateway.api.app.door import TAG, AppCall, too_many
from gateway.api.app.views import (
    AnswerView,
    FileView,
    LevelView,
    MessageView,
    OwnReport,
    ReportView,
    Sent,
    SessionView,
    StepView,
)
from gateway.api.errors import ApiError
from gateway.api.operation import Answer, Operation
from gateway.portal import proving
from gateway.portal.follow import UNKNOWN_CODE, WRONG

ONE = "/app/reports/{code}"
NOT_SENT = "Hiện chưa gửi được mã xác nhận. Vui lòng mở bằng mã phản ánh và mã PIN, hoặc gọi tổng đài."
_CODE = "12 digits, with or without spaces"


class Opening(Model):
    """Code and PIN, or code, challenge and the one-time password that came back."""

    code: str = Field(max_length=40, description=_CODE)
    pin: str = Field(default="", max_length=20)
    challenge: str = Field(default="", max_length=80)
    otp: str = Field(default="", max_length=40)


class Asking(Model):
    """A password for whoever reported this."""

    code: str = Field(max_length=40, description=_CODE)


async def open_session(call: AppCall) -> Answer:
    """A token that opens one report. A wrong code and a wrong PIN or password are the same answer."""
    told: Opening = call.body
    if told.challenge:
        call.slow_down(call.door.writing)
        answer = await call.pages.proof.open(parse_code(told.code) or "", told.challenge, told.otp)
        wrong = ApiError(422, "password_refused", REFUSED_VI)
    else:
        answer = await call.pages.desk.unlock(told.code, told.pin.strip(), client=call.client)
        wrong = ApiError(422, "code_or_pin_wrong", WRONG)
    if isinstance(answer, Opened):
        return Answer(SessionView.model_validate(call.session(answer.code)))
    raise _waiting(answer) if answer.wait > timedelta(0) else wrong


async def ask_password(call: AppCall) -> Answer:
    """Send a one-time password to whoever reported this, or seem to."""
    told: Asking = call.body
    code = parse_code(told.code)
    if code is None:
        raise ApiError(422, "code_wrong", "Mã phản ánh có 12 chữ số. Vui lòng kiểm tra lại từng số.")
    if not call.deployment.proving.carriers.reaches_anybody:
        raise ApiError(409, "password_not_sent", NOT_SENT)
    answer = await call.pages.proof.request(code, client=call.client)
    if isinstance(answer, Limited):
        wait = answer.retry_after
        raise too_many(wait, proving.limited(wait))
    return Answer(Sent(challenge=answer.challenge_id, message=SENT_VI), status=202)


async def show_report(call: AppCall) -> Answer:
    """How far it is; with the token of this report, everything its reporter may see."""
    return Answer(await report_view(call))


async def report_view(call: AppCall) -> ReportView:
    """What whoever asks may see. ApiError 404, 429; 401: their token is over."""
    own = call.opened == call.code
    view = await call.pages.desk.follow(call.code) if own else None
    if own and view is None:
        return ReportView(code=format_code(call.code), arriving=True)
    glance = await call.pages.desk.glance(call.code, client=call.client)
    if isinstance(glance, Refused):
        raise _waiting(glance)
    if glance is None:
        raise ApiError(404, NotFound.code, UNKNOWN_CODE)
    return _glanced(glance, own=_own(view) if view else None)


async def show_file(call: AppCall) -> Answer:
    """One file of the report that the token opens."""
    view, key = await call.own_report(), call.request.match_info["key"]
    if key not in view.stored_keys:
        raise NotFound("no file of this report")
    found = await call.deployment.media.open(key)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "attachment"}
    return Answer(raw=found.data, media_type=found.media_type, headers=headers)


def _waiting(refused: Refused) -> ApiError:
    return too_many(refused.wait, wait_in_words(refused.wait))


def _glanced(glance: Glance, *, own: OwnReport | None) -> ReportView:
    return ReportView(
        code=format_code(glance.code),
        stage=glance.stage,
        received_at=glance.received_at,
        category=glance.category,
        agencies=glance.agencies,
        steps=tuple(StepView(label=step.label, at=step.at) for step in glance.steps),
        published=glance.published,
        own=own,
    )


def _own(view: FollowView) -> OwnReport:
    progress = view.progress
    return OwnReport(
        content=view.content,
        place=view.place,
        occurred=view.occurred,
        channel=view.channel,
        confidential=view.confidential,
        ended=progress.ended,
        ended_because=progress.ended_because,
        asked_for=progress.asked_for,
        levels=tuple(LevelView(id=key, label=label) for key, label in progress.levels),
        may=tuple(sorted(progress.may)),
        files=_files(view.files),
        messages=tuple(
            MessageView(at=line.at, ours=line.ours, text=line.text, files=_files(line.files)) for line in view.lines
        ),
        answers=tuple(AnswerView.model_validate(vars(answer)) for answer in progress.answers),
    )


def _files(files: tuple[Attachment, ...]) -> tuple[FileView, ...]:
    return tuple(
        FileView(key=one.stored_key, kind=one.kind, media_type=one.media_type, size=one.size, name=one.name)
        for one in files
        if one.stored_key
    )


OPERATIONS = (
    Operation(
        "appOpenReport",
        "POST",
        "/app/sessions",
        TAG,
        "Mở phản ánh bằng mã PIN hoặc mã xác nhận",
        open_session,
        SessionView,
        body=Opening,
        door="app",
    ),
    Operation(
        "appAskPassword",
        "POST",
        "/app/sessions/challenges",
        TAG,
        "Nhận mã xác nhận để mở phản ánh khi không còn mã PIN",
        ask_password,
        Sent,
        body=Asking,
        status=202,
        door="app",
    ),
    Operation(
        "appShowReport", "GET", ONE, TAG, "Phản ánh đến đâu; có phiên thì xem đủ", show_report, ReportView, door="app"
    ),
    Operation(
        "appShowFile",
        "GET",
        f"{ONE}/files/{{key}}",
        TAG,
        "Một tệp của phản ánh",
        show_file,
        media_type="application/octet-stream",
        door="report",
    ),
)
