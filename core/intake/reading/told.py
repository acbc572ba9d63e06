"""What one text tells."""

from __future__ import annotations

from dataclasses import dataclass

from core.contract.schema import GeoPoint
from core.intake.reading.place import Piece


@dataclass(frozen=True)
class Reading:
    """
    What one text tells. `lines`: those of its lines that speak of the matter; `tells`: it says what is wrong.

    `correction`: what it puts right, with `wrong` and `right` where it says both.
    """

    lines: tuple[str, ...] = ()
    tells: bool = False
    pieces: tuple[Piece, ...] = ()
    point: GeoPoint | None = None
    times: tuple[str, ...] = ()
    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    identity: str = ""
    confidential: bool | None = None
    declared_none: tuple[tuple[str, str], ...] = ()
    categories: tuple[tuple[str, int], ...] = ()
    correction: Reading | None = None
    wrong: str = ""
    right: str = ""

    @property
    def facts_only(self) -> bool:
        """Whether it holds facts (place, time, contact …) and nothing about the matter."""
        return not self.tells and bool(
            self.pieces
            or self.point
            or self.times
            or self.name
            or self.phones
            or self.emails
            or self.identity
            or self.declared_none
        )
