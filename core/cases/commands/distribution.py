"""Commands of distribution, and of emergencies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.cases.commands.base import Agencies, Agency, Command, MaybeReason, Note, Reason
from core.cases.forms import Input
from core.cases.sealed import SealedText
from core.contract.schema import Instant


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
