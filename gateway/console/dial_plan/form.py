"""The form of the dial plan: what stands in it, and the plan that comes of what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from channels.call_center.flow.model import Ask, Flow, Queue, menus_of
from channels.call_center.flow.plan import Item, Menu, Plan
from channels.call_center.opening import Hours, Stretch
from gateway.console.dial_plan.words import named
from gateway.console.fields import Posted
from gateway.console.shared import line_of

HOURS = (("calendar", "Theo lịch làm việc"), ("always", "Suốt ngày đêm"), ("own", "Theo giờ riêng"))
DAYS = (("weekdays", "Thứ hai đến thứ sáu"), ("saturdays", "Thứ bảy"), ("holidays", "Chủ nhật, ngày lễ"))
NO_TIME = "Giờ “{}” chưa đúng: giờ kết thúc phải sau giờ bắt đầu. Để trống cả hai ô nếu không làm việc."
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LAST = 99
_MINUTES = 24 * 60


class PlanUnread(Exception):
    """What was typed is no plan; `reasons` for whoever typed it."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(f"{len(reasons)} reasons")
        self.reasons = reasons


@dataclass(frozen=True)
class Row:
    """An entry of a menu. `key` empty: off; `fixed`: its words name this key; `always`: it may not be off."""

    step: str
    key: str
    order: int
    fixed: str
    always: bool


@dataclass(frozen=True)
class MenuForm:
    """One menu. `otherwise`: where whoever presses nothing is led."""

    step: str
    rows: tuple[Row, ...]
    otherwise: str
    choices: tuple[tuple[str, str], ...]


def menu_forms(flow: Flow, plan: Plan) -> list[MenuForm]:
    """Every menu as the plan has it, entries that are off at the end."""
    return [_menu_form(flow, name, ask, menu_of(plan, name, ask)) for name, ask in menus_of(flow).items()]


def menu_of(plan: Plan, name: str, ask: Ask) -> Menu:
    """A menu as the plan has it, or as the flow."""
    ours = Menu(items=tuple(Item(key=key, to=to) for key, to in ask.keys.items()), otherwise=ask.otherwise)
    found = plan.menus.get(name, ours)
    return found if found.otherwise else found.model_copy(update={"otherwise": ask.otherwise})


def queue_choices(flow: Flow, plan: Plan) -> list[tuple[str, str]]:
    """Every step at which callers wait for people, with its queue."""
    return [(name, plan.queues.get(name, step.queue)) for name, step in flow.steps.items() if isinstance(step, Queue)]


def straight_choices(flow: Flow) -> tuple[tuple[str, str], ...]:
    """Where calls to a number may go at once."""
    return tuple((name, named(name)) for name, offer in flow.offers.items() if not offer.always)


def clock(minutes: int | None) -> str:
    """As a field of times shows it; 24:00 is its 00:00."""
    return "" if minutes is None else f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def plan_of(form: Posted, flow: Flow, numbers: Iterable[str]) -> Plan:
    """What was typed, only where it differs from the flow. Raises: PlanUnread."""
    straight = dict(straight_choices(flow))
    chosen = {number: line_of(form.get(f"so-{number}")) for number in numbers}
    return Plan(
        menus=dict(_menus(form, flow)),
        queues=dict(_queues(form, flow)),
        numbers={number: to for number, to in chosen.items() if to in straight},
        hours=_hours(form),
    )


def _menu_form(flow: Flow, name: str, ask: Ask, menu: Menu) -> MenuForm:
    keys = {item.to: item.key for item in menu.items}
    shown = [*keys, *(offer for offer in flow.offers if offer not in keys)]
    rows = tuple(
        Row(to, keys.get(to, ""), place, flow.offers[to].key, flow.offers[to].always)
        for place, to in enumerate(shown, start=1)
        if to in flow.offers
    )
    choices = dict.fromkeys((ask.otherwise, *(to for to, _ in straight_choices(flow))))
    return MenuForm(name, rows, menu.otherwise, tuple((to, named(to)) for to in choices))


def _menus(form: Posted, flow: Flow) -> Iterator[tuple[str, Menu]]:
    for form_of in menu_forms(flow, Plan()):
        name, choices = form_of.step, dict(form_of.choices)
        found = sorted(_items(form, form_of), key=lambda one: one[0])
        otherwise = line_of(form.get(f"khong-bam-{name}"))
        ours = menu_of(Plan(), name, menus_of(flow)[name])
        kept = otherwise if otherwise in choices else ours.otherwise
        menu = Menu(items=tuple(item for _, item in found), otherwise=kept)
        if menu != ours:
            yield name, menu


def _items(form: Posted, menu: MenuForm) -> Iterator[tuple[int, Item]]:
    for row in menu.rows:
        key, order = (line_of(form.get(f"{what}-{menu.step}-{row.step}")) for what in ("phim", "thu-tu"))
        if len(key) == 1 and key in "0123456789":
            yield int(order) if order in map(str, range(_LAST)) else _LAST, Item(key=key, to=row.step)


def _queues(form: Posted, flow: Flow) -> Iterator[tuple[str, str]]:
    for name, ours in queue_choices(flow, Plan()):
        queue = line_of(form.get(f"hang-{name}"))
        if queue in flow.queues and queue != ours:
            yield name, queue


def _hours(form: Posted) -> Hours:
    kind: Any = line_of(form.get("gio"))
    if kind not in dict(HOURS):
        return Hours()
    if kind != "own":
        return Hours(kind=kind)
    return Hours(kind=kind, **dict(_stretches(form)))


def _stretches(form: Posted) -> Mapping[str, Stretch | None]:
    found: dict[str, Stretch | None] = {}
    wrong: list[str] = []
    for day, label in DAYS:
        begin, end = (_minutes(line_of(form.get(f"{day}-{side}"))) for side in ("tu", "den"))
        if begin is None and end is None:
            found[day] = None
        elif begin is None or end is None or (end or _MINUTES) <= begin:
            wrong.append(NO_TIME.format(label))
        else:
            found[day] = Stretch(begin=begin, end=end or _MINUTES)
    if wrong:
        raise PlanUnread(*wrong)
    return found


def _minutes(typed: str) -> int | None:
    """None for what is no time, empty included."""
    told = _TIME.fullmatch(typed)
    return int(told[1]) * 60 + int(told[2]) if told else None
