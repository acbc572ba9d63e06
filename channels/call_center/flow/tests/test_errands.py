"""What is heard by somebody whom the machine calls: a result read out, a one-time password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    HangUp,
    Happening,
    Looked,
    Play,
    Pressed,
    Said,
    Waited,
    WaitForAgent,
)
from channels.call_center.flow.lint import lint
from channels.call_center.flow.load import CODE_FLOW, RESULT_FLOW, STANDARD, Source, read_named
from channels.call_center.flow.machine import State, begin, digits, go_on
from channels.call_center.flow.model import NOTICE
from channels.call_center.prompts.catalogue import read_catalogue

CODE, PIN, OTP = "123456789018", "204060", "918273"
RESULT, PASSWORD = read_named(RESULT_FLOW), read_named(CODE_FLOW)
ANSWERED = Looked(True, stage=("stage_answered",), ratable=True)
PROVED = Begun(CODE, "", ours=True, looked=ANSWERED)
STRANGER = Begun(CODE, "", ours=True)


def lead(source: Source, begun: Begun, happenings: Sequence[Happening]) -> tuple[State, list[Action]]:
    """The call until the happenings are used up or we hang up; what is played is always heard to its end."""
    left = list(happenings)
    state, action = begin(source.flow, begun)
    actions = [action]
    while not isinstance(action, HangUp):
        if not isinstance(action, Play) and not left:
            break
        state, action = go_on(source.flow, state, Said() if isinstance(action, Play) else left.pop(0))
        actions.append(action)
    return state, actions


def heard(actions: Sequence[Action]) -> tuple[str, ...]:
    return tuple(slot for action in actions for slot in action.slots)


@pytest.mark.parametrize("name", [STANDARD, RESULT_FLOW, CODE_FLOW])
def test_what_is_shipped_has_no_mistake_and_is_drawn(name: str) -> None:
    source = read_named(name)

    assert lint(source, read_catalogue()) == []
    assert all(f"s_{step}" in draw(source.flow) for step in source.flow.steps)


@pytest.mark.rule("VN-5")
def test_a_result_is_read_to_whom_it_belongs_and_rated() -> None:
    begun = Begun(CODE, "", ours=True, looked=ANSWERED, told=("told_1",))

    state, actions = lead(RESULT, begun, [Pressed("1"), Pressed("2")])

    said = heard(actions)
    assert said[:2] == ("result_call", NOTICE)
    assert tuple(one for one in said if one in ("told_is", "told_1", "rate")) == ("told_is", "told_1", "rate")
    assert (state.code, state.rated, state.followed, state.done, state.notice) == (CODE, "2", True, True, True)
    assert not state.proved, "that a number is proved is nothing that this call has proved"


def test_without_a_voice_the_stage_is_said() -> None:
    _, actions = lead(RESULT, PROVED, [Pressed("1"), Pressed("1")])

    assert "stage_answered" in heard(actions)
    assert "told_is" not in heard(actions)


def test_five_levels_where_there_are_five() -> None:
    begun = Begun(CODE, "", ours=True, looked=replace(ANSWERED, levels=5))

    state, actions = lead(RESULT, begun, [Pressed("1"), Pressed("5")])

    assert ("rate_five" in heard(actions), state.rated) == (True, "5")


def test_nothing_is_told_to_a_stranger_without_the_pin() -> None:
    state, actions = lead(RESULT, STRANGER, [Pressed("1"), Pressed(PIN), Looked(False)])

    assert "stage_answered" not in heard(actions)
    assert heard(actions)[-2:] == ("news_waits", "goodbye")
    assert (state.proved, state.rated, state.done, state.pressed) == (False, "", True, (("greeting", "1"),))


def test_the_pin_opens_it_and_proves_the_number() -> None:
    state, actions = lead(RESULT, STRANGER, [Pressed("1"), Pressed(PIN), ANSWERED, Pressed("3")])

    assert "stage_answered" in heard(actions)
    assert (state.proved, state.rated, state.followed) == (True, "3", True)


def test_a_voice_mail_box_hears_nothing() -> None:
    """It presses no key: nobody was reached."""
    for source, begun in ((RESULT, PROVED), (PASSWORD, Begun("", "", otp=OTP))):
        state, actions = lead(source, begun, [Pressed(""), Pressed("")])

        assert (state.done, state.followed, state.notice) == (False, False, False)
        assert not {"digit_1", "stage_answered", NOTICE} & set(heard(actions))


@pytest.mark.parametrize("place", [[Pressed("9")], [Pressed("1"), Pressed("9")]], ids=["at once", "after the result"])
def test_nine_leads_to_a_person(place: list[Happening]) -> None:
    talked, actions = lead(RESULT, PROVED, [*place, Waited("talked")])
    owed, _ = lead(RESULT, PROVED, [*place, Waited("machine")])

    assert NOTICE in heard(actions[: actions.index(next(a for a in actions if isinstance(a, WaitForAgent)))])
    assert (talked.talked, talked.done) == (True, True)
    assert (owed.purpose, owed.done) == ("callback", False)


def test_who_wants_no_more_calls_says_so_by_a_key() -> None:
    state, actions = lead(RESULT, PROVED, [Pressed("8")])

    assert (state.opted_out, heard(actions)[-2:]) == (True, ("no_more_calls", "goodbye"))


@pytest.mark.rule("QB-QD.III.1.1a")
def test_a_password_is_read_twice_digit_by_digit_after_a_key() -> None:
    state, actions = lead(PASSWORD, Begun("", "", otp=OTP), [Pressed("1"), Pressed("")])

    assert heard(actions[:1]) == ("otp_call",)
    spelled = digits(OTP)
    assert heard(actions[1:2]) == ("otp_is", *spelled, "otp_again", *spelled, "otp_keep")
    assert (state.followed, state.done, state.notice) == (True, True, False)
    assert OTP not in repr(state)


KEYS = st.one_of(st.just(""), st.sampled_from("123456789"), st.just(PIN), st.text("0123456789*#", max_size=7))
HAPPENINGS: Mapping[type[Action], st.SearchStrategy[Happening]] = MappingProxyType(
    {
        Play: st.just(Said()),
        AskKeys: st.builds(Pressed, KEYS),
        Ask: st.builds(Looked, st.sampled_from([None, False, True])),
        WaitForAgent: st.builds(Waited, st.sampled_from(["talked", "callback", "machine"])),
    }
)


@given(st.data(), st.sampled_from([RESULT, PASSWORD]), st.sampled_from([PROVED, STRANGER]))
def test_every_call_ends(data: st.DataObject, source: Source, begun: Begun) -> None:
    """Whatever is pressed; and nothing of a report is told before a key, nor to a stranger before the PIN."""
    state, action = begin(source.flow, begun)
    steps = 0
    while not isinstance(action, HangUp):
        secret = {"stage_answered", "rate", "told_is"} & set(action.slots)
        assert not secret or state.proved or begun is PROVED
        assert not isinstance(action, WaitForAgent) or state.notice
        state, action = go_on(source.flow, state, data.draw(HAPPENINGS[type(action)]))
        steps += 1

    assert steps <= source.flow.most_steps + 3
