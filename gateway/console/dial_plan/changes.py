"""What one plan has otherwise than another, in words: looked at before it is saved, and told by the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from channels.call_center.flow.model import Flow, menus_of
from channels.call_center.flow.plan import Plan
from channels.call_center.opening import Hours
from gateway.console.dial_plan.form import DAYS, HOURS, clock, menu_of, queue_choices
from gateway.console.dial_plan.words import named
from gateway.console.phone.seating import NAMES as QUEUES

OFF, NO_MENU, CLOSED = "tắt", "nghe bảng phím", "không làm việc"


@dataclass(frozen=True)
class Change:
    """Of what, where, from and to."""

    place: str
    what: str
    before: str
    after: str


def changes(flow: Flow, before: Plan, after: Plan) -> list[Change]:
    """Nothing where both say the same."""
    found = (*_menus(flow, before, after), *_queues(flow, before, after), *_numbers(before, after))
    return [one for one in (*found, *_hours(before.hours, after.hours)) if one.before != one.after]


def _menus(flow: Flow, before: Plan, after: Plan) -> Iterator[Change]:
    for name, ask in menus_of(flow).items():
        old, new = menu_of(before, name, ask), menu_of(after, name, ask)
        keys, keys_now = ({item.to: item.key for item in menu.items} for menu in (old, new))
        for to in dict.fromkeys((*keys, *keys_now)):
            yield Change(named(name), named(to), _key(keys.get(to)), _key(keys_now.get(to)))
        if keys == keys_now:
            yield Change(named(name), "Thứ tự đọc", ", ".join(keys.values()), ", ".join(keys_now.values()))
        yield Change(named(name), "Không bấm phím nào", named(old.otherwise), named(new.otherwise))


def _key(key: str | None) -> str:
    return f"phím {key}" if key else OFF


def _queues(flow: Flow, before: Plan, after: Plan) -> Iterator[Change]:
    for (name, old), (_, new) in zip(queue_choices(flow, before), queue_choices(flow, after), strict=True):
        yield Change("Vào hàng đợi", named(name), QUEUES.get(old, old), QUEUES.get(new, new))


def _numbers(before: Plan, after: Plan) -> Iterator[Change]:
    for number in dict.fromkeys((*before.numbers, *after.numbers)):
        old, new = (named(plan.numbers[number]) if number in plan.numbers else NO_MENU for plan in (before, after))
        yield Change("Số gọi đến", number, old, new)


def _hours(before: Hours, after: Hours) -> Iterator[Change]:
    kinds = dict(HOURS)
    yield Change("Giờ làm việc", "Tổng đài", kinds[before.kind], kinds[after.kind])
    for day, label in DAYS:
        yield Change("Giờ làm việc", label, _stretch(before, day), _stretch(after, day))


def _stretch(hours: Hours, day: str) -> str:
    own = getattr(hours, day)
    return f"{clock(own.begin)}–{clock(own.end)}" if own else CLOSED
