"""The bench of calls counts what sipp counted."""

from __future__ import annotations

from pathlib import Path

from bench.calls.loss import arrivals
from bench.calls.loss import ours as ours_buffer
from bench.calls.loss import stock as stock_buffer
from bench.calls.measurements import Load, measured
from bench.calls.side_by_side import ours, sounded
from bench.calls.stock import cost


def test_a_small_load_is_counted_whole(tmp_path: Path) -> None:
    """Every call, its time to answer, what it took; and the calls that were too many."""
    calm, crowded = tmp_path / "calm", tmp_path / "crowded"
    calm.mkdir()
    crowded.mkdir()
    outcome = measured(Load(20, 1, 0.1), calm)
    refused = measured(Load(20, 1, 1.5, most=5), crowded)

    assert (outcome.counted.calls, outcome.counted.failed, len(outcome.answer_ms)) == (20, 0, 20)
    assert outcome.own["invited"] == 20
    assert outcome.own["cpu_s"] > 0
    assert refused.counted.failed == refused.own["refused"] == 15


async def test_what_a_browsers_leg_costs_is_measured() -> None:
    """Every browser hears what is due, and no more; no leg of ours is a thread, each of aiortc's is."""
    fast, stock = await cost("ours", 2, seconds=0.3), await cost("aiortc", 2, seconds=0.3)

    assert (fast.heard, stock.heard) == (2, 2)
    assert min(fast.sent, stock.sent) > 0.1
    assert fast.threads < 2 <= stock.threads


def test_a_voice_waits_for_what_was_lost_but_not_for_long() -> None:
    """The same arrivals for both buffers; nothing is heard before it was spoken."""
    coming = arrivals(0.05, 1000)
    mine, stocks = list(ours_buffer(coming, 1000)), list(stock_buffer(coming, 1000))

    assert 900 < len(coming) < 1000
    assert min(mine) >= 0
    assert min(stocks) >= 0
    assert len(mine) > len(stocks) > 500


def test_what_telephones_hear_is_measured(tmp_path: Path) -> None:
    """Each of them, at the rate of sound; and what it took."""
    found = sounded(ours, 3, folder=tmp_path, seconds=0.5)

    assert found.heard == 3
    assert found.evenness > 10
    assert found.gap(0.0) <= found.gap(1.0)
    assert found.threads >= 1
    assert found.mb > 1
