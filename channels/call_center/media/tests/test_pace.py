"""The clock's arithmetic, and when it refuses calls; time comes in as numbers."""

from __future__ import annotations

import pytest

from channels.call_center.media.pace import STEP_S, WINDOW, Lateness, Pace


def test_beats_never_drift() -> None:
    """However late each is taken, the next is due where it always was."""
    pace = Pace(100.0)
    phases = []
    for beat in range(400):
        assert pace.next_at == pytest.approx(100.0 + beat * STEP_S)
        phases.append(pace.beat(pace.next_at + 0.004))

    assert phases == [0, 1, 2, 3] * 100


def test_what_was_missed_is_made_up_for() -> None:
    """After 50 ms the beats come at once, in order."""
    pace = Pace(0.0)

    assert [pace.beat(0.05) for _ in range(10)] == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    assert (pace.missed, pace.next_at) == (0, pytest.approx(0.05))


def test_after_a_standstill_it_is_not() -> None:
    """A burst of a second's packets would help nobody; the phase stays where it belongs."""
    pace = Pace(0.0)
    pace.beat(0.0)
    phase = pace.beat(1.0)

    assert pace.missed == 199
    assert phase == 200 % 4
    assert pace.next_at == pytest.approx(1.005)


def test_percentiles_are_of_the_last_seconds() -> None:
    """A bad minute is forgotten after ten seconds; the counts since the start are not."""
    lateness = Lateness()
    assert lateness.percentile(0.99) == 0.0
    for _ in range(WINDOW):
        lateness.add(0.4)
    for _ in range(WINDOW // 20):
        lateness.add(25)
    assert (lateness.percentile(0.5), lateness.percentile(0.99)) == (1.0, 30.0)
    for _ in range(2 * WINDOW):
        lateness.add(0.4)

    assert lateness.percentile(0.99) == 1.0
    assert (sum(lateness.buckets), lateness.longest_ms) == (3 * WINDOW + WINDOW // 20, 25)
    lateness.add(5000)
    assert lateness.percentile(1.0) == float("inf")
