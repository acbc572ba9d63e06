"""
The interpreter of flows: what has happened in, what to do next out. Pure; it knows neither time nor sound.

Every path ends: each question has a number of tries, each call a number of steps, and `give_up` leads only to an end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.call_center.flow import model
from channels.call_center.flow.happenings import (
    VIETNAMESE,
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
from channels.call_center.flow.model import NOTICE, Flow, Slots, Step

_NEWS = frozenset({"$stage", "$told", "$otp"})
"""Whoever heard one of them was told what the call was for."""
_THREE = 3


@dataclass(frozen=True)
class State:
    """
    Where a call stands. `tries` are those of the present step; `steps` counts audible ones.

    `done`: the flow came to an end at which nobody has to call back. `notice`: recording was announced. `code_told`:
    the promised code was read out to its end; `followed`: where a report stands was, or what we called to tell;
    `talked`: a person answered. `proved`: the PIN was right. `opted_out`: they want no more calls of a machine.
    `pressed`: keys by step, without those of a PIN.
    """

    begun: Begun
    step: str = ""
    tries: int = 0
    steps: int = 0
    given_up: bool = False
    purpose: str = ""
    language: str = VIETNAMESE
    field: str = ""
    emergency: str = ""
    notice: bool = False
    promised: bool = False
    code_told: bool = False
    pin_told: bool = False
    followed: bool = False
    talked: bool = False
    done: bool = False
    proved: bool = False
    opted_out: bool = False
    code: str = ""
    pin: str = ""
    call_back_to: str = ""
    looked: Looked | None = None
    rated: str = ""
    pressed: tuple[tuple[str, str], ...] = ()


def begin(flow: Flow, begun: Begun) -> tuple[State, Action]:
    """The first thing to do in a call."""
    code = begun.code if begun.ours else ""
    return _enter(flow, State(begun, code=code, looked=begun.looked), flow.start)


def go_on(flow: Flow, state: State, happening: Happening) -> tuple[State, Action]:
    """The next thing to do. ValueError: that cannot happen at this step."""
    step = flow.steps[state.step]
    state = _heard(state, step, happening)
    match step, happening:
        case (model.Say() | model.Code(), Said()):
            return _enter(flow, state, step.then)
        case model.Ask(), Pressed(keys):
            return _asked(flow, state, step, keys)
        case model.Collect(), Pressed(keys):
            return _collected(flow, state, step, keys)
        case model.Record(), Heard(spoken):
            return _enter(flow, state, step.then) if spoken else _again(flow, state, step)
        case model.LookUp(), Looked(found):
            to = step.away if found is None else step.found if found else step.wrong
            return _enter(flow, replace(state, looked=happening, proved=bool(found)), to)
        case model.Transfer(), Transferred(taken):
            return _enter(flow, state, step.then if taken else step.otherwise)
        case model.Queue(), Waited(outcome):
            talked = replace(state, talked=state.talked or outcome == "talked")
            ways = {"talked": step.then, "callback": step.callback, "machine": step.otherwise}
            return _enter(flow, talked, ways[outcome])
    raise ValueError(f"{type(happening).__name__} at {state.step}")


def _heard(state: State, step: Step, happening: Happening) -> State:
    """What the caller has been told, now that it was played."""
    state = replace(state, notice=state.notice or NOTICE in step.say)
    if isinstance(step, model.Code) and isinstance(happening, Said):
        return replace(state, code_told=True, pin_told="$pin" in step.say)
    told = _NEWS | {"$code"} if state.begun.ours else _NEWS
    return replace(state, followed=state.followed or not told.isdisjoint(step.say))


def _asked(flow: Flow, state: State, step: model.Ask, keys: str) -> tuple[State, Action]:
    state = replace(state, pressed=(*state.pressed, (state.step, keys))) if keys else state
    to = step.keys.get(keys)
    return _enter(flow, state, to) if to else _again(flow, state, step)


def _collected(flow: Flow, state: State, step: model.Collect, keys: str) -> tuple[State, Action]:
    if not (keys.isascii() and keys.isdigit() and step.least <= len(keys) <= step.most):
        return _again(flow, state, step)
    if step.into == "pin":
        return _enter(flow, replace(state, pin=keys), step.then)
    state = replace(state, pressed=(*state.pressed, (state.step, keys)))
    kept = replace(state, code=keys) if step.into == "code" else replace(state, call_back_to=keys)
    return _enter(flow, kept, step.then)


def _again(flow: Flow, state: State, step: model.Ask | model.Collect | model.Record) -> tuple[State, Action]:
    """One more try, or the way for those with whom it does not work."""
    tries = state.tries + 1
    if tries >= step.tries:
        return _enter(flow, state, step.otherwise)
    return _speak(flow, replace(state, tries=tries), step, first=getattr(step, "wrong", ()))


def _enter(flow: Flow, state: State, name: str) -> tuple[State, Action]:
    """Go to a step, and past those that say nothing; the linter knows that these make no circle."""
    step = flow.steps[name]
    state = replace(state, step=name, tries=0)
    if isinstance(step, model.Branch):
        return _enter(flow, state, step.yes if _holds(state, step.on) else step.no)
    if isinstance(step, model.Mark):
        return _enter(flow, _marked(state, step), step.then)
    return _speak(flow, state, step)


def _holds(state: State, on: str) -> bool:
    match on:
        case "ratable":
            return bool(state.looked and state.looked.ratable)
        case "proved":
            return bool(state.looked and state.looked.found)
        case "spoken":
            return bool(state.begun.told)
        case "five_levels":
            return bool(state.looked and state.looked.levels > _THREE)
    return bool(getattr(state.begun, on))


def _marked(state: State, step: model.Mark) -> State:
    return replace(
        state,
        purpose=step.purpose or state.purpose,
        emergency=step.emergency or state.emergency,
        language=step.language or state.language,
        field=step.field or state.field,
        rated=step.rating or state.rated,
        opted_out=step.opts_out or state.opted_out,
    )


def _speak(flow: Flow, state: State, step: Step, *, first: Slots = ()) -> tuple[State, Action]:
    """The action of an audible step; too many of them, and the caller is led to the end."""
    state = replace(state, steps=state.steps + 1)
    if state.steps > flow.most_steps and not state.given_up:
        return _enter(flow, replace(state, given_up=True), flow.give_up)
    if isinstance(step, model.Code):
        state = replace(state, promised=True)
    if isinstance(step, model.End):
        state = replace(state, done=step.done, notice=state.notice or NOTICE in step.say)
    return state, _action(state, step, (*first, *_spelled(state, step.say)))


def _action(state: State, step: Step, slots: Slots) -> Action:
    match step:
        case model.Ask():
            return AskKeys(slots, 1, step.wait_s, step.wait_s)
        case model.Collect():
            return AskKeys(slots, step.most, step.first_s, step.next_s)
        case model.Record():
            return TakeMessage(slots, step.part, step.longest_s, step.silence_s)
        case model.LookUp():
            return Ask(slots, state.code, state.pin)
        case model.Transfer():
            return Connect(slots, step.to)
        case model.Queue():
            return WaitForAgent(slots, step.queue, step.priority, _skills(state, step), state.language)
        case model.End():
            return HangUp(slots)
    return Play(slots, isinstance(step, model.Say) and step.barge_in)


def _skills(state: State, step: model.Queue) -> frozenset[str]:
    """Everybody who answers speaks Vietnamese."""
    language = state.language if state.language != VIETNAMESE else ""
    return step.skills | frozenset(filter(None, (language, state.field)))


def _spelled(state: State, slots: Slots) -> Slots:
    """With what is known only in this call in the place of `$…`."""
    return tuple(one for slot in slots for one in (_value(state, slot) if slot.startswith("$") else (slot,)))


def _value(state: State, name: str) -> Slots:
    looked = state.looked or Looked(None)
    if name in ("$stage", "$due"):
        return looked.stage if name == "$stage" else looked.due
    if name == "$told":
        return state.begun.told
    if name == "$otp":
        return digits(state.begun.otp)
    return digits(state.begun.code if name == "$code" else state.begun.pin)


def digits(number: str) -> Slots:
    """A number as it is read out: digit by digit, a short pause after each four (each three of a PIN)."""
    size = 4 if len(number) > 6 else 3
    groups = [number[place : place + size] for place in range(0, len(number), size)]
    spelled = [slot for group in groups for slot in (*(f"digit_{digit}" for digit in group), "pause")]
    return tuple(spelled[:-1])
