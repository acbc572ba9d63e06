"""Commands of intake."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.cases.commands.base import Command, Files, MaybeReason, Note, OnDispatch, Reason
from core.cases.forms import Input
from core.cases.sealed import SealedText


class Accept(Command):
    """The report is complete and ours."""

    label = "Tiếp nhận"
    name: Literal["accept"] = "accept"


class Classify(OnDispatch):
    """
    Put it into a category, and where the pack has tiers into one; a change needs a reason.

    `wording`: the content put in order (with its marks, clearly); what the reporter wrote stays beside it (A-QB-3).
    """

    label = "Phân loại"
    name: Literal["classify"] = "classify"
    category: Annotated[str, Input("Lĩnh vực", "category"), Field(min_length=1)]
    urgency: Annotated[str | None, Input("Mức độ", "urgency")] = None
    wording: Annotated[SealedText | None, Input("Nội dung ghi lại cho rõ", "text")] = None
    reason: MaybeReason = None


class LogVerificationCall(Command):
    """What came of phoning the reporter."""

    label = "Gọi xác minh"
    name: Literal["log_verification_call"] = "log_verification_call"
    outcome: Annotated[Literal["reached", "not_reached", "not_the_reporter"], Input("Kết quả cuộc gọi", "outcome")]
    call_id: str | None = None
    note: Note = None


class DeclareNone(Command):
    """A required field that the reporter does not have; counts as complete (A-8)."""

    label = "Ghi nhận không có"
    name: Literal["declare_none"] = "declare_none"
    field: Annotated[str, Input("Thông tin", "fields"), Field(min_length=1)]
    reason: Reason


class RequestSupplement(Command):
    """Ask the reporter for what is missing."""

    label = "Đề nghị bổ sung"
    name: Literal["request_supplement"] = "request_supplement"
    fields: Annotated[tuple[str, ...], Input("Thông tin cần bổ sung", "fields"), Field(min_length=1)]
    note: Note = None


class SupplySupplement(Command):
    """The reporter (or an agent who writes it down) gives what was asked for."""

    label = "Bổ sung"
    name: Literal["supply_supplement"] = "supply_supplement"
    fields: Annotated[tuple[str, ...], Input("Thông tin đã bổ sung", "fields")] = ()
    note: Note = None
    files: Files = ()


class Decline(Command):
    """Not for us, or not in order: the reporter is told why."""

    label = "Từ chối tiếp nhận"
    name: Literal["decline"] = "decline"
    reason_code: Annotated[str | None, Input("Lý do theo quy chế", "decline_reason")] = None
    reason: Reason


class Cancel(Command):
    """End it on one of the grounds the regulation lists."""

    label = "Hủy"
    name: Literal["cancel"] = "cancel"
    reason_code: Annotated[str, Input("Lý do theo quy chế", "cancel_reason"), Field(min_length=1)]
    same_as: Annotated[str | None, Input("Trùng với hồ sơ", "case")] = None
    reason: MaybeReason = None


class MarkSpam(Command):
    """Junk; `undo` takes it back."""

    label = "Phản ánh rác"
    name: Literal["mark_spam"] = "mark_spam"
    reason: Reason
    undo: Annotated[bool, Input("Bỏ đánh dấu", "yes_no")] = False


class Divert(Command):
    """Khiếu nại, tố cáo and the like: say where to go, keep nothing (VN-1, VN-2)."""

    label = "Hướng dẫn nơi khác"
    name: Literal["divert"] = "divert"
    kind: Annotated[str, Input("Loại", "diversion"), Field(min_length=1)]
