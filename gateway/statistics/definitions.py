"""What a figure counts, in words, and where the duty to count it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from core.regulations.model import Pack
from core.service.reading.names import CHANNELS
from core.service.regulation import Regulation
from core.service.statistics.counting import ANSWERS, CENTRE, NONE
from core.storage.statistics import Asked

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "case": "Hồ sơ phải xử lý trong kỳ: tiếp nhận trong kỳ, hoặc tiếp nhận trước đó và còn mở khi kỳ bắt đầu",
        "part": "Phần việc của cơ quan trong các hồ sơ phải xử lý trong kỳ, mỗi hồ sơ tính một lần cho mỗi cơ quan",
        "limit": "Thời hạn đã chạy trong các hồ sơ phải xử lý trong kỳ, mỗi lần chạy của mỗi phần việc tính một",
        "received": "Hồ sơ tiếp nhận trong kỳ, theo kênh của phản ánh đầu tiên",
        "category": "Hồ sơ tiếp nhận trong kỳ, theo lĩnh vực đã phân loại gần nhất",
        "urgency": "Hồ sơ tiếp nhận trong kỳ, theo mức độ gần nhất",
        "commune": "Hồ sơ tiếp nhận trong kỳ, theo xã, phường nơi xảy ra",
        "answered": "Câu trả lời đã gửi hoặc công khai trong kỳ, của bất kỳ hồ sơ nào",
        "rated": "Lượt đánh giá của người phản ánh trong kỳ, của bất kỳ hồ sơ nào",
        "complained": "Lượt đề nghị làm rõ câu trả lời trong kỳ, của bất kỳ hồ sơ nào",
    }
)
_FRESH = {True: "tiếp nhận trong kỳ", False: "kỳ trước chuyển sang"}
_OPEN = {True: "đang xử lý", False: "đã kết thúc"}
_LATE = {True: "có thời hạn đã trễ", False: "chưa trễ thời hạn nào"}


@dataclass(frozen=True)
class Definition:
    """`words`: what is counted; `narrowed`: which of it; `rules`: of the regulation in force, that want it counted."""

    words: str
    narrowed: tuple[str, ...]
    rules: tuple[str, ...]
    agency_of: Callable[[str], str]
    category_of: Callable[[str], str]

    @classmethod
    def of(cls, asked: Asked, regulation: Regulation) -> Definition:
        """Of one figure."""
        agency = partial(_agency, regulation)
        narrowed = tuple(_narrowed(asked, regulation, agency))
        category = partial(_category, list(regulation.packs))
        return cls(_KINDS[asked.kind], narrowed, _rules(asked, regulation.current), agency, category)


def _narrowed(asked: Asked, regulation: Regulation, agency: Callable[[str], str]) -> list[str]:
    found = [] if asked.name is None else [_name(asked.kind, asked.name, regulation)]
    found += [] if asked.agency is None else [agency(asked.agency)]
    truths = ((asked.fresh, _FRESH), (asked.open, _OPEN), (asked.late, _LATE))
    return found + [words[said] for said, words in truths if said is not None]


def _name(kind: str, name: str, regulation: Regulation) -> str:
    for pack in regulation.packs:
        labels = _labels(kind, pack)
        if name in labels:
            return labels[name]
    return name or NONE


def _labels(kind: str, pack: Pack) -> Mapping[str, str]:
    sections: Mapping[str, Mapping[str, object]] = {
        "case": pack.stages.case,
        "limit": pack.clocks,
        "category": pack.intake.categories,
        "urgency": pack.intake.urgencies,
        "rated": pack.rating.levels,
    }
    known = {"received": CHANNELS, "answered": ANSWERS}.get(kind)
    if known is not None:
        return known
    return {name: str(entry.label) for name, entry in sections.get(kind, {}).items()}  # type: ignore[attr-defined]


def _rules(asked: Asked, pack: Pack) -> tuple[str, ...]:
    """The limit's own articles; then those that want reports of a period."""
    clock = pack.clocks.get(asked.name or "") if asked.kind == "limit" else None
    wanted = [rule for report in pack.reports.values() for rule in report.cites]
    return tuple(dict.fromkeys([*(clock.cites if clock else ()), *wanted]))


def _agency(regulation: Regulation, agency: str) -> str:
    return regulation.agencies.name(agency) if agency else CENTRE


def _category(packs: list[Pack], category: str) -> str:
    known = (pack.intake.categories[category].label for pack in packs if category in pack.intake.categories)
    return next(known, category or NONE)
