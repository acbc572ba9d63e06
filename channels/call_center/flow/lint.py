"""What the shape of a flow cannot show: where it leads, whether it ends, and that nobody is recorded unannounced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from channels.call_center.acd.model import Overflow
from channels.call_center.flow.faults import Fault
from channels.call_center.flow.load import Mistake, Source
from channels.call_center.flow.model import (
    NOTICE,
    SILENT,
    VALUES,
    Ask,
    Code,
    Collect,
    End,
    Flow,
    Queue,
    Record,
    menus_of,
    slots_of,
)
from channels.call_center.flow.model import targets as named
from channels.call_center.flow.queues import Line

KEYS = frozenset("0123456789*#")


def lint(source: Source, slots: Collection[str] | None = None) -> list[Mistake]:
    """Every mistake of a flow; `slots`: the prompts there are, where that is known."""
    lost = list(_lost(source))
    if lost:
        return lost
    found = [*_silent_circles(source), *_unreachable(source), *_endless(source), *_unannounced(source)]
    found += [*_keys(source), *_queues(source), *_menus(source)]
    return found + list(_unspoken(source, slots) if slots is not None else ())


def _lost(source: Source) -> Iterator[Mistake]:
    flow = source.flow
    for which, name in (("start", flow.start), ("give_up", flow.give_up)):
        if name not in flow.steps:
            yield source.mistake("", Fault.NO_STEP, which, name)
    for name, step in flow.steps.items():
        for to in named(step):
            if to not in flow.steps:
                yield source.mistake(name, Fault.LOST, to)


def _unreachable(source: Source) -> Iterator[Mistake]:
    flow = source.flow
    reached = reach(flow, flow.start) | reach(flow, flow.give_up)
    return (source.mistake(name, Fault.UNREACHABLE) for name in flow.steps if name not in reached)


def _endless(source: Source) -> Iterator[Mistake]:
    flow = source.flow
    for name in flow.steps:
        if not any(isinstance(flow.steps[one], End) for one in reach(flow, name)):
            yield source.mistake(name, Fault.ENDLESS)
    for name in sorted(reach(flow, flow.give_up)):
        if isinstance(flow.steps[name], Ask | Collect | Record) or name in reach(flow, name, past=True):
            yield source.mistake(name, Fault.TURNS_BACK)


def _silent_circles(source: Source) -> Iterator[Mistake]:
    flow = source.flow
    silent = {name for name, step in flow.steps.items() if isinstance(step, SILENT)}
    for name in sorted(silent):
        if name in reach(flow, name, past=True, within=silent):
            yield source.mistake(name, Fault.SILENT_CIRCLE)


def _unannounced(source: Source) -> Iterator[Mistake]:
    """A way to a recording on which the notice is not played (VN-5)."""
    flow = source.flow
    told = {name for name, step in flow.steps.items() if NOTICE in step.say}
    before = reach(flow, flow.start, stop=told)
    for name, step in flow.steps.items():
        if isinstance(step, Record) and name in before and name not in told:
            yield source.mistake(name, Fault.UNANNOUNCED, NOTICE)


def _keys(source: Source) -> Iterator[Mistake]:
    for name, step in source.flow.steps.items():
        if isinstance(step, Ask) and (wrong := sorted(key for key in step.keys if key not in KEYS)):
            yield source.mistake(name, Fault.NO_KEY, ", ".join(wrong))
        if isinstance(step, Collect) and step.least > step.most:
            yield source.mistake(name, Fault.TOO_LEAST)
        if isinstance(step, Code) and "$code" not in step.say:
            yield source.mistake(name, Fault.CODE_UNREAD)


def _queues(source: Source) -> Iterator[Mistake]:
    """Flows that the machine makes itself share the queues of the hotline's own, and list none."""
    queues = source.flow.queues
    for name, step in source.flow.steps.items():
        if isinstance(step, Queue) and queues and step.queue not in queues:
            yield source.mistake(name, Fault.NO_QUEUE, step.queue)
    for name, line in queues.items():
        for rule in line.rules:
            if (rule.do is Overflow.MOVE) != bool(rule.queue) or (rule.queue and rule.queue not in queues):
                yield source.mistake("", Fault.OVERFLOW, name, rule.do, rule.queue or "no queue")
        if name in _moved_to(queues, name):
            yield source.mistake("", Fault.QUEUE_CIRCLE, name)


def _menus(source: Source) -> Iterator[Mistake]:
    """What is offered fits the words that offer it, and whoever is in danger finds their key (VN-8)."""
    offers = source.flow.offers
    for name, step in menus_of(source.flow).items():
        for key, to in step.keys.items():
            if offers[to].key not in ("", key):
                yield source.mistake(name, Fault.OTHER_KEY, to, offers[to].key)
        for to, offer in offers.items():
            if offer.always and to not in step.keys.values():
                yield source.mistake(name, Fault.NEEDED, to)


def _moved_to(queues: Mapping[str, Line], name: str) -> set[str]:
    """Every queue to which those of one are moved, sooner or later."""
    found: set[str] = set()
    todo = [name]
    while todo:
        line = queues.get(todo.pop())
        fresh = {rule.queue for rule in line.rules if rule.queue} - found if line else set()
        found |= fresh
        todo += fresh
    return found


def _unspoken(source: Source, slots: Collection[str]) -> Iterator[Mistake]:
    for name, step in source.flow.steps.items():
        for slot in dict.fromkeys(slots_of(step)):
            if slot not in slots and slot not in VALUES:
                yield source.mistake(name, Fault.NO_PROMPT, slot)


def reach(
    flow: Flow, start: str, *, past: bool = False, stop: Collection[str] = (), within: Collection[str] | None = None
) -> set[str]:
    """
    Steps that may follow `start`, itself among them unless `past`.

    `stop`: steps behind which nobody looks; `within`: steps of which all on the way must be.
    """
    allowed: Callable[[str], bool] = (lambda _: True) if within is None else within.__contains__
    ahead: Mapping[str, tuple[str, ...]] = {name: named(step) for name, step in flow.steps.items()}
    found: set[str] = set() if past else {start}
    todo = [start]
    while todo:
        name = todo.pop()
        for to in () if name in stop else ahead[name]:
            if to not in found and allowed(to):
                found.add(to)
                todo.append(to)
    return found
