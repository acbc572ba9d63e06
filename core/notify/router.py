"""
Which way news goes to a person, which next where that one fails, and why.

The person's own conversation comes first: they chose it by writing there. Then what they wish, then what is open, free
and proved to be theirs, and at the very last a call of the machine. Where an address is only said to be theirs, nobody
reads there what is in a case: the news is only that there is some (TG-5.4, LS-3.2). Pure: the present instant is an
argument.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.contract.ports import Reach
from core.contract.schema import Purpose

FALLS_THROUGH = frozenset(
    {
        "window_closed",
        "quota_spent",
        "recipient_unreachable",
        "call_over",
        "recipient_opted_out",
        "provider_refused",
        "message_invalid",
        "temporary",
        "connection_failed",
        "throttled",
        "channel_misconfigured",
        "needs_reauth",
        "not_let_in",
        "channel is off",
    }
)
"""Why a message failed for good where another way may do better. Never `unknown`: it may have arrived."""
_BULLETIN_FALLS = frozenset({"window_closed", "quota_spent"})
"""The same of what everybody is told: only where the provider asks for another form of the same thing."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Way:
    """
    One address of a person on one channel, and how that channel reaches it.

    Args:
        own: the conversation in which the news belongs. `proved`: it is certain to be theirs.
        last_heard: when they last wrote from there. `shut`: since when they let us write to them no more.
        healthy: the channel works, as far as is known.
    """

    channel: str
    account: str
    value: str
    reach: Reach
    own: bool = False
    proved: bool = False
    last_heard: datetime | None = None
    shut: datetime | None = None
    healthy: bool = True

    @property
    def name(self) -> str:
        """What this way is called in the outbox: two addresses of one kind on one channel are two tries of one way."""
        return way_name(self.channel, self.reach.by or self.reach.to)


@dataclass(frozen=True)
class News:
    """
    What is to be told: for what purpose; `urgent`: it bears no delay. `asked_on`: the channel on which somebody wished
    to be sent such things, the only one on which they agreed to that (VN-6); empty: any will do.
    """

    purpose: Purpose
    urgent: bool = False
    asked_on: str = ""


@dataclass(frozen=True)
class Passed:
    """A way that is not taken: the reason as a code, and the way as staff call it."""

    way: Way
    code: str


@dataclass(frozen=True)
class Route:
    """The ways to try, in order, and those that are not worth a try."""

    ways: tuple[Way, ...]
    passed: tuple[Passed, ...] = ()

    def logged(self) -> str:
        """For logs: "zalo/phone, sms/phone; not zalo/chat: window_closed". No address."""
        taken = ", ".join(way.name for way in self.ways) or "no way"
        return "; not ".join([taken, *(f"{one.way.name}: {one.code}" for one in self.passed)])


def way_name(channel: str, kind: str) -> str:
    """One way out: the channel, and the kind of address that it goes to, or "voice"."""
    return f"{channel}/{kind}"


def route(
    news: News, ways: Collection[Way], *, tried: Collection[str] = (), wish: Sequence[str] = (), now: datetime
) -> Route:
    """
    The ways that are left, the best first.

    Args:
        tried: names of ways that failed already. `wish`: channels that the person asked for, the dearest first.
    """
    left = [way for way in ways if way.name not in tried]
    closed = {way: obstacle(news, way, now=now) for way in left}
    open_ways = sorted((way for way in left if not closed[way]), key=lambda way: _rank(news, way, wish))
    first_of_name: dict[str, Way] = {}
    for way in open_ways:
        first_of_name.setdefault(way.name, way)
    return Route(tuple(first_of_name.values()), tuple(Passed(way, code) for way, code in closed.items() if code))


def obstacle(news: News, way: Way, *, now: datetime) -> str:
    """Why this way is closed, as the code of the error that trying would bring; empty where it is open."""
    if is_shut(way.shut, way.last_heard):
        return "recipient_opted_out"
    if news.asked_on and (way.channel != news.asked_on or way.reach.by or is_thin(way)):
        return "not_asked_for"
    if news.purpose in way.reach.templates:
        return ""
    if way.reach.only_templates:
        return "message_invalid"
    return "window_closed" if _is_over(way, now) else ""


def falls_through(purpose: str, code: str) -> bool:
    """Whether another way is worth a try for what failed for good with this code."""
    return code in (_BULLETIN_FALLS if purpose == "bulletin" else FALLS_THROUGH)


def is_shut(shut: datetime | None, last_heard: datetime | None) -> bool:
    """Whether they let us write no more; who has written since wants an answer."""
    return shut is not None and (last_heard is None or last_heard <= shut)


def _is_over(way: Way, now: datetime) -> bool:
    """A window that was never opened is closed."""
    window = way.reach.window
    return window is not None and (way.last_heard is None or now - way.last_heard > window)


def _rank(news: News, way: Way, wish: Sequence[str]) -> tuple[object, ...]:
    wished = wish.index(way.channel) if way.channel in wish else len(wish)
    sick = not way.healthy
    worth = (not way.own, wished, sick, not way.proved, way.reach.price)
    return (bool(way.reach.by), news.urgent and sick, *worth, way.name, way.value)


def is_thin(way: Way) -> bool:
    """Whether only that there is news may be told there."""
    return not (way.own or way.proved)


_WORDS: Mapping[str, str] = {
    "quota_spent": "Hết hạn mức {}",
    "recipient_unreachable": "{} không đến được người nhận",
    "call_over": "Cuộc gọi đã kết thúc",
    "recipient_opted_out": "Người dân không nhận tin qua {}",
    "provider_refused": "{} từ chối tin",
    "message_invalid": "{} không nhận nội dung này",
    "channel_misconfigured": "{} chưa cấu hình đúng",
    "needs_reauth": "{} cần kết nối lại",
    "not_let_in": "{} không cho đăng nhập",
    "channel is off": "Kênh {} đang tắt",
    "window_closed": "{} không còn cho nhắn tin",
}
_GAVE_UP = "{} gửi nhiều lần không được"


def explain(way: Way, code: str, *, then: Sequence[Way], now: datetime) -> str:
    """One sentence for staff: "Cửa sổ Zalo đã đóng 3 giờ trước → mẫu ZNS → SMS"."""
    return " → ".join([_why(way, code, now), *(one.reach.label for one in then)])


def _why(way: Way, code: str, now: datetime) -> str:
    label, window = way.reach.label, way.reach.window
    if code == "window_closed" and window is not None and way.last_heard is not None:
        closed = now - way.last_heard - window
        if closed > timedelta():
            return f"Cửa sổ {label} đã đóng {_length(closed)} trước"
    return _WORDS.get(code, _GAVE_UP).format(label)


def _length(time: timedelta) -> str:
    if time >= _DAY:
        return f"{time // _DAY} ngày"
    hours = time // timedelta(hours=1)
    return f"{hours} giờ" if hours else f"{max(1, time // timedelta(minutes=1))} phút"
