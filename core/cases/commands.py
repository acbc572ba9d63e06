"""
Every command there is: what people and clocks ask of a case (table 7.0), each with what it carries.

Which role may issue which command in which stage is the pack's business, never this module's. A command is validated
with a sealer in its context (core.cases.sealed); its free text is sealed before `decide` sees it. Where a field is
optional here, a pack may still require it (`requires`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field

from core.cases.forms import Input
from core.cases.sealed import SealedText
from core.contract.schema import FieldState, Instant, Model, Urgency

Reason = Annotated[SealedText, Input("Lý do", "text")]
MaybeReason = Annotated[SealedText | None, Input("Lý do", "text")]
Note = Annotated[SealedText | None, Input("Ghi chú", "text")]
Files = Annotated[tuple[str, ...], Input("Tệp đính kèm", "files")]
Media = Annotated[tuple[str, ...], Input("Ảnh, video công khai", "media")]
Answer = Annotated[SealedText, Input("Nội dung trả lời", "text")]
Agency = Annotated[str, Input("Cơ quan", "agency"), Field(min_length=1)]
Agencies = Annotated[tuple[str, ...], Input("Cơ quan", "agencies"), Field(min_length=1)]
OtherCase = Annotated[str, Input("Hồ sơ kia", "case"), Field(min_length=1)]
ReportKey = Annotated[str, Input("Phản ánh", "report"), Field(min_length=1)]


class Command(Model):
    """One request to change a case. `label` is the button, in Vietnamese; a pack may word it otherwise."""

    label: ClassVar[str] = ""
    internal: ClassVar[bool] = False

    name: str


class OnDispatch(Command):
    """About one agency's part. Without an id: the only one of the actor's agency that the command fits."""

    dispatch_id: str | None = None


class OnCoordination(Command):
    """About one request for help. Without an id: the only one of the actor's agency that the command fits."""

    coordination_id: str | None = None


# --- Intake -----------------------------------------------------------------------------------------------------------


class Accept(Command):
    """The report is complete and ours."""

    label = "Tiếp nhận"
    name: Literal["accept"] = "accept"


class Classify(Command):
    """Put it into a category, and where the pack has tiers into one; a change needs a reason."""

    label = "Phân loại"
    name: Literal["classify"] = "classify"
    category: Annotated[str, Input("Lĩnh vực", "category"), Field(min_length=1)]
    urgency: Annotated[str | None, Input("Mức độ", "urgency")] = None
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


# --- Distribution -----------------------------------------------------------------------------------------------------


class DispatchCase(Command):
    """Send it to the agencies that must act."""

    label = "Phân phối"
    name: Literal["dispatch"] = "dispatch"
    agencies: Agencies
    urgency: Annotated[str | None, Input("Mức độ", "urgency")] = None
    note: Note = None


class RaiseEmergency(Command):
    """Life, health or safety is at stake: both tracks at once."""

    label = "Khẩn"
    name: Literal["raise_emergency"] = "raise_emergency"
    target: Annotated[str | None, Input("Nơi tiếp nhận khẩn", "emergency_target")] = None
    reason: MaybeReason = None


class HandOverEmergency(Command):
    """Told by word of mouth: to whom, and when."""

    label = "Chuyển trực tiếp"
    name: Literal["hand_over_emergency"] = "hand_over_emergency"
    target: Annotated[str, Input("Nơi tiếp nhận khẩn", "emergency_target"), Field(min_length=1)]
    spoken_to: Annotated[SealedText, Input("Người nhận tin", "text")]
    spoken_at: Annotated[Instant, Input("Thời điểm", "moment")]


class DowngradeEmergency(Command):
    """It was no emergency after all; the ordinary window applies from receipt (A-QB-8)."""

    label = "Hạ mức"
    name: Literal["downgrade_emergency"] = "downgrade_emergency"
    reason: Reason


class Consult(Command):
    """Talk with agencies about who should lead."""

    label = "Trao đổi"
    name: Literal["consult"] = "consult"
    agencies: Agencies
    note: Annotated[SealedText, Input("Nội dung trao đổi", "text")]


class ReferToBoard(Command):
    """Ask the board (Ban Chỉ đạo, provincial leader) to decide."""

    label = "Xin ý kiến"
    name: Literal["refer_to_board"] = "refer_to_board"
    reason: Annotated[SealedText, Input("Nội dung xin ý kiến", "text")]


class DecideLead(Command):
    """Name the agency that leads."""

    label = "Chỉ định đầu mối"
    name: Literal["decide_lead"] = "decide_lead"
    agency: Agency
    note: Note = None


class ReportDeadlock(Command):
    """Several agencies, no agreement: report upwards."""

    label = "Báo cáo"
    name: Literal["report_deadlock"] = "report_deadlock"
    reason: Annotated[SealedText, Input("Nội dung báo cáo", "text")]


# --- Inside an agency -------------------------------------------------------------------------------------------------


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


# --- Approval and answer ----------------------------------------------------------------------------------------------


class Approve(OnDispatch):
    """The leader agrees."""

    label = "Phê duyệt"
    name: Literal["approve"] = "approve"


class EditAndApprove(OnDispatch):
    """The leader mends the text and agrees."""

    label = "Sửa và duyệt"
    name: Literal["edit_and_approve"] = "edit_and_approve"
    text: Answer


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


class AnswerReporter(OnDispatch):
    """The agency itself answers its reporters."""

    label = "Trả lời"
    name: Literal["answer_reporter"] = "answer_reporter"
    text: Answer
    media: Media = ()


class ReplyPrivately(Command):
    """To the reporters only, not published."""

    label = "Trả lời riêng"
    name: Literal["reply_privately"] = "reply_privately"
    text: Answer
    media: Media = ()


class Withhold(Command):
    """Nothing is published: secrecy law, or the authority excludes it."""

    label = "Không công khai"
    name: Literal["withhold"] = "withhold"
    reason: Reason


class SendLetter(Command):
    """An official letter instead of the portal (DL-II.1u)."""

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


# --- Flags ------------------------------------------------------------------------------------------------------------


class SetConfidential(Command):
    """The reporter's identity is kept secret on request, from any channel, until publication."""

    label = "Giữ bí mật"
    name: Literal["set_confidential"] = "set_confidential"
    confidential: Annotated[bool, Input("Giữ bí mật người phản ánh", "yes_no")] = True
    reason: MaybeReason = None


class FlagReputation(Command):
    """It may harm the good name of an organisation or person."""

    label = "Ảnh hưởng uy tín"
    name: Literal["flag_reputation"] = "flag_reputation"
    reason: Reason


class ConfirmReputation(Command):
    """A second person agrees (A-DL-7)."""

    label = "Xác nhận ảnh hưởng uy tín"
    name: Literal["confirm_reputation"] = "confirm_reputation"
    reason: MaybeReason = None


class FlagSecret(Command):
    """Suspected state secret: blocks publication and export (VN-3)."""

    label = "Nghi bí mật nhà nước"
    name: Literal["flag_secret"] = "flag_secret"


class ClearFlag(Command):
    """Take a flag off again."""

    label = "Gỡ"
    name: Literal["clear_flag"] = "clear_flag"
    flag: Annotated[Literal["reputation", "secret", "valuable", "false_report"], Input("Dấu hiệu", "flag")]
    reason: Reason


class MarkValuable(Command):
    """True and useful: may be rewarded (LS-15.1)."""

    label = "Có giá trị"
    name: Literal["mark_valuable"] = "mark_valuable"
    reason: Reason


class MarkFalse(Command):
    """False or abusive (LS-15.2)."""

    label = "Sai sự thật"
    name: Literal["mark_false"] = "mark_false"
    reason: Reason


# --- After the answer -------------------------------------------------------------------------------------------------


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


# --- By the product itself --------------------------------------------------------------------------------------------


class ReceiveReport(Command):
    """
    A report has come in and opens a case. It carries facts and sealed words; identity stays with the contact.

    Args:
        received_at: what deadlines count from (A-7), not the time we looked at it.
        point: latitude and longitude in thousandths of a degree (about 100 m): coarse enough to be shown.
    """

    label = "Nhận phản ánh"
    internal = True
    name: Literal["receive_report"] = "receive_report"
    case_id: str
    report_id: str
    code: str
    contact_id: str
    conversation_id: str = ""
    channel: str
    account: str = ""
    received_at: Instant
    content: SealedText | None = None
    place: SealedText | None = None
    commune_code: str | None = None
    point: tuple[int, int] | None = None
    category: str | None = None
    urgency: Urgency = Urgency.NORMAL
    confidential: bool = False
    language: str = "vi"
    completeness: dict[str, FieldState] = Field(default_factory=dict)
    media: tuple[str, ...] = ()
    out_of_scope: bool = False


class FireClock(Command):
    """A due time, or the warning before it, has come."""

    label = "Đến hạn"
    internal = True
    name: Literal["fire_clock"] = "fire_clock"
    clock_id: str


def _leaves(base: type[Command]) -> list[type[Command]]:
    below = base.__subclasses__()
    return [leaf for child in below for leaf in _leaves(child)] if below else [base]


def command_name(kind: type[Command]) -> str:
    """The name in table 7.0 of a command class."""
    return str(get_args(kind.model_fields["name"].annotation)[0])


REGISTRY: Mapping[str, type[Command]] = MappingProxyType({command_name(kind): kind for kind in _leaves(Command)})
"""Every command by name, the product's own included."""

NAMES: frozenset[str] = frozenset(name for name, kind in REGISTRY.items() if not kind.internal)
"""The names of table 7.0: what API paths and packs may use."""


def command_schema(name: str) -> dict[str, Any]:
    """JSON Schema of what a command carries, as a client writes it: free text is plain text there."""
    schema = REGISTRY[name].model_json_schema(mode="validation")
    schema["title"] = REGISTRY[name].label
    return schema
