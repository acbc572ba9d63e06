"""Queues are data: who waits where, for whom, and what is done for those who have waited long enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.call_center.acd.model import Overflow, Rule
from channels.call_center.flow.happenings import Begun, Happening, Pressed, Said, Transferred, WaitForAgent
from channels.call_center.flow.lint import lint
from channels.call_center.flow.load import FlowInvalid, Source, read_flow
from channels.call_center.flow.machine import begin, go_on
from channels.call_center.flow.queues import on_the_floor

STANDARD = read_flow()


def own(tmp_path: Path, text: str) -> Source:
    """A province's own flow, based on the standard one."""
    path = tmp_path / "own.yaml"
    path.write_text(f"based_on: standard\n{text}", encoding="utf-8")
    return read_flow(path)


def waits(source: Source, *happenings: Happening) -> WaitForAgent:
    """How a caller who does this waits for a person."""
    left = list(happenings)
    state, action = begin(source.flow, Begun("123456789018", "204060"))
    while not isinstance(action, WaitForAgent):
        asked = hasattr(action, "most") or hasattr(action, "to")
        state, action = go_on(source.flow, state, left.pop(0) if asked else Said())
    return action


def test_the_standard_queues_end_with_the_machine_and_put_emergencies_first() -> None:
    queues = on_the_floor(STANDARD.flow.queues)

    assert next(iter(queues)) == "reports", "whoever was missed is called back from the first queue"
    assert all(queue.rules[-1].do is Overflow.CAPTURE for queue in queues.values())
    assert queues["urgent"].priority == max(queue.priority for queue in queues.values())
    assert not queues["english"].eases
    assert queues["reports"].eases


def test_who_chose_english_waits_for_somebody_who_speaks_it() -> None:
    asked = waits(STANDARD, Pressed("8"))

    assert (asked.queue, asked.skills, asked.language) == ("english", {"en"}, "en")


@pytest.mark.rule("VN-8")
def test_an_emergency_that_cannot_be_put_through_waits_for_a_person_before_all_others() -> None:
    asked = waits(STANDARD, Pressed("5"), Pressed("4"), Transferred(taken=False))

    assert (asked.queue, asked.skills) == ("urgent", frozenset())


def test_the_field_that_was_chosen_in_the_menu_is_a_skill(tmp_path: Path) -> None:
    source = own(
        tmp_path,
        """steps:
  agent: {do: ask, say: [menu_again], keys: {"1": traffic, "2": health}, otherwise: person}
  traffic: {do: mark, field: traffic, then: person}
  health: {do: mark, field: health, then: person}
  person:
    {do: queue, queue: reports, priority: 2, skills: [senior], then: goodbye, callback: call_back, otherwise: nobody}
""",
    )

    assert lint(source) == []
    asked = waits(source, Pressed("0"), Pressed("2"))
    assert (asked.queue, asked.priority, asked.skills) == ("reports", 2, {"health", "senior"})
    assert waits(source, Pressed("0"), *[Pressed("")] * 3).skills == {"senior"}


def test_a_province_changes_one_queue_and_keeps_the_others(tmp_path: Path) -> None:
    source = own(
        tmp_path,
        """queues:
  reports: {most_waiting: 5, rules: [{after_s: 90, do: capture}, {after_s: 30, do: move, queue: second}]}
  second: {ages_s: 30}
""",
    )

    queues = on_the_floor(source.flow.queues)
    assert lint(source) == []
    assert set(queues) == {"reports", "second", "urgent", "english"}
    assert queues["reports"].rules == (Rule(30, Overflow.MOVE, "second"), Rule(90, Overflow.CAPTURE))
    assert queues["second"].ages_s == 30


MISTAKES = (
    ("queues:\n  reports: {rules: [{after_s: 9, do: move, queue: nowhere}]}\n", "move leads to nowhere"),
    ("queues:\n  reports: {rules: [{after_s: 9, do: move}]}\n", "move leads to no queue"),
    ("queues:\n  reports: {rules: [{after_s: 9, do: ease, queue: urgent}]}\n", "ease leads to urgent"),
    (
        "queues:\n  reports: {rules: [{after_s: 9, do: move, queue: urgent}]}\n"
        "  urgent: {rules: [{after_s: 9, do: move, queue: reports}]}\n",
        "queues.reports: callers would be moved in a circle",
    ),
    ("queues:\n  reports: {rules: [{after_s: 9, do: sing}]}\n", "queues.reports.rules.0.do"),
    ("queues:\n  reports: {ring_s: 1}\n", "queues.reports.ring_s"),
    (
        "steps:\n  agent: {do: queue, queue: lost, then: goodbye, callback: call_back, otherwise: nobody}\n",
        "agent: there is no queue lost",
    ),
)


@pytest.mark.parametrize(("text", "complaint"), MISTAKES, ids=[one[1] for one in MISTAKES])
def test_each_mistake_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    try:
        found = lint(own(tmp_path, text))
    except FlowInvalid as error:
        found = error.mistakes

    assert any(complaint in str(mistake) for mistake in found), list(map(str, found))
