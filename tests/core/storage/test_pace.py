"""How long a commit waits for company: what the last ones teach."""

from __future__ import annotations

from core.storage.pace import CROWD, LARGE_CROWD, SLOW_SECONDS, Pace

SLOW, QUICK = SLOW_SECONDS + 0.01, SLOW_SECONDS / 2


def pace(*seconds: float, longest: float = 0.004, flights: int = 1, rows: int = CROWD, waiting: int = 0) -> Pace:
    """After commits that took so long."""
    learned = Pace(longest, flights=flights)
    for one in seconds:
        learned.note(one, rows=rows, waiting=waiting)
    return learned


def test_a_crowd_is_everybody_who_was_there() -> None:
    """Those who were answered and will be back, and those who waited meanwhile; when all have come, it goes."""
    learned = pace(QUICK, rows=CROWD, waiting=10)

    assert learned.patience(CROWD + 9) == 0.004
    assert learned.patience(CROWD + 10) == 0


def test_who_is_alone_waits_for_nobody() -> None:
    """Neither at first, nor where few come."""
    assert pace().patience(1) == 0
    assert pace(QUICK, rows=CROWD - 1).patience(1) == 0


def test_without_a_linger_nobody_waits() -> None:
    """However slow the disk is."""
    learned = pace(*[SLOW] * 100, longest=0, flights=2)
    assert (learned.patience(1), learned.flights) == (0, 2)


def test_where_commits_overlap_they_share_only_a_slow_disk() -> None:
    """The next is received while one is written; but two syncs that wait for each other are worse than one."""
    quick = pace(*[QUICK] * 100, flights=2)
    assert (quick.patience(1), quick.flights) == (0, 2)

    slow = pace(*[SLOW + 1] * 100, flights=2)
    assert (slow.patience(1), slow.flights) == (0.004, 1)


def test_a_large_crowd_goes_in_halves_where_the_disk_is_slow() -> None:
    """Those in the other commit belong to it; the last of an odd number goes with the first half."""
    slow = pace(*[SLOW + 1] * 100, flights=2, rows=20, waiting=LARGE_CROWD - 21)
    assert (slow.flights, slow.crowd) == (1, LARGE_CROWD - 1)
    assert slow.most > LARGE_CROWD

    slow.note(SLOW + 1, rows=20, waiting=LARGE_CROWD - 39, beside=20)
    assert (slow.flights, slow.crowd, slow.most) == (2, LARGE_CROWD // 2 + 1, LARGE_CROWD // 2 + 1)
    assert slow.patience(1) == 0.004
    assert slow.patience(slow.crowd) == 0


def test_a_quick_disk_has_no_halves_nor_has_who_stores_one_after_the_other() -> None:
    """There all who have come go at once."""
    for learned in (pace(*[QUICK] * 100, flights=2, rows=100), pace(*[SLOW + 1] * 100, rows=100)):
        assert learned.crowd == 100
        assert learned.most > 100


def test_one_quick_commit_proves_that_the_disk_is_quick() -> None:
    """A busy loop hears late that a commit has ended, so that only all of them prove the contrary."""
    learned = pace(*[SLOW + 1] * 100, flights=2)
    learned.note(QUICK, rows=1, waiting=0)
    assert learned.flights == 2


def test_rows_are_no_fault_of_the_disk() -> None:
    """A large batch takes its time everywhere."""
    assert pace(*[SLOW] * 100, flights=2, rows=500).flights == 2


def test_who_did_not_come_is_not_waited_for_again_soon() -> None:
    """Messages at a pace of their own: after each wait in vain twice as many crowds go by without one."""
    learned = pace(QUICK)
    waited = []
    for _ in range(200):
        waited.append(bool(learned.patience(1)))
        if waited[-1]:
            learned.note_wait(1, 5)
        learned.note(QUICK, rows=CROWD, waiting=0)

    assert waited[:3] == [True, False, True]
    assert sum(waited[-100:]) <= 2


def test_who_came_once_is_waited_for_every_time() -> None:
    """All of them, or as many as are a crowd themselves: the doubts are over."""
    for after in (CROWD * 4, 1 + CROWD):
        learned = pace(QUICK, rows=CROWD * 4)
        learned.note_wait(1, 5)
        for _ in range(4):
            learned.note(QUICK, rows=CROWD * 4, waiting=0)
        learned.note_wait(1, after)
        learned.note(QUICK, rows=CROWD * 4, waiting=0)

        assert learned.patience(1) == 0.004
