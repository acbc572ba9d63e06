"""A centre rearranges its menus: callers hear the keys that there are, and nobody in danger is left without theirs."""

from __future__ import annotations

from typing import Any

import pytest

from channels.call_center.flow.faults import Fault
from channels.call_center.flow.happenings import Action, AskKeys, Begun, Play, Pressed, Said
from channels.call_center.flow.lint import lint
from channels.call_center.flow.load import read_flow
from channels.call_center.flow.machine import State, begin, go_on
from channels.call_center.flow.model import Ask, Flow, menus_of
from channels.call_center.flow.plan import UNCHANGED, Item, Menu, Plan, planned, wrong_with
from channels.call_center.prompts.catalogue import read_catalogue

STANDARD = read_flow()
SLOTS = read_catalogue()


def plan(menu: str = "", again: str = "", **more: Any) -> Plan:
    """Menus as `3=report 5=emergency`."""
    typed = {"menu": menu, "again": again}
    menus = {
        name: Menu(items=tuple(Item(key=one[0], to=one[2:]) for one in told.split()))
        for name, told in typed.items()
        if told
    }
    return Plan(menus=menus, **more)


def led(flow: Flow, *pressed: str) -> tuple[State, list[Action]]:
    """A call in which these keys are pressed, until something else is asked than keys."""
    state, action = begin(flow, Begun("123456789018", "204060"))
    done, keys = [action], list(pressed)
    while isinstance(action, Play) or (isinstance(action, AskKeys) and keys):
        state, action = go_on(flow, state, Said() if isinstance(action, Play) else Pressed(keys.pop(0)))
        done.append(action)
    return state, done


def test_nothing_changed_is_the_flow_as_it_is_written() -> None:
    assert planned(STANDARD.flow, UNCHANGED) == STANDARD.flow
    assert set(menus_of(STANDARD.flow)) == {"menu", "again"}


@pytest.mark.rule("VN-8")
def test_a_changed_menu_is_read_out_as_it_is_and_leads_where_it_says() -> None:
    """English is off, a report is on key 3 and read out after the look-up; what was on key 1 is there no more."""
    changed = plan("2=follow 3=report 5=emergency")
    flow = planned(STANDARD.flow, changed)

    asked = led(flow)[1][-1]
    assert isinstance(asked, AskKeys)
    assert asked.slots == ("entry_follow", "digit_2", "pause", "entry_report", "digit_3", "pause")
    assert led(flow, "3")[0].step == "what"
    assert led(flow, "1")[0].step == "menu"
    assert led(flow, "5")[0].purpose == "emergency"
    assert "english" not in flow.steps
    assert wrong_with(STANDARD, changed, SLOTS) == []


def test_only_another_way_for_the_silent_keeps_the_recorded_menu() -> None:
    items = tuple(Item(key=key, to=to) for key, to in menus_of(STANDARD.flow)["menu"].keys.items())
    flow = planned(STANDARD.flow, Plan(menus={"menu": Menu(items=items, otherwise="agent")}))

    state, actions = led(flow, "", "", "")
    assert actions[-1].slots == ("please_wait",)
    assert state.step == "agent"
    assert any("menu_main" in action.slots for action in actions)


def test_words_that_name_their_key_are_read_without_another() -> None:
    asked = led(planned(STANDARD.flow, plan("8=english 5=emergency 1=report")))[1][-1]
    assert asked.slots == ("english_entry", "pause", "entry_report", "digit_1", "pause")


@pytest.mark.rule("VN-5", "VN-8")
def test_a_number_leads_straight_to_an_entry_and_still_hears_who_is_in_danger() -> None:
    changed = Plan(numbers={"19001075": "follow"})
    flow = planned(STANDARD.flow, changed, "19001075")

    state, actions = led(flow, "")
    heard = " ".join(slot for action in actions for slot in action.slots)
    assert state.step == "ask_code"
    assert heard.index("recording_notice") < heard.index("emergency_first") < heard.index("enter_code")
    assert "menu_main" not in heard
    assert led(flow, "5")[0].purpose == "emergency"
    assert planned(STANDARD.flow, changed, "1022") == STANDARD.flow
    assert wrong_with(STANDARD, changed, SLOTS) == []


def test_callers_wait_in_the_queue_that_was_chosen() -> None:
    flow = planned(STANDARD.flow, Plan(queues={"english_agent": "reports", "menu": "reports"}))
    assert led(flow, "8")[1][-1].queue == "reports"  # type: ignore[union-attr]
    assert isinstance(flow.steps["menu"], Ask)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (plan("1=report 2=follow"), Fault.NEEDED),
        (plan("1=report 5=follow 4=emergency"), Fault.OTHER_KEY),
        (plan("1=report 7=english 5=emergency"), Fault.OTHER_KEY),
        (plan("1=report 1=follow 5=emergency"), Fault.TWICE),
        (plan(again="1=report"), Fault.NEEDED),
        (plan("1=nowhere 5=emergency"), Fault.LOST),
        (Plan(queues={"agent": "made_up"}), Fault.NO_QUEUE),
        (Plan(numbers={"1022": "made_up"}), Fault.LOST),
    ],
    ids=lambda given: given if isinstance(given, str) else "plan",
)
def test_what_would_leave_callers_lost_is_refused(changed: Plan, fault: Fault) -> None:
    found = wrong_with(STANDARD, changed, SLOTS)
    assert fault in {mistake.fault for mistake in found}
    assert len(found) == len(set(found))


@pytest.mark.parametrize("off", ["report", "follow", "agent", "call_back", "english"])
def test_each_entry_may_be_off(off: str) -> None:
    """What is behind it alone is gone; the linter finds nothing."""
    kept = [(key, to) for key, to in menus_of(STANDARD.flow)["menu"].keys.items() if to != off]
    changed = Plan(menus={"menu": Menu(items=tuple(Item(key=key, to=to) for key, to in kept))})

    assert wrong_with(STANDARD, changed, SLOTS) == []
    assert led(planned(STANDARD.flow, changed), "5")[0].purpose == "emergency"


def test_every_offer_can_be_read_out() -> None:
    said = {slot for offer in STANDARD.flow.offers.values() for slot in offer.say}
    assert said <= SLOTS.keys()
    assert lint(STANDARD, SLOTS) == []
