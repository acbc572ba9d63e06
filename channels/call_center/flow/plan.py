"""
The dial plan: what a centre has changed of its flow in the console, and the flow that comes of it. Pure.

Only what the flow offers is moved (`Flow.menus`, `offers`), so that a caller always hears the keys that there are. The
linter judges what comes of it, as it judges a file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from channels.call_center.flow.faults import Fault
from channels.call_center.flow.lint import lint, reach
from channels.call_center.flow.load import Mistake, Source
from channels.call_center.flow.model import Ask, Flow, Queue, Slots, Step, menus_of, targets
from channels.call_center.opening import Hours

PATIENCE_S = 2.0
"""How long a number without a menu waits for the key of those in danger."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Part):
    """An entry of a menu: this key leads to this step."""

    key: str = Field(pattern=r"^[0-9]$")
    to: str


class Menu(_Part):
    """Entries in the order in which they are read out; `otherwise`: for whoever presses none, empty: as in the flow."""

    items: tuple[Item, ...]
    otherwise: str = ""


class Plan(_Part):
    """
    What differs from the flow.

    Args:
        menus: by the step that asks. `queues`: by the step that waits for people, in which queue.
        numbers: entries to which calls to a number of ours go at once, without a menu.
    """

    menus: Mapping[str, Menu] = Field(default_factory=dict)
    queues: Mapping[str, str] = Field(default_factory=dict)
    numbers: Mapping[str, str] = Field(default_factory=dict)
    hours: Hours = Hours()


UNCHANGED = Plan()


def planned(flow: Flow, plan: Plan, called: str = "") -> Flow:
    """The flow of calls, those to a number of its own where one is given. To be linted before it is followed."""
    steps = dict(flow.steps)
    menus = menus_of(flow)
    for name, ask in menus.items():
        steps[name] = _rearranged(flow, ask, plan.menus[name]) if name in plan.menus else ask
    for name, queue in plan.queues.items():
        if isinstance(step := steps.get(name), Queue):
            steps[name] = step.model_copy(update={"queue": queue})
    if menus and called in plan.numbers:
        steps[next(iter(menus))] = _straight(flow, plan.numbers[called])
    return _without_what_is_off(flow.model_copy(update={"steps": steps}))


def wrong_with(source: Source, plan: Plan, slots: Collection[str]) -> list[Mistake]:
    """Why a plan cannot be followed, each reason once."""
    found = list(_twice(source, plan))
    for called in ("", *plan.numbers):
        found += lint(replace(source, flow=planned(source.flow, plan, called)), slots)
    return list(dict.fromkeys(found))


def _twice(source: Source, plan: Plan) -> Iterator[Mistake]:
    for name, menu in plan.menus.items():
        keys = [item.key for item in menu.items]
        for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
            yield source.mistake(name, Fault.TWICE, key)


def _rearranged(flow: Flow, ask: Ask, menu: Menu) -> Ask:
    """Recorded whole as long as it is as it was; else put together out of its entries."""
    keys = {item.key: item.to for item in menu.items}
    same = list(keys.items()) == list(ask.keys.items())
    say = ask.say if same else tuple(slot for item in menu.items for slot in _read_out(flow, item))
    return ask.model_copy(update={"keys": keys, "say": say, "otherwise": menu.otherwise or ask.otherwise})


def _read_out(flow: Flow, item: Item) -> Slots:
    offer = flow.offers.get(item.to)
    if offer is None or not offer.say:
        return ()
    return (*offer.say, "pause") if offer.key else (*offer.say, f"digit_{item.key}", "pause")


def _straight(flow: Flow, to: str) -> Ask:
    """In the place of the menu: nothing is asked, but whoever is in danger is still heard (VN-8)."""
    urgent = {offer.key: name for name, offer in flow.offers.items() if offer.always}
    return Ask(do="ask", keys=urgent, otherwise=to, tries=1, wrong=(), wait_s=PATIENCE_S)


def _without_what_is_off(flow: Flow) -> Flow:
    if _lost(flow.steps):
        return flow
    reached = reach(flow, flow.start) | reach(flow, flow.give_up)
    return flow.model_copy(update={"steps": {name: step for name, step in flow.steps.items() if name in reached}})


def _lost(steps: Mapping[str, Step]) -> bool:
    return any(to not in steps for step in steps.values() for to in targets(step))
