"""Words for what figures are about: as the newest regulation that knows a name words it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.regulations.model import Pack
from core.service.reading.names import CHANNELS
from core.service.regulation import Regulation

NONE = "Chưa xác định"
CENTRE = "Trung tâm"
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "public": "Công khai",
        "private": "Trả lời riêng",
        "agency": "Cơ quan trả lời trực tiếp",
        "withheld": "Không công khai",
    }
)
_OF: Mapping[str, Callable[[Pack], Mapping[str, Any]]] = MappingProxyType(
    {
        "case": lambda pack: pack.stages.case,
        "limit": lambda pack: pack.clocks,
        "category": lambda pack: pack.intake.categories,
        "urgency": lambda pack: pack.intake.urgencies,
        "rated": lambda pack: pack.rating.levels,
    }
)
_FIXED: Mapping[str, Mapping[str, str]] = MappingProxyType({"received": CHANNELS, "answered": ANSWERS})


@dataclass(frozen=True)
class Labels:
    """Of one regulation and those before it."""

    regulation: Regulation

    def of(self, kind: str) -> Mapping[str, str]:
        """Name → words, for facts of this kind; nothing where names have none."""
        return _FIXED.get(kind) or dict(self._words(kind))

    def _words(self, kind: str) -> Iterator[tuple[str, str]]:
        if kind in _OF:
            for pack in reversed(list(self.regulation.packs)):
                yield from ((name, entry.label) for name, entry in _OF[kind](pack).items())

    def name(self, kind: str, name: str) -> str:
        """The words for one name."""
        return self.of(kind).get(name) or name or NONE

    def agency(self, agency: str) -> str:
        """Its name; of the empty one: the centre."""
        return self.regulation.agencies.name(agency) if agency else CENTRE
