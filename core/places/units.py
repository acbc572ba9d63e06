"""A commune through its days, and the change that made another one of it."""

from __future__ import annotations

from datetime import date

from core.contract.schema import Model


class Commune(Model):
    """
    One xã, phường, thị trấn or đặc khu under one code, from `since` to `until` (its last day); None: open.

    Args:
        district: until 30/06/2025; empty where there is none (VN-10).
    """

    code: str
    name: str
    kind: str
    district: str = ""
    province: str = ""
    province_code: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def title(self) -> str:
        """As people say it: phường Vỹ Dạ."""
        return f"{self.kind} {self.name}"

    @property
    def label(self) -> str:
        """With what it lies in: phường Vỹ Dạ, thành phố Huế."""
        return ", ".join(filter(None, (self.title, self.district, self.province)))

    def is_there(self, day: date) -> bool:
        """Did it exist on this day?"""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Succession(Model):
    """
    From one day on, the ground of one commune belongs to another.

    Args:
        old_code: as it was the day before. `new_code`: as it is from `since` on.
        whole: all of it; otherwise one of several that share it.
    """

    old_code: str
    new_code: str
    since: date
    whole: bool = True
