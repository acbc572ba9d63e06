"""Commands after the answer, and those that join cases or press agencies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.cases.commands.base import Command, Files, MaybeReason, OnDispatch, OtherCase, Reason
from core.cases.forms import Input
from core.cases.sealed import SealedText


class Rate(Command):
    """The reporter's verdict on an answer, once (A-5)."""

    label = "Đánh giá"
    name: Literal["rate"] = "rate"
    level: Annotated[str, Input("Mức đánh giá", "level"), Field(min_length=1)]
    report_id: Annotated[str | None, Input("Phản ánh", "report")] = None
    comment: Annotated[SealedText | None, Input("Ý kiến", "text")] = None


class GiveFeedback(Command):
    """The reporter asks for clarification."""

    label = "Phản hồi"
    name: Literal["give_feedback"] = "give_feedback"
    text: Annotated[SealedText, Input("Nội dung phản hồi", "text")]
    report_id: Annotated[str | None, Input("Phản ánh", "report")] = None


class Clarify(Command):
    """The agency answers the feedback."""

    label = "Làm rõ"
    name: Literal["clarify"] = "clarify"
    text: Annotated[SealedText, Input("Nội dung làm rõ", "text")]
    files: Files = ()


class Reopen(Command):
    """Handle it again (DL-II.2.3c)."""

    label = "Xử lý lại"
    name: Literal["reopen"] = "reopen"
    reason: Reason


class LinkReport(Command):
    """The reports of another case are answered together with this one's (A-3)."""

    label = "Gộp"
    name: Literal["link_report"] = "link_report"
    other_case: OtherCase
    reason: MaybeReason = None


class UnlinkReport(Command):
    """The other case goes its own way again."""

    label = "Tách"
    name: Literal["unlink_report"] = "unlink_report"
    other_case: OtherCase
    reason: Reason


class Remind(OnDispatch):
    """Press an agency that is late."""

    label = "Đôn đốc"
    name: Literal["remind"] = "remind"
    text: Annotated[SealedText, Input("Nội dung đôn đốc", "text")]


class ExplainLateness(OnDispatch):
    """The agency explains why it was late (LS-14.4)."""

    label = "Giải trình"
    name: Literal["explain_lateness"] = "explain_lateness"
    clock_id: Annotated[str, Input("Thời hạn", "clock"), Field(min_length=1)]
    text: Annotated[SealedText, Input("Nội dung giải trình", "text")]


class RegisterExternal(Command):
    """Entered in the national system for phản ánh, kiến nghị (VN-7)."""

    label = "Vào hệ thống quốc gia"
    name: Literal["register_external"] = "register_external"
    reference: Annotated[str, Input("Mã trên hệ thống quốc gia", "reference"), Field(min_length=1)]
