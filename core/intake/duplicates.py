"""
Is a new report about something that is open already?

Pure scoring for a person to decide on, never a decision: the same person's repeat may be cancelled (QB-IV.1.1a.x1),
another person's report of the same matter is linked and never cancelled (A-3).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from core.contract.schema import GeoPoint, Place
from core.intake.fold import fold
from core.intake.signals.acts import telling_text
from core.intake.words import Text

WORDS = re.compile(r"\w+")
EARTH_RADIUS_M = 6_371_000.0
NEAR_M = 60.0
FAR_M = 800.0
LONG_AGO = timedelta(days=14)
WEIGHTS = {"place": 0.45, "words": 0.30, "category": 0.15, "time": 0.10}
LIKELY = 0.62
OTHER_HOUSE = 0.35
"""Two houses of one street are not the same place."""
PICTURED = 0.25
LOOKS_APART = 10
"""Bits of 64 by which two photos of one thing may differ."""
AT_MOST = 5
PLACE_FILLERS = frozenset(
    fold("ở tại gần trước sau cạnh đối diện đường phố số nhà phường xã đoạn ngay đầu cuối khu vực").split()
)


class Kinship(StrEnum):
    """How two reports belong together."""

    REPEAT = "repeat"
    SAME_MATTER = "same_matter"


@dataclass(frozen=True)
class Sketch:
    """
    What of a report is compared.

    Args:
        reporter: an opaque key of the contact, never a name or a number.
        looks: how each of its photos looks at first sight (`core.privacy.looks`), 64 bits.
        reached_at: the numbers and mail addresses that its reporter gave, proved or not.
    """

    report_id: str
    reporter: str
    content: str
    place: Place
    category: str
    received_at: datetime
    looks: tuple[int, ...] = ()
    reached_at: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        """What of the content tells something, read once."""
        return telling(self.content)

    @cached_property
    def place_words(self) -> frozenset[str]:
        """The same of the place."""
        return place_words(self.place.text)


@dataclass(frozen=True)
class Likeness:
    """How much a new report resembles an open one: `score` from 0 to 1, and why, in a Vietnamese sentence for staff."""

    report_id: str
    kinship: Kinship
    score: float
    reason: str


def find_duplicates(
    new: Sketch, recent: Iterable[Sketch], *, at_least: float = LIKELY, most: int = AT_MOST
) -> tuple[Likeness, ...]:
    """Open reports that the new one may repeat, the likeliest first."""
    near = (known for known in recent if at_best(new, known) >= at_least)
    likely = [found for known in near if (found := compare(new, known)).score >= at_least]
    return tuple(sorted(likely, key=lambda found: (-found.score, found.report_id))[:most])


def at_best(new: Sketch, known: Sketch) -> float:
    """What the score of a pair could be by its place and photos: most pairs of a town are not worth a closer look."""
    rest = sum(WEIGHTS.values()) - WEIGHTS["place"]
    return WEIGHTS["place"] * place_likeness(new, known) + rest + PICTURED * same_picture(new, known)


def compare(new: Sketch, known: Sketch) -> Likeness:
    """One pair; symmetrical but for the direction of time."""
    parts = {
        "place": place_likeness(new, known),
        "words": overlap(new.words, known.words),
        "category": float(bool(new.category) and new.category == known.category),
        "time": closeness(abs(new.received_at - known.received_at)),
    }
    pictured = same_picture(new, known)
    score = min(1.0, sum(WEIGHTS[name] * value for name, value in parts.items()) + PICTURED * pictured)
    kinship = Kinship.REPEAT if new.reporter and new.reporter == known.reporter else Kinship.SAME_MATTER
    return Likeness(known.report_id, kinship, round(score, 3), reason(new, known, kinship, parts, pictured=pictured))


def place_likeness(one: Sketch, other: Sketch) -> float:
    """By distance where both have a point (1 within 60 m, 0 beyond 800 m), else by the words of the place."""
    if one.place.point is not None and other.place.point is not None:
        return ramp(distance_m(one.place.point, other.place.point))
    likeness = overlap(one.place_words, other.place_words)
    return min(likeness, OTHER_HOUSE) if other_house(one.place_words, other.place_words) else likeness


def other_house(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both name houses or alleys by number, and none is the same."""
    first, second = ({word for word in words if word[0].isdigit()} for words in (one, other))
    return bool(first) and bool(second) and not first & second


def same_picture(one: Sketch, other: Sketch) -> bool:
    """Whether a photo of one looks as a photo of the other."""
    return any((a ^ b).bit_count() <= LOOKS_APART for a in one.looks for b in other.looks)


def ramp(metres: float) -> float:
    """1 when near, 0 when far, a straight line between."""
    return min(1.0, max(0.0, (FAR_M - metres) / (FAR_M - NEAR_M)))


def distance_m(one: GeoPoint, other: GeoPoint) -> float:
    """Metres along the ground between two points (haversine)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.longitude - one.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def telling(content: str) -> frozenset[str]:
    """The words of a content that tell something, folded."""
    return frozenset(word for word in WORDS.findall(fold(telling_text(Text.of(content)))) if word.isalpha())


def place_words(text: str) -> frozenset[str]:
    """The words of a place without "đường", "gần" …"""
    return frozenset(word for word in WORDS.findall(fold(text)) if word not in PLACE_FILLERS)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared words against the words of the shorter side; 0 where one side has none."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def closeness(apart: timedelta) -> float:
    """1 at the same moment, 0 after two weeks."""
    return max(0.0, 1.0 - apart / LONG_AGO)


def reason(new: Sketch, known: Sketch, kinship: Kinship, parts: dict[str, float], *, pictured: bool) -> str:
    """Why, for staff; names nobody."""
    category = "cùng lĩnh vực" if parts["category"] else "khác lĩnh vực"
    words = f"trùng {parts['words']:.0%} từ chính"
    photo = ("ảnh giống nhau",) if pictured else ()
    sender, place = who(new, known, kinship), where(new, known, parts["place"])
    return "; ".join((sender, place, words, *photo, category, when(new, known))) + "."


def who(new: Sketch, known: Sketch, kinship: Kinship) -> str:
    """Whether the sender is the same; whoever gave the same number without proving it may be."""
    if kinship is Kinship.REPEAT:
        return "Cùng người gửi"
    return "Cùng số điện thoại hoặc thư điện tử" if new.reached_at & known.reached_at else "Người gửi khác"


def where(new: Sketch, known: Sketch, likeness: float) -> str:
    """How far apart, in metres or in words."""
    if new.place.point is not None and known.place.point is not None:
        return f"cách nhau {distance_m(new.place.point, known.place.point):.0f} m"
    return f"địa điểm trùng {likeness:.0%}"


def when(new: Sketch, known: Sketch) -> str:
    """How long apart."""
    hours = abs(new.received_at - known.received_at) / timedelta(hours=1)
    return f"cách {hours:.0f} giờ" if hours < 48 else f"cách {hours / 24:.0f} ngày"
