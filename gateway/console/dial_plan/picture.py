"""The dial plan drawn: numbers, menus, and where each key leads; laid out here, drawn by the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from channels.call_center.flow import model
from channels.call_center.flow.model import Flow, menus_of
from channels.call_center.flow.plan import Plan, planned
from gateway.console.dial_plan.words import named
from gateway.console.phone.seating import NAMES as QUEUES

ROW, GAP = 40, 24


@dataclass(frozen=True)
class Way:
    """One key of a menu, and what happens behind it; no key: without being asked. `y`: its middle."""

    key: str
    name: str
    outcome: str
    y: int


@dataclass(frozen=True)
class Block:
    """A menu with the numbers that come to it, or a number without a menu. `y`: the middle of its left side."""

    numbers: str
    menu: str
    ways: tuple[Way, ...]
    y: int


@dataclass(frozen=True)
class Picture:
    """`height` in the units of the drawing."""

    blocks: tuple[Block, ...]
    height: int


def drawn(flow: Flow, plan: Plan, numbers: tuple[str, ...]) -> Picture:
    """`flow` as it is written; every number of ours appears once. The plan has passed the linter."""
    blocks, top = [], GAP // 2
    for label, menu, ways in _blocks(flow, plan, numbers):
        middles = range(top + ROW // 2, top + ROW * len(ways), ROW)
        placed = tuple(Way(*way, y) for way, y in zip(ways, middles, strict=True))
        blocks.append(Block(label, menu, placed, (placed[0].y + placed[-1].y) // 2))
        top += ROW * len(ways) + GAP
    return Picture(tuple(blocks), top)


def _blocks(flow: Flow, plan: Plan, numbers: tuple[str, ...]) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    usual = planned(flow, plan)
    waiting = ", ".join(number for number in numbers if number not in plan.numbers) if numbers else "Mọi số"
    for name, ask in menus_of(usual).items():
        ways = [(key, named(to), _outcome(usual, to)) for key, to in ask.keys.items()]
        yield waiting, named(name), [*ways, ("", named(ask.otherwise), _outcome(usual, ask.otherwise))]
        waiting = ""
    for number in numbers:
        if to := plan.numbers.get(number):
            yield number, "", [("", named(to), _outcome(planned(flow, plan, number), to))]


def _outcome(flow: Flow, name: str) -> str:
    """What a caller comes to first behind a step."""
    match flow.steps[name]:
        case model.Queue(queue=queue):
            return f"chờ người trực: {QUEUES.get(queue, queue)}"
        case model.Record():
            return "nói sau tiếng bíp"
        case model.Collect() | model.Ask():
            return "bấm phím tiếp"
        case model.Transfer(to=to):
            return f"nối máy {to}"
        case model.LookUp():
            return "tra cứu"
        case model.End():
            return "kết thúc"
        case model.Branch(yes=further) | model.Mark(then=further) | model.Say(then=further) | model.Code(then=further):
            return _outcome(flow, further)
