"""What somebody wants to see of the inbox: all of it stands in the address, so that it can be kept and sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CASES, TALKS, CALLS = "ho-so", "hoi-thoai", "cuoc-goi"
SORTS = (CALLS, TALKS, CASES)
"""In this order where two have waited equally long."""


@dataclass(frozen=True)
class Wish:
    """
    Empty fields do not filter.

    Args:
        sort: of `SORTS`. `role`: only cases that wait for this role. `channel`: how it came.
        mine: only what was given to, or taken by, whoever asks. `late`: only what is past its time.
        unread: only what went on since whoever asks looked at it.
    """

    sort: str = ""
    role: str = ""
    channel: str = ""
    mine: bool = False
    late: bool = False
    unread: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wish:
        """Out of an address; what makes no sense is left out."""
        sort = query.get("loai", "")
        return cls(
            sort=sort if sort in SORTS else "",
            role=query.get("vai-tro", "")[:48],
            channel=query.get("kenh", "")[:32],
            mine=query.get("cua") == "toi",
            late=query.get("han") == "qua",
            unread=query.get("xem") == "chua-doc",
        )

    @property
    def sorts(self) -> tuple[str, ...]:
        """What is listed at all: only cases wait for roles."""
        return (CASES,) if self.role else (self.sort,) if self.sort else SORTS

    @property
    def filters(self) -> dict[str, str]:
        """What narrows a queue, as it stands in the address; the queue itself is not among it."""
        wanted = {
            "kenh": self.channel,
            "cua": "toi" if self.mine else "",
            "han": "qua" if self.late else "",
            "xem": "chua-doc" if self.unread else "",
        }
        return {name: value for name, value in wanted.items() if value}

    @property
    def query(self) -> dict[str, str]:
        """The whole wish as an address."""
        queue = {"vai-tro": self.role, "loai": self.sort}
        return {name: value for name, value in queue.items() if value} | self.filters
