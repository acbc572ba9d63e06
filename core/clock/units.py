"""
Time limits as a regulation pack writes them (U-1 … U-9), with options and variants.

    2wh                                              # a plain term, see module terms
    {of: 6wd, wd_end: midnight}                      # U-3's legal limit instead of the last shift's end
    {of: 6wd, day_count: elapsed}                    # A-0: six times the day's working hours
    {of: 1wd, variants: {field_check: 2wd}}          # chosen by name when the clock starts
    windows: [...]                                   # module windows
    variants: {board: +30min, emergency: 10min}      # + lengthens the plain limit, the rest replace it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.clock.errors import NotationInvalid
from core.clock.terms import PromisedDate, Term, extend, parse_term
from core.clock.windows import Windows


class DayEnd(StrEnum):
    """When a working day that is the last one ends: with its last shift, or at 24:00 (U-3)."""

    SHIFT = "shift"
    MIDNIGHT = "midnight"


class DayCount(StrEnum):
    """How days are counted: by the Civil Code (U-3, U-4), or as elapsed time (A-0)."""

    CIVIL = "civil"
    ELAPSED = "elapsed"


class DayOff(StrEnum):
    """A last day that is a day off: move to the next working day (Điều 148.5), or keep it."""

    EXTEND = "extend"
    KEEP = "keep"


@dataclass(frozen=True)
class Options:
    """
    Readings a pack may choose.

    Args:
        day_off: None = the unit's own default: extend for `d` and `before N`, keep for `date`.
    """

    wd_end: DayEnd = DayEnd.SHIFT
    day_count: DayCount = DayCount.CIVIL
    day_off: DayOff | None = None

    def extends(self, term: Term) -> bool:
        """Does a last day that is a day off move to the next working day?"""
        default = DayOff.KEEP if isinstance(term, PromisedDate) else DayOff.EXTEND
        return (self.day_off or default) is DayOff.EXTEND

    def to_data(self) -> dict[str, str]:
        """Only what differs from the defaults."""
        plain = {"wd_end": DayEnd.SHIFT, "day_count": DayCount.CIVIL, "day_off": None}
        return {key: str(getattr(self, key)) for key, usual in plain.items() if getattr(self, key) != usual}


@dataclass(frozen=True)
class Allowance:
    """
    The time a regulation gives for one step.

    Args:
        of: one term, or windows that choose one.
        variants: other limits of the same step, by name.
    """

    of: Term | Windows
    options: Options = field(default_factory=Options)
    variants: tuple[tuple[str, Allowance], ...] = ()

    def __str__(self) -> str:
        return str(self.of)

    def variant(self, name: str | None) -> Allowance:
        """
        The limit of this name; None = the plain one.

        Raises: NotationInvalid: the pack gives no such variant.
        """
        if name is None:
            return self
        for known, allowance in self.variants:
            if known == name:
                return allowance
        raise NotationInvalid(f"{self} has no variant {name!r}, only {[known for known, _ in self.variants]}")

    def to_data(self) -> str | dict[str, Any]:
        """JSON-ready; `parse` reads it back to an equal allowance."""
        if not isinstance(self.of, Windows) and self.options == Options() and not self.variants:
            return str(self.of)
        return self._mapping()

    def _mapping(self) -> dict[str, Any]:
        base: dict[str, Any] = {"windows": self.of.to_data()} if isinstance(self.of, Windows) else {"of": str(self.of)}
        # A variant written as text would inherit our options when read back, so it is always a mapping.
        variants = {name: item._mapping() for name, item in self.variants}
        return {**base, **self.options.to_data(), **({"variants": variants} if variants else {})}


def parse(data: object) -> Allowance:
    """
    Read an allowance: a term as text, or one of the mappings shown above.

    Raises: NotationInvalid: says what cannot be read; unknown keys are errors.
    Source: regulations U-1 … U-9, A-0.
    """
    if not isinstance(data, Mapping):
        return Allowance(parse_term(data))
    unknown = set(data) - {"of", "windows", "wd_end", "day_count", "day_off", "variants"}
    if unknown or ("of" in data) == ("windows" in data):
        raise NotationInvalid(f"{dict(data)}: either of or windows, and options; cannot read {sorted(unknown)}")
    of = Windows.parse(data["windows"]) if "windows" in data else parse_term(data["of"])
    plain = Allowance(of, _options(data))
    return Allowance(of, plain.options, _variants(plain, data.get("variants", {})))


def _options(data: Mapping[str, Any]) -> Options:
    try:
        return Options(
            wd_end=DayEnd(data.get("wd_end", "shift")),
            day_count=DayCount(data.get("day_count", "civil")),
            day_off=DayOff(data["day_off"]) if "day_off" in data else None,
        )
    except ValueError as error:
        raise NotationInvalid(f"{dict(data)}: {error}") from error


def _variants(plain: Allowance, data: object) -> tuple[tuple[str, Allowance], ...]:
    if not isinstance(data, Mapping):
        raise NotationInvalid(f"variants: a mapping of names, not {data!r}")
    return tuple((str(name), _variant(plain, value)) for name, value in data.items())


def _variant(plain: Allowance, value: object) -> Allowance:
    if isinstance(value, Mapping):
        return parse(value)
    if isinstance(value, str) and value.startswith("+"):
        by = parse_term(value[1:])
        longer = plain.of.extended(by) if isinstance(plain.of, Windows) else extend(plain.of, by)
        return Allowance(longer, plain.options)
    return Allowance(parse_term(value), plain.options)
