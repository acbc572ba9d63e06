"""How satisfied somebody is: the regulation's own labels, everyday words for them, a number of ours, or stars."""

from __future__ import annotations

import re
from functools import lru_cache

from core.intake.fold import fold
from core.intake.lexicon import pattern
from core.intake.patterns import vi
from core.intake.rules import RatingLevel
from core.intake.words import Text

PAYLOAD = "rate:"
NUMBER = re.compile(
    r"^\W*(?:(?:mức|số|chọn|đánh giá|muc|so|chon|bam|bấm)\s+)*([1-9])"
    r"(?:\s*(?:ạ|nha|nhé))?\W*$",
    re.IGNORECASE,
)
STARS = re.compile(
    r"^\W*(?:(?:cho|chấm|đánh giá|cham|danh gia)\s+)*([1-5])\s*(?:sao|điểm|diem|⭐|/\s*5)"
    r"\W*(?:(?:ạ|nha|nhé)\W*)?$",
    re.IGNORECASE,
)
MOST_STARS = 5
HEADINGS = ("rating_best", "rating_middle", "rating_worst")
LONGEST_RATING = 14


def rating_payload(level: str, code: str) -> str:
    """What a button says: this level, for the report of this code."""
    return f"{PAYLOAD}{level}:{code}"


def rated_code(payload: str) -> str:
    """The code of the report that a button rates; empty for a button of before, and for words."""
    return payload.partition(":")[2].partition(":")[2] if payload.startswith(PAYLOAD) else ""


def read_rating(text: Text, payload: str, levels: tuple[RatingLevel, ...], *, numbers: bool) -> str:
    """The id of the level that was chosen, or empty. `numbers`: a bare 1, 2, 3 counts, best first."""
    if payload.startswith(PAYLOAD):
        chosen = payload.removeprefix(PAYLOAD).partition(":")[0]
        return next((level.id for position, level in enumerate(levels, 1) if chosen in (level.id, str(position))), "")
    if stars := STARS.match(text.raw):
        return by_stars(int(stars.group(1)), levels)
    number = NUMBER.match(text.raw) if numbers else None
    if number and int(number.group(1)) <= len(levels):
        return levels[int(number.group(1)) - 1].id
    return by_label(text, levels) or by_everyday_words(text, levels)


def by_stars(stars: int, levels: tuple[RatingLevel, ...]) -> str:
    """Five are the best there is and one the worst, as everywhere; our own numbers run the other way."""
    place = round((MOST_STARS - stars) * (len(levels) - 1) / (MOST_STARS - 1))
    return levels[place].id if levels else ""


def by_label(text: Text, levels: tuple[RatingLevel, ...]) -> str:
    """The level whose label is the whole message."""
    labels = {level.id: fold_label(level.label) for level in levels}
    if len(tuple(text.beginnings)) > max(map(len, labels.values()), default=0):
        return ""
    said = fold(re.sub(r"[^\w\s]", " ", text.raw))
    return next((level for level, label in labels.items() if label == said), "")


@lru_cache(maxsize=64)
def fold_label(label: str) -> str:
    """A label of the regulation as it is compared."""
    return fold(label)


def by_everyday_words(text: Text, levels: tuple[RatingLevel, ...]) -> str:
    """Worst first: "không hài lòng" holds "hài lòng". Only short messages: a long one tells something else."""
    if not levels or text.length > LONGEST_RATING:
        return ""
    by_heading = dict(zip(HEADINGS, (levels[0], levels[len(levels) // 2], levels[-1]), strict=True))
    for heading in ("rating_worst", "rating_middle", "rating_best"):
        if pattern("signals", heading).search(text):
            return by_heading[heading].id
    return ""


def speaks_of_satisfaction(text: Text) -> bool:
    """Whether the message is clearly a rating even when none was asked for."""
    return vi("hài lòng|chấp nhận được|đánh giá").search(text) is not None
