"""How long a link is waited for: soon at first, then every quarter of an hour for three days, never all at once."""

from __future__ import annotations

from datetime import timedelta

from gateway.links.lanes import LinkPauses


def pauses(chance: float) -> list[timedelta]:
    """All of them, where chance always says the same."""
    ours, found = LinkPauses(chance=lambda: chance), []
    while (pause := ours.after(len(found) + 1, elsewhere=False)) is not None:
        found.append(pause)
    return found


def test_three_days_at_least_and_a_quarter_more_at_most() -> None:
    """Two that failed together are tried apart."""
    shortest, longest = pauses(0.0), pauses(1.0)
    assert [pause.total_seconds() for pause in shortest[:4]] == [10, 60, 300, 900]
    assert set(shortest[3:]) == {timedelta(minutes=15)}
    assert sum(shortest, timedelta()) > timedelta(days=3)
    assert [long / short for long, short in zip(longest, shortest, strict=True)] == [1.25] * len(shortest)


def test_there_is_no_other_way_to_a_link() -> None:
    """However long it takes."""
    assert not LinkPauses().are_long(200)
