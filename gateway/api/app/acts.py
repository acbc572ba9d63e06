"""
What a reporter does in an app: writes and sends files, rates, asks for clarification, asks for secrecy, withdraws.

Words and files go through the inbox like every other message. The rest are commands of the case, as the reporter: what
the regulation does not allow is refused with its code, its rule ids and its own words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from channels.base import clean_text
from channels.own import Submission
from core.cases.decide import Actor, Refusal
from core.contract.schema import Model, new_id
from core.service.posting import READ_THERE
from core.service.public import FollowView
from gateway.api.app.door import TAG, AppCall
from gateway.api.app.following import ONE, report_view
from gateway.api.app.forms import digest_of_files
from gateway.api.app.views import ReportView
from gateway.api.errors import ApiError, refused
from gateway.api.idempotency import given_key
from gateway.api.operation import Answer, Operation
from gateway.portal.acts import refusals
from gateway.portal.fields import LONGEST_CONTENT
from gateway.portal.shared import accept
from gateway.portal.uploads import take_files

ELSEWHERE = "Phản ánh này được gửi qua kênh khác. Vui lòng nhắn tiếp ở kênh đó hoặc gọi tổng đài."


class Words(Model):
    """What is said; files may come along."""

    text: str = Field(default="", max_length=LONGEST_CONTENT)


class Heard(Model):
    """Durably taken; it stands in the conversation a moment later."""

    id: str


class Rating(Model):
    """One of the levels of the report, once an answer (A-5)."""

    level: str = Field(max_length=48)
    comment: str = Field(default="", max_length=LONGEST_CONTENT)


class Clarification(Model):
    """What the answer left open."""

    text: str = Field(min_length=1, max_length=LONGEST_CONTENT)


class Secrecy(Model):
    """Keep my identity secret, or no longer (TG-5.4)."""

    confidential: bool


async def write(call: AppCall) -> Answer:
    """
    Words and files, as in a chat: a question, or what the centre asked for.

    A repeat with the same Idempotency-Key and content is the same message.
    """
    view = await call.own_report()
    call.slow_down(call.door.writing)
    if view.channel not in READ_THERE:
        raise ApiError(409, "goes_on_elsewhere", ELSEWHERE)
    text, digests = clean_text(call.body.text).strip(), await digest_of_files(call.posted)
    taken = await take_files(call.request, call.posted, subject_id=view.contact_id)
    if found := refusals(text, taken):
        headers = taken.headers if taken.refused else {}
        raise ApiError(
            taken.status, "data_missing", " ".join(found.values()), details={"fields": found}, headers=headers
        )
    said = "\0".join([call.app.name, view.code, given_key(call.request) or new_id(), text, *digests])
    submission = Submission(
        what="text",
        id=hashlib.sha256(said.encode()).hexdigest(),
        code=view.code,
        sent_at=call.deployment.now(),
        account=call.app.name,
        conversation_id=view.conversation_id,
        text=text,
        attachments=taken.files,
    )
    await accept(call.request, submission, channel=call.door.channel)
    return Answer(Heard(id=submission.id), status=202)


async def rate(call: AppCall) -> Answer:
    """Rate the last answer."""
    view, told = await call.own_report(), call.body
    if told.level not in {key for key, _ in view.progress.levels} and view.progress.levels:
        raise ApiError(422, "level_unknown", "Hãy chọn một mức đánh giá.", details={"fields": {"level": "unknown"}})
    payload = {"level": told.level, "report_id": view.report_id, "comment": clean_text(told.comment).strip() or None}
    return await _command(call, view, "rate", payload)


async def clarify(call: AppCall) -> Answer:
    """The agency has to clarify what the answer left open."""
    view, text = await call.own_report(), clean_text(call.body.text).strip()
    if not text:
        raise ApiError(422, "data_missing", "Hãy cho biết điều cần làm rõ.")
    return await _command(call, view, "give_feedback", {"text": text, "report_id": view.report_id})


async def keep_secret(call: AppCall) -> Answer:
    """Open until the result is published (TG-5.4)."""
    view = await call.own_report()
    if call.body.confidential == view.confidential:
        return Answer(await report_view(call))
    return await _command(call, view, "set_confidential", {"confidential": call.body.confidential})


async def withdraw(call: AppCall) -> Answer:
    """Take the report back."""
    return await _command(call, await call.own_report(), "cancel", {"reason_code": "withdrawn"})


async def _command(call: AppCall, view: FollowView, name: str, payload: Mapping[str, Any]) -> Answer:
    """Carry it out as the reporter, and show what has become of the report."""
    call.slow_down(call.door.writing)
    clerk = call.deployment.clerk
    answer = await clerk.execute(view.case_id, name, payload, actor=Actor.reporter(view.contact_id))
    if isinstance(answer, Refusal):
        raise refused(answer)
    return Answer(await report_view(call))


def _act(name: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(name, "POST", f"{ONE}/{path}", TAG, summary, door="report", **more)


OPERATIONS = (
    _act(
        "appWrite",
        "messages",
        "Nhắn thêm, gửi thêm ảnh, bổ sung điều Trung tâm hỏi",
        handler=write,
        gives=Heard,
        form=Words,
        status=202,
        keyed=True,
    ),
    _act("appRate", "rating", "Đánh giá kết quả", handler=rate, gives=ReportView, body=Rating),
    _act("appClarify", "clarification", "Đề nghị làm rõ", handler=clarify, gives=ReportView, body=Clarification),
    _act("appKeepSecret", "confidentiality", "Giữ bí mật", handler=keep_secret, gives=ReportView, body=Secrecy),
    _act("appWithdraw", "withdrawal", "Rút phản ánh", handler=withdraw, gives=ReportView),
)
