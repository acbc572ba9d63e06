"""What stands in a periodic report beside its figures: late, stuck and explained cases, the ranking, the service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import local
from core.identity.codes import format_code
from core.service.statistics.explanations import Explained
from core.service.statistics.labels import Labels
from core.service.statistics.model import AgencyRow
from core.service.statistics.sheets import Cell, Rate, Sheet
from core.storage.statistics import Behind
from core.storage.uptime import Uptime

UNEXPLAINED = "Chưa có giải trình"
_DAY_S = 86_400


@dataclass(frozen=True)
class Reputation:
    """A case that was found to harm a reputation. `answered`: kinds of the answers its reporters got."""

    code: str
    category: str
    agency: str
    confirmed_at: datetime
    answered: tuple[str, ...]


def overdue(rows: Iterable[Behind], labels: Labels, *, until: datetime) -> Sheet:
    """Open limits beyond their end, the longest first (TG-12.4)."""
    made = sorted(rows, key=lambda row: (row.at or until, row.code))
    columns = ("Mã hồ sơ", "Lĩnh vực", "Cơ quan", "Thời hạn", "Hạn", "Trễ (ngày)")
    return Sheet("qua-han", "Hồ sơ quá hạn", columns, tuple(_overdue(row, labels, until) for row in made))


def _overdue(row: Behind, labels: Labels, until: datetime) -> tuple[Cell, ...]:
    late = round((until - row.at).total_seconds() / _DAY_S, 1) if row.at else None
    limit = labels.name("limit", row.fact.name)
    return (*_case(row, labels), labels.agency(row.fact.agency), limit, _day(row.at) if row.at else "Tạm dừng", late)


def stuck(rows: Iterable[Behind], labels: Labels, *, days: int) -> Sheet:
    """Open cases to which nothing has happened for so many days (TG-12.4)."""
    columns = ("Mã hồ sơ", "Lĩnh vực", "Trạng thái", "Ngày tiếp nhận")
    made = tuple((*_case(row, labels), labels.name("case", row.fact.name), _day(row.received_at)) for row in rows)
    return Sheet("ton-dong", f"Hồ sơ tồn đọng, {days} ngày không có việc gì", columns, made)


def explanations(rows: Iterable[Explained], labels: Labels) -> Sheet:
    """Each missed limit with the agency's own words (LS-14.4)."""
    columns = ("Mã hồ sơ", "Lĩnh vực", "Cơ quan", "Thời hạn", "Giải trình")
    made = tuple(
        (
            *_case(one.late, labels),
            labels.agency(one.late.fact.agency),
            labels.name("limit", one.late.fact.name),
            one.text or UNEXPLAINED,
        )
        for one in rows
    )
    return Sheet("giai-trinh", "Giải trình hồ sơ trễ hạn", columns, made)


def ranking(agencies: Sequence[AgencyRow], heads: Mapping[str, str]) -> Sheet:
    """
    Agencies by the part they finished in time, then by what people say of their answers (TG-14, LS-12).

    An agency of which nothing has ended has no place yet. `heads`: agency → who leads it.
    """
    ended = [one for one in agencies if one.counts.rate is not None]
    placed = sorted(ended, key=lambda one: (-(one.counts.rate or 0), -(one.score or 0), -one.counts.ended, one.id))
    columns = ("Hạng", "Cơ quan", "Người đứng đầu", "Đã kết thúc", "Đúng hạn", "Tỉ lệ đúng hạn", "Điểm đánh giá")
    return Sheet("xep-hang", "Xếp hạng cơ quan", columns, tuple(_places(placed, heads)), 3)


def _places(placed: Sequence[AgencyRow], heads: Mapping[str, str]) -> Iterator[tuple[Cell, ...]]:
    place, before = 0, None
    for number, one in enumerate(placed, start=1):
        standing = (one.counts.rate, one.score)
        place, before = (place if standing == before else number), standing
        rate = Rate(one.counts.rate or 0)
        yield str(place), one.label, heads.get(one.id, ""), one.counts.ended, one.counts.in_time, rate, one.score


def technical(uptime: Uptime, arrivals: Mapping[str, int], labels: Labels) -> Sheet:
    """How the service ran: for how much of the time it was there, and what came in (LS-13.3)."""
    rows: list[tuple[Cell, ...]] = [
        ("Số phút theo dõi", uptime.watched),
        ("Số phút hoạt động", uptime.there),
        ("Tỉ lệ hoạt động", None if uptime.rate is None else Rate(uptime.rate)),
    ]
    rows += [(f"Tin đến qua {labels.name('received', name)}", many) for name, many in sorted(arrivals.items())]
    return Sheet("ky-thuat", "Tình hình kỹ thuật", ("Chỉ tiêu", "Số lượng"), tuple(rows))


def reputations(rows: Iterable[Reputation], labels: Labels) -> Sheet:
    """Cases that harmed a reputation after verification; answered privately, summed up once a month."""
    columns = ("Mã hồ sơ", "Lĩnh vực", "Cơ quan", "Xác nhận ngày", "Trả lời")
    made = tuple(
        (
            format_code(one.code),
            labels.name("category", one.category),
            labels.agency(one.agency),
            _day(one.confirmed_at),
            ", ".join(labels.name("answered", kind) for kind in one.answered) or "Chưa trả lời",
        )
        for one in rows
    )
    return Sheet("uy-tin", "Phản ánh ảnh hưởng uy tín đã xác minh", columns, made)


def _case(row: Behind, labels: Labels) -> tuple[str, str]:
    return format_code(row.code), labels.name("category", row.category)


def _day(moment: datetime) -> str:
    return f"{local(moment):%H:%M %d/%m/%Y}"
