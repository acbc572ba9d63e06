"""A fortnight in an invented town: matters that several people report, among many reports that stand alone."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from ruamel.yaml import YAML

from core.contract.schema import GeoPoint, Place
from core.intake.duplicates import Sketch, find_duplicates
from core.intake.fold import fold
from tests.core.triage.telling import MANNERS, held_out, taught

MIDDLE = GeoPoint(latitude=16.4637, longitude=107.5909)
ACROSS_M = 3_000
BEGAN = datetime(2026, 11, 2, tzinfo=UTC)
FORTNIGHT_S = 14 * 86_400
STREETS = (
    "Lê Lợi", "Trần Phú", "Nguyễn Huệ", "Hùng Vương", "Bà Triệu", "Phan Chu Trinh", "Nguyễn Du", "Ngô Quyền", "Đống Đa",
    "Điện Biên Phủ", "Phạm Văn Đồng", "Mai Thúc Loan", "An Hòa", "Lý Thường Kiệt", "Hai Bà Trưng", "Nguyễn Trãi",
    "Chi Lăng", "Kim Long", "Đặng Dung", "Tố Hữu",
)  # fmt: skip
POINTED, PHOTOGRAPHED = 0.6, 0.35
JITTER_M = 40.0


@dataclass(frozen=True)
class Told:
    """One report of the town; `matter`: which one it is about, empty for one that stands alone."""

    matter: str
    sketch: Sketch


@dataclass(frozen=True)
class Found:
    """Counts: reports that repeat an earlier one, those of which one was suggested; suggestions, right ones."""

    repeats: int
    hit: int
    suggested: int
    right: int

    @property
    def recall(self) -> float:
        """Share of repeats of which an earlier report was among the suggestions."""
        return self.hit / self.repeats

    @property
    def precision(self) -> float:
        """Share of suggestions that were about the same matter."""
        return self.right / self.suggested

    def __add__(self, other: Found) -> Found:
        """Both together."""
        return Found(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def town(seed: int, *, unseen: bool) -> list[Told]:
    """Every report of a town in order of time; `unseen`: with the third of matters that scoring was not made on."""
    chance = random.Random(seed)
    made = [*_matters(chance, unseen=unseen), *_alone(chance)]
    return sorted(made, key=lambda one: one.sketch.received_at)


def look(reports: Sequence[Told], *, most: int = 3) -> Found:
    """What the desk would be shown with each report as it comes in."""
    earlier: list[Told] = []
    seen: set[str] = set()
    repeats = hit = suggested = right = 0
    for one in reports:
        matters = {told.sketch.report_id: told.matter for told in earlier}
        shown = find_duplicates(one.sketch, (told.sketch for told in earlier))[:most]
        same = [likely for likely in shown if one.matter and matters[likely.report_id] == one.matter]
        repeats, hit = repeats + (one.matter in seen), hit + (one.matter in seen and bool(same))
        suggested, right = suggested + len(shown), right + len(same)
        earlier.append(one)
        seen |= {one.matter} - {""}
    return Found(repeats, hit, suggested, right)


def _matters(chance: random.Random, *, unseen: bool) -> Iterator[Told]:
    path = files("tests.core.triage") / "matters.yaml"
    told = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    for number, matter in enumerate(told):
        if (number % 3 == 2) is not unseen:
            continue
        spot, began = _spot(chance), chance.uniform(0, FORTNIGHT_S * 0.6)
        look_of_it = chance.getrandbits(64)
        for teller, (place, text) in enumerate(matter["told"]):
            when = began + teller * chance.uniform(600, 4 * 86_400)
            photo = (_blurred(look_of_it, chance),) if chance.random() < PHOTOGRAPHED else ()
            name, words = f"m{number}t{teller}", _retold(text, chance)
            yield Told(f"m{number}", _sketch(name, words, (place, spot), matter["about"], when, photo, chance))


def _alone(chance: random.Random) -> Iterator[Told]:
    for topic, texts in (*taught("reports").items(), *held_out("reports").items()):
        for number, text in enumerate(texts):
            place = f"số {chance.randrange(1, 200)} {chance.choice(STREETS)}"
            photo = (chance.getrandbits(64),) if chance.random() < PHOTOGRAPHED else ()
            when, where = chance.uniform(0, FORTNIGHT_S), (place, _spot(chance))
            yield Told(
                "", _sketch(f"{topic}{number}{len(texts)}", _retold(text, chance), where, topic, when, photo, chance)
            )


def _sketch(
    name: str,
    text: str,
    where: tuple[str, GeoPoint],
    topic: str,
    when: float,
    photos: tuple[int, ...],
    chance: random.Random,
) -> Sketch:
    point = _near(where[1], chance) if chance.random() < POINTED else None
    place = Place(text=fold(where[0]) if chance.random() < 0.3 else where[0], point=point)
    at = BEGAN + timedelta(seconds=when)
    return Sketch(name, f"who {name}", text, place, topic, at, photos)


def _retold(text: str, chance: random.Random) -> str:
    return chance.choice(MANNERS)(text, chance) if chance.random() < 0.5 else text


def _spot(chance: random.Random) -> GeoPoint:
    return _moved(MIDDLE, chance.uniform(-ACROSS_M, ACROSS_M), chance.uniform(-ACROSS_M, ACROSS_M))


def _near(point: GeoPoint, chance: random.Random) -> GeoPoint:
    return _moved(point, chance.gauss(0, JITTER_M), chance.gauss(0, JITTER_M))


def _moved(point: GeoPoint, north_m: float, east_m: float) -> GeoPoint:
    wide = 111_320.0 * math.cos(math.radians(point.latitude))
    return GeoPoint(latitude=point.latitude + north_m / 111_320.0, longitude=point.longitude + east_m / wide)


def _blurred(look: int, chance: random.Random) -> int:
    """The same thing photographed by somebody else, from nearly the same side."""
    for _ in range(chance.randrange(0, 9)):
        look ^= 1 << chance.randrange(64)
    return look
