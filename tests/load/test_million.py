"""
A million deliveries over eight processes. Twenty thousand over four are delivered in test_fleet.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.scenes import Scene, at_work
from tests.load.storming import Storm, prove, storm
from tests.support.record import record

STORMS, EACH = 10, 100_000


@pytest.mark.chaos
@pytest.mark.timeout(3 * 3600)
async def test_a_million_deliveries_give_the_distinct_count(tmp_path: Path) -> None:
    """700,000 are distinct, in ten storms one after the other, so that the scripts fit into memory; all are read."""
    async with at_work(tmp_path / "fleet", webs=4, workers=4) as scene:
        ends = [await _proved(scene, f"m{number}x") for number in range(STORMS)]
        await scene.settled()
        disorder = await scene.disorder()

    assert (disorder, scene.fleet.complaints()) == ((), [])
    figures = {
        "deliveries": sum(end.tally.statuses.total() for end in ends),
        "handed in again": sum(end.tally.refused + end.tally.cut for end in ends),
        "distinct": sum(end.distinct for end in ends),
        "stored": sum(end.stored.total() for end in ends),
        "lost": sum(end.lost for end in ends),
        "out of order": sum(len(end.disordered) for end in ends),
    }
    record("storm", "Four web, four worker processes", figures)


async def _proved(scene: Scene, prefix: str) -> Storm:
    end = await storm(scene, prefix, deliveries=EACH, chats=200, each=10)
    prove(end, deliveries=EACH, messages=2000)
    return end
