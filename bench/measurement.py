"""What a measurement is: a name, goals, and a function that measures. See bench/README.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Cell = str | int | float

_STORES = Path(__file__).parents[1] / "build" / "growth"


@dataclass(frozen=True)
class Goal:
    """
    What one figure has to reach: exactly one of `at_least` and `at_most`.

    Args:
        key: of the figure in `Result.figures`.
        figure: what is measured, in words for the table.
    """

    key: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    source: str = "issue 3"

    def __post_init__(self) -> None:
        """A goal without a direction, or with two, is a mistake of its author."""
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"goal {self.key}: give at_least or at_most")

    def is_reached_by(self, figure: float) -> bool:
        """Whether the figure is good enough; a figure that is no number never is."""
        if self.at_least is not None:
            return figure >= self.at_least
        return self.at_most is not None and figure <= self.at_most


@dataclass(frozen=True)
class Table:
    """Further figures, shown below the goals."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Result:
    """What one run of a measurement found; `figures` holds every key that its goals name."""

    figures: Mapping[str, float]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """
    Under which terms to measure.

    `quick` asks for a rough answer in seconds; `folder` is empty, private and removed afterwards; `say` tells the
    person in front of it what is going on.
    """

    folder: Path
    quick: bool = False
    say: Callable[[str], None] = field(default=lambda _: None)

    @property
    def stores(self) -> Path:
        """Where large stores are kept from one run to the next (LANGNGHE_BENCH_STORES); a quick look keeps none."""
        return self.folder if self.quick else Path(os.environ.get("LANGNGHE_BENCH_STORES", _STORES))


@dataclass(frozen=True)
class Measurement:
    """One measurement. `name` is `group.name`; the group says where in docs/performance.md its table stands."""

    name: str
    title: str
    goals: tuple[Goal, ...]
    run: Callable[[Terms], Result]

    @property
    def group(self) -> str:
        """The part before the first dot."""
        return self.name.partition(".")[0]
