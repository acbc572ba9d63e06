"""
Every event in one plain Vietnamese sentence.

`SENTENCES` has a row for each kind of event; `{words}` in it are looked up in `WORDS`. Free text is never part of a
sentence: it stands beside it, where it can be erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from core.cases.events import Event
from core.clock import Due, local
from core.clock.render import limit_vi
from core.identity.codes import format_code
from core.service.reading.names import OUTCOMES, Names

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "case_received": "Nhận phản ánh qua kênh {channel}, mã {code}.",
        "case_accepted": "Tiếp nhận phản ánh.",
        "case_classified": "Phân loại vào lĩnh vực “{category}”{urgency}.",
        "verification_call_logged": "Gọi xác minh: {outcome}.",
        "none_declared": "Ghi nhận người phản ánh không có: {field}.",
        "supplement_requested": "Đề nghị người phản ánh bổ sung: {fields}.",
        "request_sent": "Đã gửi yêu cầu bổ sung cho người phản ánh.",
        "request_delivered": "Yêu cầu bổ sung đã đến người phản ánh.",
        "supplement_supplied": "Nhận thông tin bổ sung{fields_given}.",
        "place_corrected": "Sửa địa điểm.",
        "case_declined": "Từ chối tiếp nhận{ground}.",
        "case_cancelled": "Hủy hồ sơ{ground}{same_as}.",
        "spam_marked": "{spam}.",
        "case_diverted": "Hướng dẫn người phản ánh đến nơi khác: {diversion}.",
        "case_dispatched": "Phân phối đến {opened_agencies}{urgency}.",
        "emergency_raised": "Báo khẩn{target}.",
        "emergency_handed_over": "Chuyển trực tiếp{target} lúc {spoken_at}.",
        "emergency_downgraded": "Hạ mức khẩn xuống “{urgency_now}”.",
        "agencies_consulted": "Trao đổi với {agencies} về cơ quan đầu mối.",
        "board_asked": "Xin ý kiến cấp trên về cơ quan đầu mối.",
        "lead_decided": "Chỉ định {agency} làm đầu mối.",
        "deadlock_reported": "Báo cáo chưa thống nhất được cơ quan xử lý.",
        "dispatch_accepted": "Nhận xử lý.",
        "unit_assigned": "Giao {unit} chủ trì.",
        "staff_assigned": "Phân công {staff} xử lý.",
        "dispatch_sent_back": "Trả lại vì không thuộc thẩm quyền; {suggestion}{field_check}.",
        "send_back_proposed": "Đề xuất trả lại.",
        "coordination_proposed": "Đề xuất phối hợp{with_agency}.",
        "dispatch_escalated": "Chuyển lên cấp trên{opened_above}{field_check}.",
        "coordination_requested": "Đề nghị {opened_agency} phối hợp.",
        "coordination_accepted": "Nhận phối hợp{given_to}.",
        "information_supplied": "Cung cấp thông tin theo đề nghị phối hợp.",
        "coordination_refused": "Từ chối phối hợp.",
        "result_submitted": "Báo cáo kết quả xử lý{handled_at}.",
        "interim_committed": "Hẹn hoàn thành ngày {promised_date}.",
        "result_confirmed": "Xác nhận kết quả.",
        "result_approved": "Phê duyệt kết quả.",
        "result_amended": "Sửa nội dung và phê duyệt kết quả.",
        "revision_requested": "Trả kết quả để chỉnh sửa.",
        "result_returned": "Trung tâm trả kết quả về đơn vị để hoàn thiện.",
        "answer_published": "Công khai {answer_kind}.",
        "reporter_answered": "Cơ quan trả lời người phản ánh.",
        "private_reply_sent": "Trả lời riêng người phản ánh, không công khai.",
        "answer_withheld": "Không công khai kết quả.",
        "letter_sent": "Gửi văn bản đến {agency}{reference}.",
        "reporter_notified": "Báo tin cho người phản ánh.",
        "answer_rated": "Người phản ánh đánh giá: {level}.",
        "feedback_given": "Người phản ánh phản hồi về kết quả.",
        "feedback_clarified": "Làm rõ phản hồi của người phản ánh.",
        "case_reopened": "Xử lý lại hồ sơ.",
        "reports_linked": "Gộp {count} phản ánh của hồ sơ khác vào hồ sơ này.",
        "case_joined": "Hồ sơ được gộp vào hồ sơ khác; người phản ánh sẽ nhận trả lời từ hồ sơ đó.",
        "reports_unlinked": "Tách hồ sơ đã gộp.",
        "case_parted": "Hồ sơ được tách ra, xử lý riêng.",
        "agency_reminded": "Đôn đốc đơn vị xử lý.",
        "lateness_explained": "Giải trình việc trễ hạn “{clock}”.",
        "registered_externally": "Đã vào hệ thống quốc gia, mã {reference_code}.",
        "confidentiality_set": "{confidentiality}.",
        "reputation_flagged": "Đánh dấu có thể ảnh hưởng uy tín tổ chức, cá nhân.",
        "reputation_confirmed": "Xác nhận có ảnh hưởng uy tín.",
        "secret_flagged": "Đánh dấu nghi bí mật nhà nước.",
        "flag_cleared": "Gỡ dấu “{flag}”.",
        "marked_valuable": "Đánh dấu phản ánh có giá trị.",
        "marked_false": "Đánh dấu phản ánh sai sự thật.",
        "case_moved": "Hồ sơ chuyển từ “{case_from}” sang “{case_to}”.",
        "dispatch_moved": "Phần việc của cơ quan chuyển từ “{dispatch_from}” sang “{dispatch_to}”.",
        "coordination_moved": "Đề nghị phối hợp chuyển từ “{coordination_from}” sang “{coordination_to}”.",
        "work_handed_over": "Bàn giao phần việc{from_whom}{to_whom}.",
        "clock_started": "Bắt đầu tính thời hạn “{clock}”: {limit}.",
        "clock_recomputed": "Tính lại thời hạn “{clock}”: {limit}.",
        "clock_paused": "Tạm dừng thời hạn “{clock}”.",
        "clock_resumed": "Tiếp tục thời hạn “{clock}”: {limit}.",
        "clock_stopped": "Kết thúc thời hạn “{clock}”: {punctuality}.",
        "clock_warned": "Nhắc sắp đến thời hạn “{clock}”{told}.",
        "clock_breached": "Đã quá thời hạn “{clock}”{told}.",
    }
)


@dataclass(frozen=True)
class Telling:
    """One event with the names its words are looked up in; the clock events of a case know their clock by id."""

    event: Any
    names: Names


def sentence(event: Event, names: Names) -> str:
    """What happened, as one sentence."""
    return SENTENCES[event.kind].format_map(_Lazy(Telling(event, names)))


class _Lazy(dict[str, str]):
    """Looks a word up only when its sentence needs it."""

    def __init__(self, telling: Telling) -> None:
        super().__init__()
        self._telling = telling

    def __missing__(self, key: str) -> str:
        return WORDS[key](self._telling)


def _limit(telling: Telling) -> str:
    due = Due.from_dict(telling.event.timing.engine["due"])
    return f"hạn {limit_vi(due)}"


def _punctuality(telling: Telling) -> str:
    late = telling.event.late_s
    return f"trễ {span(timedelta(seconds=late))}" if late else "đúng hạn"


def span(length: timedelta) -> str:
    """How long, in its two largest units: 3 ngày 4 giờ."""
    minutes = int(length.total_seconds()) // 60
    parts = ((minutes // 1440, "ngày"), (minutes // 60 % 24, "giờ"), (minutes % 60, "phút"))
    words = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(words[:2]) or "dưới 1 phút"


def _told(telling: Telling) -> str:
    roles = [telling.names.role(role).label for role in telling.event.tell]
    return f"; đã báo {_listed(roles)}" if roles else ""


def _suggestion(telling: Telling) -> str:
    suggested = telling.event.suggested_agency
    return f"đề nghị chuyển {telling.names.agency(suggested).label}" if suggested else "không rõ đơn vị xử lý đúng"


def _spam(telling: Telling) -> str:
    return "Bỏ đánh dấu phản ánh rác" if telling.event.undo else "Đánh dấu là phản ánh rác"


def _confidentiality(telling: Telling) -> str:
    return "Giữ bí mật người phản ánh" if telling.event.confidential else "Thôi giữ bí mật người phản ánh"


def _target(telling: Telling) -> str:
    target = telling.event.target
    known = telling.names.pack.intake.emergency_targets.get(target or "")
    return f": {known.label if known else target}" if target else ""


def _diversion(telling: Telling) -> str:
    known = telling.names.pack.intake.diversions.get(telling.event.diversion)
    return known.label if known else str(telling.event.diversion)


def _ground(telling: Telling) -> str:
    code = telling.event.reason_code
    return f": {telling.names.reason(code)}" if code else ""


def _fields(telling: Telling) -> str:
    return _listed([telling.names.field(name).label.lower() for name in telling.event.fields])


def _agencies(telling: Telling, ids: Iterator[str]) -> str:
    return _listed([telling.names.agency(one).label for one in ids])


def _listed(words: list[str]) -> str:
    return ", ".join(words)


def _moment(value: datetime) -> str:
    return f"{local(value):%H:%M %d/%m/%Y}"


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def _flag(telling: Telling) -> str:
    labels = {"reputation": "Ảnh hưởng uy tín", "secret": "Nghi bí mật nhà nước"}
    return {**labels, "valuable": "Có giá trị", "false_report": "Sai sự thật"}[telling.event.flag]


def _whose(telling: Telling, agency: str | None, staff: str | None) -> str:
    """An agency or an official by name; empty for neither."""
    if agency is not None:
        return telling.names.agency(agency).label
    return telling.names.staff(staff).name if staff is not None else ""


def _maybe(prefix: str, word: str) -> str:
    return f"{prefix}{word}" if word else ""


WORDS: Mapping[str, Callable[[Telling], str]] = MappingProxyType(
    {
        "channel": lambda t: t.names.channel(t.event.report.channel).label,
        "code": lambda t: format_code(t.event.report.code),
        "category": lambda t: t.names.category(t.event.category).label,
        "urgency": lambda t: _maybe(", mức ", t.names.urgency(t.event.urgency).label if t.event.urgency else ""),
        "urgency_now": lambda t: t.names.urgency(t.event.urgency).label,
        "outcome": lambda t: OUTCOMES[t.event.outcome],
        "field": lambda t: t.names.field(t.event.field).label.lower(),
        "fields": _fields,
        "fields_given": lambda t: _maybe(": ", _fields(t)),
        "ground": _ground,
        "same_as": lambda t: " (trùng hồ sơ khác)" if t.event.same_as else "",
        "spam": _spam,
        "diversion": _diversion,
        "opened_agencies": lambda t: _agencies(t, (one.agency_id for one in t.event.opened)),
        "opened_agency": lambda t: t.names.agency(t.event.opened.agency_id).label,
        "opened_above": lambda t: f": {t.names.agency(t.event.opened.agency_id).label}" if t.event.opened else "",
        "target": _target,
        "spoken_at": lambda t: _moment(t.event.spoken_at),
        "agencies": lambda t: _agencies(t, iter(t.event.agencies)),
        "agency": lambda t: t.names.agency(t.event.agency).label,
        "with_agency": lambda t: f" với {t.names.agency(t.event.agency).label}" if t.event.agency else "",
        "unit": lambda t: t.names.agency(t.event.unit).label,
        "staff": lambda t: t.names.staff(t.event.staff).name,
        "given_to": lambda t: f", giao {t.names.staff(t.event.staff).name}" if t.event.staff else "",
        "suggestion": _suggestion,
        "field_check": lambda t: ", đã kiểm tra thực địa" if t.event.field_check else "",
        "handled_at": lambda t: f", xử lý lúc {_moment(t.event.handled_at)}" if t.event.handled_at else "",
        "promised_date": lambda t: _day(t.event.promised_date),
        "answer_kind": lambda t: "trả lời tạm thời có hẹn ngày" if t.event.interim else "kết quả xử lý",
        "reference": lambda t: _maybe(", số ", t.event.reference),
        "reference_code": lambda t: str(t.event.reference),
        "level": lambda t: t.names.level(t.event.level).label,
        "count": lambda t: str(len(t.event.reports)),
        "clock": lambda t: t.names.clock(t.event.clock_id.partition(":")[0]),
        "limit": _limit,
        "punctuality": _punctuality,
        "told": _told,
        "confidentiality": _confidentiality,
        "flag": _flag,
        "from_whom": lambda t: _maybe(" của ", _whose(t, t.event.from_agency, t.event.from_staff)),
        "to_whom": lambda t: _maybe(" cho ", _whose(t, t.event.to_agency, t.event.to_staff)),
        "case_from": lambda t: t.names.stage("case", t.event.came_from).label,
        "case_to": lambda t: t.names.stage("case", t.event.to).label,
        "dispatch_from": lambda t: t.names.stage("dispatch", t.event.came_from).label,
        "dispatch_to": lambda t: t.names.stage("dispatch", t.event.to).label,
        "coordination_from": lambda t: t.names.stage("coordination", t.event.came_from).label,
        "coordination_to": lambda t: t.names.stage("coordination", t.event.to).label,
    }
)
