"""The router: which way news goes, in what order, and what staff read about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.contract.ports import Reach
from core.notify.router import News, Way, explain, falls_through, is_thin, obstacle, route

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NEWS = News("notice")
CHAT = Reach("chat", "Zalo", window=timedelta(hours=48), buttons=True)
ZNS = Reach("phone", "mẫu ZNS", templates=frozenset({"notice"}), only_templates=True, price=1)
SMS = Reach("phone", "SMS", price=2)
MAIL = Reach("email", "thư điện tử", files=True)

ZALO = Way("zalo", "oa", "u1", CHAT, own=True, proved=True, last_heard=NOW)
BY_NUMBER = Way("zalo", "oa", "+84900000001", ZNS, proved=True)
TEXT = Way("sms", "1022", "+84900000001", SMS, proved=True)
LETTER = Way("email", "phananh@langnghe.example.vn", "an@example.vn", MAIL)
ALL = (ZALO, BY_NUMBER, TEXT, LETTER)


def heard(hours: float) -> Way:
    """Zalo, whose person wrote so many hours ago."""
    return replace(ZALO, last_heard=NOW - timedelta(hours=hours))


def test_the_own_conversation_comes_first_then_what_is_proved_and_cheap() -> None:
    """The mail address is free, but only said to be theirs."""
    assert [way.name for way in route(NEWS, ALL, now=NOW).ways] == [
        "zalo/chat",
        "zalo/phone",
        "sms/phone",
        "email/email",
    ]


def test_a_call_comes_after_everything_else() -> None:
    """Even before it the way that is sick, dear and unproved; and it is another way than their own call."""
    spoken = Reach("phone", "gọi tự động", "machine", by="voice")
    call = Way("call_center", "machine", "+84900000001", spoken, proved=True)
    own = Way("call_center", "carrier", "+84900000001", Reach("phone", "Tổng đài"), own=True)
    sick = replace(TEXT, healthy=False, proved=False)

    for news in (NEWS, News("notice", urgent=True)):
        ways = route(news, (call, sick, LETTER), wish=["call_center"], now=NOW).ways
        assert [way.name for way in ways][-1] == "call_center/voice"
    assert route(NEWS, (call,), tried=[own.name], now=NOW).ways == (call,)


def test_a_closed_window_leads_to_the_template_and_then_to_the_dear_way() -> None:
    """As the sentence for staff says it."""
    closed = heard(51)
    found = route(NEWS, (closed, BY_NUMBER, TEXT), now=NOW)

    assert found.logged() == "zalo/phone, sms/phone; not zalo/chat: window_closed"
    told = explain(closed, "window_closed", then=found.ways, now=NOW)
    assert told == "Cửa sổ Zalo đã đóng 3 giờ trước → mẫu ZNS → SMS"


@pytest.mark.parametrize(("hours", "code"), [(0, ""), (48, ""), (48.001, "window_closed"), (None, "window_closed")])
def test_the_window_ends_to_the_instant(hours: float | None, code: str) -> None:
    """One that was never opened is closed."""
    way = replace(ZALO, last_heard=None) if hours is None else heard(hours)

    assert obstacle(NEWS, way, now=NOW) == code


def test_a_template_carries_only_what_it_is_made_for() -> None:
    """An official's own words do not fit into one."""
    assert obstacle(News("reply"), BY_NUMBER, now=NOW) == "message_invalid"


@pytest.mark.rule("VN-6")
def test_what_was_asked_for_on_one_channel_stays_there() -> None:
    """By its conversation, or by its template to a number that is proved; by nothing else they have."""
    notices = replace(ZNS, templates=frozenset({"bulletin"}))
    number = replace(BY_NUMBER, reach=notices)
    asked = News("bulletin", asked_on="zalo")

    assert [way.name for way in route(asked, (heard(51), number, TEXT, LETTER), now=NOW).ways] == ["zalo/phone"]
    assert obstacle(asked, replace(number, proved=False), now=NOW) == "not_asked_for"
    assert obstacle(asked, TEXT, now=NOW) == "not_asked_for"
    assert falls_through("bulletin", "window_closed")
    assert not falls_through("bulletin", "recipient_opted_out")
    assert falls_through("notice", "recipient_opted_out")


def test_who_shut_the_door_and_wrote_since_wants_an_answer() -> None:
    """Before that nothing goes there."""
    shut = replace(TEXT, shut=NOW)

    assert obstacle(NEWS, shut, now=NOW) == "recipient_opted_out"
    assert obstacle(NEWS, replace(shut, last_heard=NOW + timedelta(seconds=1)), now=NOW) == ""


def test_what_is_urgent_does_not_wait_for_a_sick_channel() -> None:
    """Anything else does: it was the person's own choice."""
    ways = (replace(ZALO, healthy=False), TEXT)

    assert route(NEWS, ways, now=NOW).ways[0].channel == "zalo"
    assert route(News("notice", urgent=True), ways, now=NOW).ways[0].channel == "sms"


def test_a_wish_goes_before_price() -> None:
    """Not before the conversation that they are in."""
    ways = route(NEWS, ALL, wish=("email",), now=NOW).ways

    assert [way.channel for way in ways[:2]] == ["zalo", "email"]


@pytest.mark.rule("TG-5.4", "LS-3.2")
def test_only_what_is_proved_is_told_what_is_in_a_case() -> None:
    """A number that somebody typed may be a neighbour's."""
    assert [is_thin(way) for way in ALL] == [False, False, False, True]


@pytest.mark.parametrize(
    ("hours", "told"), [(48.5, "30 phút"), (49, "1 giờ"), (71, "23 giờ"), (72, "1 ngày"), (48.001, "1 phút")]
)
def test_how_long_ago_it_closed_is_said_roughly(hours: float, told: str) -> None:
    """In the largest unit that fits."""
    assert explain(heard(hours), "window_closed", then=(), now=NOW) == f"Cửa sổ Zalo đã đóng {told} trước"


MOMENTS = some.none() | some.timedeltas(timedelta(days=-30), timedelta()).map(lambda length: NOW + length)
REACHES = some.builds(
    Reach,
    to=some.sampled_from(["chat", "phone", "email"]),
    label=some.just("Kênh"),
    window=some.none() | some.timedeltas(timedelta(), timedelta(days=9)),
    templates=some.frozensets(some.sampled_from(["notice", "reply"])),
    only_templates=some.booleans(),
    price=some.sampled_from([0, 1, 2]),
)
WAYS = some.builds(
    Way,
    channel=some.sampled_from(["zalo", "sms", "email", "telegram"]),
    account=some.just("a"),
    value=some.sampled_from(["1", "2"]),
    reach=REACHES,
    own=some.booleans(),
    proved=some.booleans(),
    last_heard=MOMENTS,
    shut=MOMENTS,
    healthy=some.booleans(),
)
NEWSES = some.builds(News, purpose=some.sampled_from(["notice", "reply"]), urgent=some.booleans())


@given(NEWSES, some.lists(WAYS, max_size=6), some.sets(some.sampled_from(["zalo/chat", "sms/phone"])))
def test_no_way_is_taken_twice_or_though_it_is_closed(news: News, ways: list[Way], tried: set[str]) -> None:
    """Whatever the person's ways are."""
    found = route(news, ways, tried=tried, now=NOW)

    names = [way.name for way in found.ways]
    assert len(names) == len(set(names))
    assert not tried.intersection(names)
    assert not any(obstacle(news, way, now=NOW) for way in found.ways)
    assert all(one.code for one in found.passed)


@given(NEWSES, some.lists(WAYS, max_size=6))
def test_every_open_way_is_tried_before_one_gives_up(news: News, ways: list[Way]) -> None:
    """By failing on one after the other."""
    left = {way.name for way in ways if not obstacle(news, way, now=NOW)}
    tried: list[str] = []
    while found := route(news, ways, tried=tried, now=NOW).ways:
        tried.append(found[0].name)

    assert set(tried) == left


@given(NEWSES, some.lists(WAYS, max_size=3))
def test_the_order_in_which_ways_are_known_does_not_matter(news: News, ways: list[Way]) -> None:
    """The same person gets the same route."""
    routes = {tuple(way.name for way in route(news, order, now=NOW).ways) for order in permutations(ways)}

    assert len(routes) == 1
