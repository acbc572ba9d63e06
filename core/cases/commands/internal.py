"""What the product itself asks of a case: not in table 7.0, and nobody can be given it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.cases.commands.base import Command
from core.cases.sealed import SealedText
from core.contract.schema import FieldState, Instant, Urgency


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


class HandOverWork(Command):
    """
    Open work goes to somebody else, since its agency ended or its official left; stages and limits stay as they are.

    Either both agencies are named or both officials.
    """

    label = "Bàn giao việc"
    internal = True
    name: Literal["hand_over_work"] = "hand_over_work"
    from_agency: str | None = None
    to_agency: str | None = None
    from_staff: str | None = None
    to_staff: str | None = None
    reason: SealedText


class FireClock(Command):
    """A due time, or the warning before it, has come."""

    label = "Đến hạn"
    internal = True
    name: Literal["fire_clock"] = "fire_clock"
    clock_id: str


class CorrectPlace(Command):
    """
    The reporter put right where it happened: the case follows its report, and so does the proposal of where it goes.

    `point`: thousandths of a degree, as in the report that opened the case.
    """

    label = "Sửa địa điểm"
    internal = True
    name: Literal["correct_place"] = "correct_place"
    place: SealedText | None = None
    commune_code: str | None = None
    point: tuple[int, int] | None = None


class NoteRequest(Command):
    """The request for missing data has left for the reporter, or (`reached`) has reached them (A-LS-2)."""

    label = "Yêu cầu bổ sung đã gửi"
    internal = True
    name: Literal["note_request"] = "note_request"
    reached: bool = False
