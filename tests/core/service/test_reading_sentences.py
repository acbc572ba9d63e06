"""Every kind of event has its sentence, in whole Vietnamese words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.cases.events import EVENT_TYPES, ActorRef, Event
from core.cases.sealed import SealedText
from core.clock import Clock, load_calendar
from core.regulations.loader import load_pack
from core.service.reading.names import Names
from core.service.reading.sentences import SENTENCES, WORDS, sentence, span
from tests.support.agencies import load_agencies

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TEXT = SealedText(id="t", commitment="c", length=5)
OPENED = {"id": "d1", "agency_id": "cty_dien_luc", "stage": "sent"}
REPORT = {
    "report_id": "r",
    "code": "123456789012",
    "contact_id": "c",
    "channel": "email",
    "received_at": NOW,
    "case_id": "k",
}
ENGINE = Clock.start("acceptance", "30min", at=NOW, calendar=load_calendar("vietnam")).to_dict()
VALUES: dict[str, Any] = {
    "case_id": "k",
    "regulation": "thua_thien_hue@x",
    "stage": "received",
    "report": REPORT,
    "reports": (REPORT, REPORT),
    "urgency": "emergency",
    "category": "urban",
    "outcome": "reached",
    "field": "phone",
    "fields": ("place", "phone"),
    "reason_code": "withdrawn",
    "same_as": "other",
    "undo": False,
    "diversion": "complaint",
    "target": "n114",
    "spoken_at": NOW,
    "agencies": ("cty_dien_luc", "cty_cap_nuoc"),
    "agency": "cty_dien_luc",
    "unit": "cty_dien_luc",
    "staff": "u1",
    "suggested_agency": "cty_cap_nuoc",
    "field_check": True,
    "handled_at": NOW,
    "promised_date": NOW.date(),
    "reference": "12/CV",
    "level": "satisfied",
    "answer": 1,
    "report_id": "r",
    "other_case": "k2",
    "main_case": "k2",
    "clock_id": "acceptance:d1",
    "name": "acceptance",
    "purpose": "deadline",
    "timing": {"due_at": NOW, "late_from": NOW, "engine": ENGINE},
    "engine": ENGINE,
    "late_s": 7_300,
    "warnings": 1,
    "tell": ("leader",),
    "confidential": True,
    "flag": "secret",
    "came_from": "received",
    "to": "received",
    "dispatch_id": "d1",
    "coordination_id": "h1",
}


def made(kind: type[Event]) -> Event:
    """An event of this kind with every field filled in that it has."""
    fields = {name: VALUES[name] for name in kind.model_fields if name in VALUES}
    sealed = {name: TEXT for name, info in kind.model_fields.items() if "SealedText" in str(info.annotation)}
    opened = {"opened": (OPENED,) if kind.__name__ == "CaseDispatched" else OPENED}
    own = opened if "opened" in kind.model_fields else {}
    return kind(at=NOW, by=ActorRef(id="u1", role="editor"), **{**fields, **sealed, **own})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def names() -> Names:
    """The words of Thừa Thiên Huế."""
    agencies = load_agencies("thua_thien_hue", NOW.date())
    return Names(load_pack("thua_thien_hue"), agencies, {"u1": "Trần Thị Bình"})


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_every_kind_of_event_reads_as_a_sentence(kind: type[Event], names: Names) -> None:
    """Begins with a capital, ends with a full stop, shows no code of ours."""
    told = sentence(made(kind), names)
    assert told[0].isupper()
    assert told.endswith(".")
    assert not re.search(r"[{}_]|None|\b[a-z]+_[a-z]+\b", told), told


def test_no_word_is_unused_and_none_is_missing() -> None:
    """The two tables belong together."""
    used = set(holes())
    assert used == set(WORDS)
    assert set(SENTENCES) == {kind.model_fields["kind"].default for kind in EVENT_TYPES}


def holes() -> Iterator[str]:
    """Every word that a sentence asks for."""
    for text in SENTENCES.values():
        yield from re.findall(r"\{(\w+)\}", text)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=30), "dưới 1 phút"),
        (timedelta(minutes=61), "1 giờ 1 phút"),
        (timedelta(days=1, minutes=5), "1 ngày 5 phút"),
        (timedelta(days=3, hours=4, minutes=5), "3 ngày 4 giờ"),
    ],
)
def test_spans_name_their_two_largest_units(length: timedelta, words: str) -> None:
    """Short enough to read in a list."""
    assert span(length) == words
