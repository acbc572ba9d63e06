"""The standard flow, the linter, and the promise that every call ends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.call_center.flow.draw import draw
from channels.call_center.flow.happenings import (
    Action,
    Ask,
    AskKeys,
    Begun,
    Connect,
    HangUp,
    Happening,
    Heard,
    Looked,
    Play,
    Pressed,
    Said,
    TakeMessage,
    Transferred,
    Waited,
    WaitForAgent,
)
from channels.call_center.flow.lint import lint
from channels.call_center.flow.load import FlowInvalid, Source, read_flow
from channels.call_center.flow.machine import State, begin, digits, go_on

CODE, PIN = "123456789018", "204060"
STANDARD = read_flow()


def lead(happenings: list[Happening], **begun: bool) -> tuple[State, list[Action]]:
    """A call in which these things happen; `Said` comes by itself."""
    state, action = begin(STANDARD.flow, Begun(CODE, PIN, **begun))
    done = [action]
    left = list(happenings)
    while not isinstance(action, HangUp):
        happening = Said() if isinstance(action, Play) else left.pop(0)
        state, action = go_on(STANDARD.flow, state, happening)
        done.append(action)
    assert not left
    return state, done


def played(actions: list[Action]) -> str:
    """All prompts of a call, in order."""
    return " ".join(slot for action in actions for slot in action.slots)


def test_standard_has_no_mistake() -> None:
    assert lint(STANDARD) == []


@pytest.mark.rule("VN-5", "VN-8")
def test_a_report_by_voice() -> None:
    state, actions = lead([Pressed("1"), Heard(spoken=True), Heard(spoken=True)])

    assert (state.purpose, state.notice, state.code_told, state.done) == ("report", True, True, True)
    said = played(actions)
    assert said.index("recording_notice") < said.index("emergency_first") < said.index("menu_main")
    assert said.index("menu_main") < said.index("say_what") < said.index("say_where") < said.index("code_is")
    assert said.count(" ".join(digits(CODE))) == 2
    assert said.count(" ".join(digits(PIN))) == 2


def test_silence_in_the_menu_is_recorded() -> None:
    """Somebody who cannot press keys is heard all the same."""
    state, actions = lead([Pressed("")] * 3 + [Heard(spoken=True)] * 2)

    assert state.promised
    assert sum(isinstance(action, AskKeys) for action in actions) == 3


def test_nothing_said_promises_nothing() -> None:
    state, actions = lead([Pressed("1")] + [Heard(spoken=False)] * 3)

    assert not state.promised
    assert not state.done
    assert "nothing_heard" in played(actions)


def test_a_storm_asks_nothing_and_reads_the_code_once() -> None:
    state, actions = lead([Heard(spoken=True), Heard(spoken=False)], storm=True)

    assert state.code_told
    assert not state.pin_told
    assert state.done
    assert not any(isinstance(action, AskKeys) for action in actions)
    spoken = sum(action.longest_s for action in actions if isinstance(action, TakeMessage))
    assert spoken <= 23


def test_a_code_is_followed_and_rated() -> None:
    looked = Looked(found=True, stage=("stage_done",), due=("due_none",), ratable=True)
    state, actions = lead([Pressed("2"), Pressed(CODE), Pressed(PIN), looked, Pressed("1")])

    assert (state.purpose, state.rated, state.code, state.done) == ("status", "1", CODE, True)
    assert Ask(("one_moment",), CODE, PIN) in actions
    assert "stage_is stage_done due_none" in played(actions)
    assert PIN not in str(state.pressed)


def test_without_the_case_service_somebody_calls_back() -> None:
    happenings = [Pressed("2"), Pressed(CODE), Pressed(PIN), Looked(None), Pressed("1"), Heard(spoken=True)]

    state, _ = lead(happenings)

    assert (state.purpose, state.done) == ("callback", False)


@pytest.mark.rule("VN-8")
def test_an_emergency_is_connected_and_known() -> None:
    state, actions = lead([Pressed("5"), Pressed("4"), Transferred(taken=True)])

    assert (state.purpose, state.emergency, state.done) == ("emergency", "114", False)
    assert Connect(("emergency_114",), "114") in actions


def test_another_number_is_taken_for_the_callback() -> None:
    state, _ = lead(
        [Pressed("0"), Waited("callback"), Pressed("2"), Pressed("12"), Pressed("0900000009"), Heard(spoken=False)]
    )

    assert state.call_back_to == "0900000009"


def test_a_person_answers() -> None:
    state, actions = lead([Pressed("0"), Waited("talked")])

    assert state.talked
    assert WaitForAgent(("please_wait",), "reports") in actions


def test_nobody_is_there_at_night() -> None:
    state, actions = lead([Pressed("0"), Waited("machine"), Pressed("1"), Heard(spoken=True)], open=False)

    assert state.purpose == "callback"
    assert "agents_away" in played(actions)


def test_a_withheld_number_is_asked_for() -> None:
    _, actions = lead([Pressed("9"), Pressed("0900000009"), Heard(spoken=True)], caller_known=False)

    assert "call_back_this_number" not in played(actions)
    assert "enter_phone" in played(actions)


KEYS = st.text("0123456789*#", max_size=13)
HAPPENINGS: Mapping[type[Action], st.SearchStrategy[Happening]] = MappingProxyType(
    {
        Play: st.just(Said()),
        AskKeys: st.builds(Pressed, st.one_of(st.just(""), st.sampled_from("1259"), st.just(CODE), st.just(PIN), KEYS)),
        TakeMessage: st.builds(Heard, st.booleans()),
        Ask: st.builds(Looked, st.sampled_from([None, False, True])),
        Connect: st.builds(Transferred, st.booleans()),
        WaitForAgent: st.builds(Waited, st.sampled_from(["talked", "callback", "machine"])),
    }
)


@given(st.data(), st.booleans(), st.booleans(), st.booleans())
def test_every_call_ends(data: st.DataObject, is_open: bool, storm: bool, known: bool) -> None:
    """Whatever is pressed; recorded only after the notice; a code that was told was promised."""
    state, action = begin(STANDARD.flow, Begun(CODE, PIN, open=is_open, storm=storm, caller_known=known))
    steps = 0
    while not isinstance(action, HangUp):
        assert not isinstance(action, TakeMessage) or state.notice
        state, action = go_on(STANDARD.flow, state, data.draw(HAPPENINGS[type(action)]))
        steps += 1

    assert steps <= STANDARD.flow.most_steps + 3
    assert state.promised or not state.code_told
    assert state.done <= (state.purpose != "callback")


def test_what_cannot_happen_is_refused() -> None:
    state, _ = begin(STANDARD.flow, Begun(CODE, PIN))

    with pytest.raises(ValueError, match="Pressed at welcome"):
        go_on(STANDARD.flow, state, Pressed("1"))


@pytest.mark.parametrize(
    ("number", "spelled"), [("1234567890", "1 2 3 4 _ 5 6 7 8 _ 9 0"), ("204060", "2 0 4 _ 0 6 0"), ("", "")]
)
def test_digits(number: str, spelled: str) -> None:
    assert tuple("pause" if one == "_" else f"digit_{one}" for one in spelled.split()) == digits(number)


def test_the_drawing_shows_every_step() -> None:
    drawn = draw(STANDARD.flow)

    assert all(f"s_{name}" in drawn for name in STANDARD.flow.steps)
    assert "s_menu -->|1| s_report" in drawn
    assert drawn.startswith("flowchart TD\n")


def own(tmp_path: Path, text: str) -> Source:
    """A province's own flow."""
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return read_flow(path)


def test_a_province_changes_what_it_needs(tmp_path: Path) -> None:
    source = own(tmp_path, "based_on: standard\nname: own\nsteps:\n  goodbye: {do: end, say: [goodbye, music]}\n")

    assert lint(source) == []
    assert source.flow.steps["goodbye"].say == ("goodbye", "music")
    assert source.flow.name == "own"


MISTAKES = (
    ("  goodbye: {do: end, then: x}\n", "own.yaml:3: steps.goodbye.end.then: Extra inputs are not permitted"),
    ("  goodbye: null\n", "again: leads to goodbye, which does not exist"),
    ("  extra: {do: end}\n", "own.yaml:3: extra: nothing leads there"),
    ("  welcome: {do: say, say: [welcome], then: welcome}\n", "own.yaml:3: welcome: no way to an end"),
    ("  report: {do: mark, then: report}\n", "own.yaml:3: report: a circle in which nothing is said"),
    ("  opening: {do: branch, on: open, yes: what, no: notice}\n", "(VN-5)"),
    ("  code: {do: code, say: [code_is], then: thanks}\n", "own.yaml:3: code: the code is promised and not read out"),
    ("  menu: {do: ask, keys: {A: report}, otherwise: goodbye}\n", "own.yaml:3: menu: no key of a telephone: A"),
    ("  too_long: {do: say, then: menu}\n", "the way from give_up may neither ask nor turn back"),
    ("  welcome: {do: say, say: [nonsense], then: notice}\n", "own.yaml:3: welcome: there is no prompt nonsense"),
    ("  ask_pin: {do: collect, into: pin, least: 6, most: 4, then: look_up, otherwise: sorry}\n", "least is more"),
)


@pytest.mark.parametrize(("steps", "complaint"), MISTAKES, ids=[one[1][-30:] for one in MISTAKES])
def test_each_mistake_is_found_where_it_is(tmp_path: Path, steps: str, complaint: str) -> None:
    slots = {slot for step in STANDARD.flow.steps.values() for slot in (*step.say, *getattr(step, "wrong", ()))}
    try:
        found = lint(own(tmp_path, f"based_on: standard\nsteps:\n{steps}"), slots)
    except FlowInvalid as error:
        found = error.mistakes

    assert any(complaint in str(mistake) for mistake in found), list(map(str, found))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("steps: [", "own.yaml:1: no YAML"),
        ("- a\n", "own.yaml:1: a flow is a mapping"),
        ("based_on: own\nsteps: {}\n", "leads back to itself"),
        ("based_on: nowhere\nsteps: {}\n", "cannot be read"),
    ],
)
def test_a_file_that_is_no_flow(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(FlowInvalid, match=complaint.replace("[", r"\[")):
        own(tmp_path, text)
