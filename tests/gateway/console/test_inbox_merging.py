"""One list out of several: in order, nothing twice, nothing left out, however the pages fall."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.inbox.merging import Part, Place, merged, start_of
from gateway.console.inbox.wish import CALLS, CASES, SORTS, TALKS, Wish


@dataclass(frozen=True)
class Line:
    """A line that only has a place; `wanted`: it passes the filter."""

    place: Place
    wanted: bool = True


def part_of(lines: list[Line], number: int, after: Place | None, *, page: int, most: int, rounds: int) -> Part[Line]:
    """What a list of the console does: page by page from its own cursor, filtered, with a horizon."""
    own = sorted(line for line in ((one.place[0], one.place[2], one.wanted) for one in lines if one.place[1] == number))
    start, found = start_of(number, after), list[Line]()
    for _ in range(rounds):
        rest = [one for one in own if start is None or one[:2] > start]
        shown = rest[:page]
        found += [Line((one[0], number, one[1]), True) for one in shown if one[2]]
        start = shown[-1][:2] if len(rest) > page else None
        if start is None or len(found) > most:
            break
    return Part(found, None if start is None else (start[0], number, start[1]))


LINES = st.lists(
    st.builds(
        Line,
        st.tuples(st.integers(0, 6), st.integers(0, 2), st.text("abc", min_size=1, max_size=3)),
        st.booleans(),
    ),
    max_size=40,
    unique_by=lambda line: line.place,
)


@given(LINES, st.integers(1, 5), st.integers(1, 4), st.integers(1, 3))
def test_walking_through_the_pages_shows_each_wanted_line_once_in_order(
    lines: list[Line], most: int, page: int, rounds: int
) -> None:
    """Also where many wait since the same instant, and where a filter leaves little of each page."""
    seen, after = list[Place](), None
    for _ in range(200):
        parts = [part_of(lines, number, after, page=page, most=most, rounds=rounds) for number in range(3)]
        found = merged(parts, most=most)
        assert len(found.items) <= most
        seen += [line.place for line in found.items]
        after = found.after
        if after is None:
            break
    assert after is None
    assert seen == sorted(line.place for line in lines if line.wanted)


def test_a_wish_stands_in_the_address_and_nonsense_is_left_out() -> None:
    """What was chosen can be kept and sent on."""
    wish = Wish(sort=TALKS, channel="zalo", mine=True, late=True)

    assert Wish.read(wish.query) == wish
    assert Wish.read({"loai": "x", "cua": "ai", "han": "1"}) == Wish()
    assert Wish().sorts == SORTS
    assert Wish(role="distributor", sort=CALLS).sorts == (CASES,)
