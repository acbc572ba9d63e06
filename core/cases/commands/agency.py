"""Commands inside an agency, and between agencies that help each other."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from core.cases.commands.base import Agency, Files, Note, OnCoordination, OnDispatch, Reason
from core.cases.forms import Input
from core.cases.sealed import SealedText
from core.contract.schema import Instant


class AcceptDispatch(OnDispatch):
    """The agency takes it on."""

    label = "Nhận xử lý"
    name: Literal["accept_dispatch"] = "accept_dispatch"


class AssignUnit(OnDispatch):
    """Name the unit that does the work (đơn vị chủ trì)."""

    label = "Giao đơn vị"
    name: Literal["assign_unit"] = "assign_unit"
    unit: Annotated[str, Input("Đơn vị chủ trì", "unit"), Field(min_length=1)]
    note: Note = None


class AssignStaff(OnDispatch):
    """Name the person who does the work."""

    label = "Phân công"
    name: Literal["assign_staff"] = "assign_staff"
    staff: Annotated[str, Input("Người xử lý", "person"), Field(min_length=1)]
    note: Note = None


class SendBack(OnDispatch):
    """Wrong authority: one step up, naming the right agency or saying that it is not known (HUE-3b)."""

    label = "Trả lại"
    name: Literal["send_back"] = "send_back"
    reason: Reason
    suggested_agency: Annotated[str | None, Input("Đơn vị xử lý đúng", "agency")] = None
    agency_unknown: Annotated[bool, Input("Không rõ đơn vị xử lý đúng", "yes_no")] = False
    field_check: Annotated[bool, Input("Có kiểm tra thực địa", "yes_no")] = False


class ProposeSendBack(OnDispatch):
    """An officer proposes the return to the leader."""

    label = "Đề xuất trả lại"
    name: Literal["propose_send_back"] = "propose_send_back"
    reason: Reason


class ProposeCoordination(OnDispatch):
    """An officer proposes to ask another agency for help."""

    label = "Đề xuất phối hợp"
    name: Literal["propose_coordination"] = "propose_coordination"
    reason: Reason
    agency: Annotated[str | None, Input("Cơ quan", "agency")] = None


class Escalate(OnDispatch):
    """Beyond this level's power: to the next one up."""

    label = "Chuyển cấp trên"
    name: Literal["escalate"] = "escalate"
    reason: Reason
    field_check: Annotated[bool, Input("Có kiểm tra thực địa", "yes_no")] = False


class RequestCoordination(OnDispatch):
    """Ask another agency to help."""

    label = "Đề nghị phối hợp"
    name: Literal["request_coordination"] = "request_coordination"
    agency: Agency
    ask: Annotated[SealedText, Input("Nội dung đề nghị", "text")]
    files: Files = ()


class AcceptCoordination(OnCoordination):
    """The agency that was asked will help."""

    label = "Nhận phối hợp"
    name: Literal["accept_coordination"] = "accept_coordination"
    staff: Annotated[str | None, Input("Người xử lý", "person")] = None


class SupplyInformation(OnCoordination):
    """What the lead unit asked for."""

    label = "Cung cấp thông tin"
    name: Literal["supply_information"] = "supply_information"
    information: Annotated[SealedText, Input("Nội dung cung cấp", "text")]
    files: Files = ()


class RefuseCoordination(OnCoordination):
    """The agency that was asked will not help, and why."""

    label = "Từ chối phối hợp"
    name: Literal["refuse_coordination"] = "refuse_coordination"
    reason: Reason


class SubmitResult(OnDispatch):
    """What was done, when, the evidence, and the answer proposed to the reporter."""

    label = "Báo cáo kết quả"
    name: Literal["submit_result"] = "submit_result"
    handled_at: Annotated[Instant | None, Input("Thời điểm xử lý", "moment")] = None
    result: Annotated[SealedText, Input("Kết quả xử lý", "text")]
    draft_answer: Annotated[SealedText | None, Input("Dự thảo trả lời", "text")] = None
    evidence: Files = ()


class CommitInterim(OnDispatch):
    """Not done yet: how it stands, and the date it will be (DL-II.2.2c, QB-IV.3b)."""

    label = "Hẹn ngày"
    name: Literal["commit_interim"] = "commit_interim"
    status: Annotated[SealedText, Input("Tình hình", "text")]
    promised_date: Annotated[date, Input("Ngày hẹn hoàn thành", "date")]
    draft_answer: Annotated[SealedText | None, Input("Dự thảo trả lời", "text")] = None
    evidence: Files = ()


class ConfirmResult(OnDispatch):
    """A managing unit confirms the result."""

    label = "Xác nhận"
    name: Literal["confirm_result"] = "confirm_result"
    note: Note = None
