"""
Filling in a command's form as somebody would: any form of any regulation, from the field's kind and its choices.

Every word is invented and says so; nothing here knows a province.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.clock import local

PROMISED = timedelta(days=21)
ANYTHING = "Đơn vị đã kiểm tra tại chỗ và khắc phục xong trong ngày 20/11/2026"
"""Says what an answer has to say: what was done, where and when."""


@dataclass(frozen=True)
class Field:
    """One field to fill in, as consoles and the API show it; `choices` are the values it may have."""

    name: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Field:
        """From the API's JSON."""
        choices = tuple(str(one["id"]) for one in shown["choices"])
        return cls(shown["name"], shown["kind"], shown["required"], choices, tuple(shown["either"]))


@dataclass(frozen=True)
class Writer:
    """
    Fills in forms. `word` says what stands in a free text, by command and field; `others`: cases to name.

    `most`: how many agencies are named where any number may be.
    """

    random: Random
    others: tuple[str, ...] = ()
    most: int = 1

    def word(self, command: str, name: str) -> str:
        """What this person writes."""
        return f"{ANYTHING} (mô phỏng: {command}, {name})."

    def fill(self, command: str, fields: Iterable[Field], *, now: datetime) -> dict[str, Any]:
        """The payload of a command; a field that has no value to be given (no colleague, no file) stays out."""
        shown = list(fields)
        filled = {one.name: self._value(command, one, now) for one in shown if self._wanted(one, shown)}
        return {name: value for name, value in filled.items() if value is not None}

    def _wanted(self, one: Field, shown: list[Field]) -> bool:
        """What must be there; of alternatives the first that has something to choose, else the first."""
        if not one.either:
            return one.required or one.kind in ("media", "category", "agencies")
        group = [field for field in shown if field.name in one.either]
        able = [field for field in group if field.choices or field.kind in ("yes_no", "text", "reference")]
        return one is (able or group)[0]

    def _value(self, command: str, one: Field, now: datetime) -> Any:
        makers: dict[str, Callable[[], Any]] = {
            "agencies": lambda: self._several(one),
            "fields": lambda: self._fields(one),
            "media": lambda: list(one.choices[:1]),
            "files": list,
            "yes_no": lambda: True,
            "date": lambda: (local(now) + PROMISED).date().isoformat(),
            "moment": now.isoformat,
            "case": lambda: self._one_of(self.others),
            "reference": lambda: f"MP-{self.random.randint(1, 9999)}",
            "text": lambda: self.word(command, one.name),
        }
        return makers.get(one.kind, lambda: self._one_of(one.choices))()

    def _one_of(self, choices: tuple[str, ...]) -> str | None:
        return self.random.choice(choices) if choices else None

    def _several(self, one: Field) -> list[str] | None:
        most = min(len(one.choices), self.random.randint(1, self.most))
        return self.random.sample(one.choices, most) or None

    def _fields(self, one: Field) -> Any:
        chosen = list(one.choices[:1]) or ["content"]
        return chosen if one.name.endswith("s") else chosen[0]
