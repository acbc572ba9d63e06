"""The form of a command: what is read out of it, and what is said about it before the regulation is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from multidict import MultiDict, MultiDictProxy

from core.cases.commands import NAMES
from core.service.reading.views import InputView, Labelled, MoveView
from gateway.console import fields


def read(command: str, *pairs: tuple[str, str]) -> fields.Typed:
    """What was typed."""
    return fields.read(command, MultiDictProxy(MultiDict(pairs)))


def move(command: str, *asked: InputView) -> MoveView:
    """A move with these fields."""
    return MoveView(command=command, label="", dispatch_id=None, coordination_id=None, about="", fields=asked, rules=())


def test_dates_and_moments_are_vietnamese() -> None:
    """A day is a day; a clock time is that of a wall in Huế."""
    promised = fields.payload("commit_interim", read("commit_interim", ("promised_date", "2026-12-01")))
    spoken = fields.payload("hand_over_emergency", read("hand_over_emergency", ("spoken_at", "2026-11-23T07:05")))

    assert promised["promised_date"] == date(2026, 12, 1)
    assert spoken["spoken_at"].astimezone(UTC) == datetime(2026, 11, 23, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["31/12/2026", "2026-13-01", "mai", "2026-12-01T99:99"])
def test_what_is_no_date_is_said(written: str) -> None:
    """Beside its field."""
    asked = InputView(name="promised_date", label="Ngày hẹn hoàn thành", kind="date", required=True)
    typed = read("commit_interim", ("promised_date", written))

    assert fields.problems(move("commit_interim", asked), typed) == {"promised_date": "Ngày hoặc giờ chưa đúng."}


def test_several_choices_stay_several_and_one_stays_one() -> None:
    """As the command takes them; what was left empty is left out."""
    many = fields.payload("dispatch", read("dispatch", ("agencies", "a"), ("agencies", "b"), ("note", " "), ("x", "y")))
    one = fields.payload("send_back", read("send_back", ("suggested_agency", "a"), ("suggested_agency", "b")))

    assert many == {"agencies": ("a", "b")}
    assert one == {"suggested_agency": "a", "agency_unknown": False, "field_check": False}


def test_control_characters_and_endless_texts_do_not_pass() -> None:
    """NUL is dropped; what is too long is said, not cut in silence."""
    asked = InputView(name="reason", label="Lý do", kind="text", required=True)
    dirty, endless = read("escalate", ("reason", "a\x00b")), read("escalate", ("reason", "x" * 30_000))

    assert dirty.one("reason") == "ab"
    assert "quá 20000 ký tự" in fields.problems(move("escalate", asked), endless)["reason"]


def test_a_list_without_choices_is_shown_only_where_it_must_be_filled() -> None:
    """An empty optional list is noise; an empty required one explains itself."""
    optional = InputView(name="urgency", label="Mức độ", kind="urgency", required=False)
    required = InputView(name="agencies", label="Cơ quan", kind="agencies", required=True)
    drawn = fields.controls(move("dispatch", required, optional), read("dispatch"), {})

    assert [(one.name, one.widget) for one in drawn] == [("agencies", "checks")]


def test_few_choices_are_radio_buttons_and_many_a_list() -> None:
    """Of required fields; an optional one can be left alone only in a list."""
    few = tuple(Labelled(id=str(number), label="") for number in range(3))
    asked = InputView(name="reason_code", label="", kind="decline_reason", required=True, choices=few)
    drawn = [
        fields.controls(move("decline", one), read("decline"), {})[0].widget
        for one in (asked, asked.model_copy(update={"choices": few * 3}), asked.model_copy(update={"required": False}))
    ]

    assert drawn == ["radios", "select", "select"]


@pytest.mark.parametrize("command", sorted(NAMES))
def test_every_command_of_the_table_can_be_read(command: str) -> None:
    """An empty form of any command is read without a slip and carries nothing but unticked boxes."""
    carried = fields.payload(command, read(command))

    assert all(value is False for value in carried.values())
