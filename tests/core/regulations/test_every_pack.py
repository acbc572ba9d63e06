"""
What makes sense under any regulation: whose work it is can do it, and hears of it in time.

Rule by rule, for the entries that cite it; the rules themselves are proved by the tests of their regulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import get_args

import pytest

from core.regulations.loader import load_pack, pack_names
from core.regulations.model import ClockSpec, Pack, Stage
from core.regulations.sections import Notification
from core.regulations.words import Level, parse_trigger

NOT_STAFF = {"reporter", "system"}


@cache
def pack_of(name: str) -> Pack:
    return load_pack(name)


def stages(pack: Pack) -> Iterator[tuple[Level, Stage]]:
    for level in get_args(Level):
        yield from ((level, stage) for stage in getattr(pack.stages, level).values())


def rules(pack: Pack) -> list[str]:
    entries = [*pack.clocks.values(), *pack.notifications.values(), *(stage for _, stage in stages(pack))]
    return sorted({rule for entry in (*entries, *pack.rating.levels.values()) for rule in entry.cites})


ROWS = [(name, rule) for name in pack_names() for rule in rules(pack_of(name))]
row = pytest.mark.parametrize(("regulation", "rule"), ROWS, ids=[f"{name}: {rule}" for name, rule in ROWS])


@row
def test_whoever_owns_a_stage_can_lead_on_from_it(regulation: str, rule: str) -> None:
    """A task nobody can finish would lie in a queue for ever."""
    pack = pack_of(regulation)
    for level, stage in stages(pack):
        if rule in stage.cites and stage.owner and stage.kind == "open":
            assert stage.owner in leading_on(pack, level, stage.id), f"{stage.owner} is stuck at {stage.id}"


def leading_on(pack: Pack, level: Level, stage: str) -> set[str]:
    """Who has a row that names this stage and leaves it, opens something or moves the case."""
    rows = [move for move in pack.moves.values() if move.at == level and stage in move.from_]
    return {role for move in rows if move.to not in (None, stage) or move.case_to or move.opens for role in move.by}


@row
def test_whoever_has_a_limit_can_meet_it_and_hears_of_it(regulation: str, rule: str) -> None:
    """Before it ends, where anybody is warned, and when it has."""
    pack = pack_of(regulation)
    for clock in pack.clocks.values():
        if rule in clock.cites and clock.kind == "deadline":
            able = able_to_meet(pack, clock)
            assert clock.role in able, f"{clock.role} cannot meet {clock.id}"
            for told in [warning.tell for warning in clock.warnings]:
                assert clock.role in told, f"{clock.role} is not warned of {clock.id}"
            assert clock.role in clock.breach.tell or not clock.breach.tell


def able_to_meet(pack: Pack, clock: ClockSpec) -> set[str]:
    """By a command that stops it, by one that leads into a stage that does, or as the owner of where it begins."""
    able: set[str] = set()
    for trigger in clock.stop:
        kind, word = parse_trigger(trigger)
        stage = word.partition("/")[2]
        rows = pack.moves_for(word) if kind == "command" else pack.moves.values()
        able |= {r for m in rows if kind == "command" or stage in {m.to, *m.dispatches.values()} for r in m.by}
    return able | owners_of_work(pack, clock)


def owners_of_work(pack: Pack, clock: ClockSpec) -> set[str]:
    """Whose turn it is while the case stands in a stage from which a command stops the clock."""
    stopping = {word for trigger in clock.stop for kind, word in [parse_trigger(trigger)] if kind == "command"}
    rows = [move for move in pack.moves.values() if move.command in stopping and move.at == clock.at]
    named = {name for move in rows for name in move.from_}
    return {stage.owner for level, stage in stages(pack) if level == clock.at and stage.id in named and stage.owner}


@row
def test_whose_work_begins_hears_of_it(regulation: str, rule: str) -> None:
    """A notice to staff on entering a stage reaches its owner."""
    pack = pack_of(regulation)
    for notice in pack.notifications.values():
        staff = set(notice.to) - NOT_STAFF
        for owner in owners(pack, notice) if rule in notice.cites and staff else ():
            assert owner in staff, f"{owner} does not hear of {notice.id}"


def owners(pack: Pack, notice: Notification) -> Iterator[str]:
    for trigger in notice.on:
        kind, word = parse_trigger(trigger)
        level, _, stage = word.partition("/")
        if kind == "stage" and getattr(pack.stages, level)[stage].owner:
            yield getattr(pack.stages, level)[stage].owner


@row
def test_verdicts_are_ranked_one_by_one_from_the_worst(regulation: str, rule: str) -> None:
    """Buttons, figures and the answer by number go by the rank."""
    levels = list(pack_of(regulation).rating.levels.values())

    if any(rule in level.cites for level in levels):
        assert [level.score for level in levels] == list(range(1, len(levels) + 1))
        assert (levels[0].id, levels[-1].id) == ("dissatisfied", "satisfied")
