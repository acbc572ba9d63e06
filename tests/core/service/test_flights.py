"""What is under way is kept, counted, and its misfortunes are told."""

from __future__ import annotations

import asyncio

import pytest

from core.service import keeping
from core.service.flights import Flights
from tests.support.waiting import until


class Claims:
    """Counts how often they were renewed."""

    def __init__(self) -> None:
        self.renewed = 0

    async def renew(self) -> None:
        self.renewed += 1


@pytest.mark.parametrize("later", range(6))
async def test_what_starts_as_the_last_one_lands_is_kept_as_well(monkeypatch: pytest.MonkeyPatch, later: int) -> None:
    """The keeping of the one before is just ending, in whichever turn of the loop."""
    monkeypatch.setattr(keeping, "_RENEWAL_SECONDS", 0.005)
    claims, first, second = Claims(), asyncio.Event(), asyncio.Event()

    async def fly(until_set: asyncio.Event) -> None:
        await until_set.wait()

    flights = Flights(most=2, renew=claims.renew)
    flights.start([fly(first)])
    first.set()
    while flights.room < 2:
        await asyncio.sleep(0)
    for _ in range(later):
        await asyncio.sleep(0)
    flights.start([fly(second)])
    before = claims.renewed
    await until(lambda: claims.renewed > before + 2, "renewals of the second")

    second.set()
    await flights.all_landed()
    assert flights.room == 2


async def test_a_misfortune_is_told_once_and_hurts_no_other() -> None:
    landed: list[str] = []

    async def crash() -> None:
        raise ValueError("half way")

    async def fly() -> None:
        landed.append("other")

    flights = Flights(most=4, renew=Claims().renew)
    flights.start([crash(), fly()])
    with pytest.raises(ValueError, match="half way"):
        await flights.all_landed()

    flights.complain()
    assert (landed, flights.room) == (["other"], 4)
