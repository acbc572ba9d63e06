"""Each pack says what its fair copy says, rule by rule."""

from __future__ import annotations

from functools import cache

import pytest

from core.regulations.loader import load_pack, pack_names
from tests.core.regulations.fair_copy import FOLDER, fair_copy, written


def rules_of(name: str) -> list[str]:
    return sorted({rule for line in written(name).values() for rule in line.split("\t")[0].split()})


def by_rule(lines: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines.values():
        for rule in line.split("\t")[0].split():
            found.setdefault(rule, []).append(line)
    return found


@cache
def said(name: str) -> dict[str, list[str]]:
    return by_rule(fair_copy(load_pack(name)))


@cache
def kept(name: str) -> dict[str, list[str]]:
    return by_rule(written(name))


ROWS = [(name, rule) for name in pack_names() for rule in rules_of(name)]


@pytest.mark.parametrize(("copied", "rule"), ROWS, ids=[f"{name}: {rule}" for name, rule in ROWS])
def test_the_pack_says_what_its_fair_copy_says(copied: str, rule: str) -> None:
    """Word for word, for the entries of this rule."""
    assert said(copied).get(rule) == kept(copied).get(rule)


def test_every_pack_has_its_fair_copy_and_nothing_stands_in_it_that_is_gone() -> None:
    """Nor is there a copy of a pack that is not there."""
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(pack_names())
    for name in pack_names():
        assert written(name).keys() == fair_copy(load_pack(name)).keys()
