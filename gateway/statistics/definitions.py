"""What a figure counts, in words, and where the duty to count it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.regulations.model import Pack
from core.service.regulation import Regulation
from core.service.statistics.labels import Labels
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
    labels: Labels

    @classmethod
    def of(cls, asked: Asked, regulation: Regulation) -> Definition:
        """Of one figure."""
        labels = Labels(regulation)
        return cls(_KINDS[asked.kind], tuple(_narrowed(asked, labels)), _rules(asked, regulation.current), labels)


def _narrowed(asked: Asked, labels: Labels) -> Iterator[str]:
    if asked.name is not None:
        yield labels.name(asked.kind, asked.name)
    if asked.agency is not None:
        yield labels.agency(asked.agency)
    truths = ((asked.fresh, _FRESH), (asked.open, _OPEN), (asked.late, _LATE))
    yield from (words[said] for said, words in truths if said is not None)


def _rules(asked: Asked, pack: Pack) -> tuple[str, ...]:
    """The limit's own articles; then those that want reports of a period."""
    clock = pack.clocks.get(asked.name or "") if asked.kind == "limit" else None
    wanted = [rule for report in pack.reports.values() for rule in report.cites]
    return tuple(dict.fromkeys([*(clock.cites if clock else ()), *wanted]))
