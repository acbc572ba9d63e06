"""`docs/channels.md` says what the channels' own contracts say."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.contract.errors import ConfigError
from gateway.channel_table import CHANNELS, FILE, PAGE, read_columns, reasons_of, table
from gateway.channel_traits import COMES_IN, GOES_OUT, REASONS, TRIED
from tests.contract.subject import Subject, subjects
from tests.contract.traits import PROVED

COLUMNS = {column.name: column for column in read_columns()}
SUBJECTS = subjects()


def test_the_page_is_current() -> None:
    """Otherwise: `langnghe channel table --write`."""
    assert PAGE.read_text(encoding="utf-8") == table(read_columns())


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.label)
def test_what_the_contract_proves_is_in_the_table(subject: Subject) -> None:
    """And what no delivery proves is not claimed."""
    claimed = COLUMNS[subject.name].comes_in
    proved = {
        "photos": bool(subject.with_file or subject.to_fetch or subject.stored),
        "edits": bool(subject.edits),
        "elsewhere": bool(subject.echoes),
        "delivered": bool(subject.receipts),
    }
    for trait, is_proved in proved.items():
        says = any(COLUMNS[one.name].comes_in[trait].how == "yes" for one in SUBJECTS if one.name == subject.name)
        if subject.variant:  # one of several providers may have less
            assert says or not is_proved, trait
        else:
            assert (claimed[trait].how == "yes") == is_proved, trait


def test_every_channel_under_contract_and_with_an_adapter_has_a_column() -> None:
    """The rows are the same for all of them."""
    assert {one.name for one in SUBJECTS} <= COLUMNS.keys()
    for column in COLUMNS.values():
        assert (CHANNELS / column.name / "README.md").exists()
        assert (column.comes_in.keys(), column.goes_out.keys()) == (COMES_IN.keys(), GOES_OUT.keys())


def test_every_reason_is_needed() -> None:
    """The list stays closed, and short."""
    assert set(reasons_of(list(COLUMNS.values()))) == REASONS.keys()


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.label)
def test_what_is_not_tried_has_a_reason(subject: Subject) -> None:
    """And what is tried has none."""
    untried = COLUMNS[subject.name].untried
    assert untried is not None
    tried = {trait for trait, proved in PROVED.items() if proved(subject)}

    assert tried == TRIED.keys() - untried[subject.variant].keys()


def test_the_suite_tries_all_that_the_table_names() -> None:
    """Both lists are one."""
    assert PROVED.keys() == TRIED.keys()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"no: not_told"', '"no: too_much_work"', "no reason of the list"),
        ('"no: not_told"', '"no"', "no reason of the list"),
        ('"no: not_told"', '"perhaps"', "neither yes, words nor no"),
        ('"no: not_told"', '"words"', "neither yes, words nor no"),
        ("  stop:", "  stops:", "missing or unknown: stop, stops"),
        ("  window: any_time", "  windows: any_time", "tried nowhere"),
        ("  window: any_time", "  window: too_much_work", "no provider or no reason of the list"),
        ("  window: any_time", "  window: {another: any_time}", "no provider or no reason of the list"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """Key, problem, example."""
    (tmp_path / "email").mkdir()
    text = (CHANNELS / "email" / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "email" / FILE).write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(ConfigError, match=problem):
        read_columns(tmp_path)
