"""Commands of approval and of the answer."""

from __future__ import annotations

from typing import Annotated, Literal

from core.cases.commands.base import Agency, Answer, Command, Media, OnDispatch, Override, Reason
from core.cases.forms import Input
from core.cases.sealed import SealedText


class Approve(OnDispatch):
    """The leader agrees."""

    label = "Phê duyệt"
    name: Literal["approve"] = "approve"
    override_reason: Override = None


class EditAndApprove(OnDispatch):
    """The leader mends the text and agrees."""

    label = "Sửa và duyệt"
    name: Literal["edit_and_approve"] = "edit_and_approve"
    text: Answer
    override_reason: Override = None


class ReturnForRevision(OnDispatch):
    """The leader wants it done better, by the same person."""

    label = "Trả để chỉnh sửa"
    name: Literal["return_for_revision"] = "return_for_revision"
    reason: Reason


class CentreReturn(OnDispatch):
    """The centre wants the result mended before it is published."""

    label = "Trả lại đơn vị"
    name: Literal["centre_return"] = "centre_return"
    reason: Reason


class Publish(Command):
    """Let everybody read the edited answer; media chosen one by one."""

    label = "Công khai"
    name: Literal["publish"] = "publish"
    text: Answer
    media: Media = ()
    override_reason: Override = None


class AnswerReporter(OnDispatch):
    """The agency itself answers its reporters."""

    label = "Trả lời"
    name: Literal["answer_reporter"] = "answer_reporter"
    text: Answer
    media: Media = ()
    override_reason: Override = None


class ReplyPrivately(Command):
    """To the reporters only, not published."""

    label = "Trả lời riêng"
    name: Literal["reply_privately"] = "reply_privately"
    text: Answer
    media: Media = ()
    override_reason: Override = None


class Withhold(Command):
    """Nothing is published: secrecy law, or the authority excludes it."""

    label = "Không công khai"
    name: Literal["withhold"] = "withhold"
    reason: Reason


class SendLetter(Command):
    """An official letter instead of the portal (DL-II.1u); the agency it goes to acts on it."""

    label = "Gửi văn bản"
    name: Literal["send_letter"] = "send_letter"
    agency: Agency
    text: Annotated[SealedText, Input("Nội dung văn bản", "text")]
    reference: Annotated[str, Input("Số văn bản", "reference")] = ""


class NotifyReporter(Command):
    """Tell the reporters something outside the usual notices."""

    label = "Báo người gửi"
    name: Literal["notify_reporter"] = "notify_reporter"
    text: Annotated[SealedText, Input("Nội dung báo", "text")]
