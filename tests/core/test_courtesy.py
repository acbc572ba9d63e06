"""Work that has time lets those go first for whom somebody waits, but not for ever."""

from __future__ import annotations

import asyncio

from core.courtesy import Courtesy


async def test_without_guests_it_costs_one_turn() -> None:
    """Others that are ready run in between."""
    ran = asyncio.Event()
    asyncio.get_running_loop().call_soon(ran.set)

    await Courtesy().give_way(most=3600)

    assert ran.is_set()


async def test_work_waits_until_the_last_guest_has_gone() -> None:
    """Also one that came while it waited."""
    courtesy = Courtesy()
    with courtesy:
        working = asyncio.create_task(courtesy.give_way(most=3600))
        await asyncio.sleep(0.001)
        courtesy.__enter__()
    await asyncio.sleep(0.001)
    assert not working.done()

    courtesy.__exit__(None, None, None)
    await working


async def test_work_gets_on_in_the_end() -> None:
    """However many guests there are."""
    courtesy = Courtesy()
    with courtesy:
        await courtesy.give_way(most=0.001)


async def test_those_who_waited_together_look_again_one_by_one() -> None:
    """Or a guest who comes right behind the last one would wait for all of them."""
    courtesy = Courtesy()
    with courtesy:
        first, second = (asyncio.create_task(courtesy.give_way(most=3600)) for _ in range(2))
        await asyncio.sleep(0.001)
    await first
    with courtesy:
        await asyncio.sleep(0.001)
        assert not second.done()
    await second


async def test_who_gives_up_holds_nobody_up() -> None:
    """A cancelled step leaves its place to the next."""
    courtesy = Courtesy()
    with courtesy:
        first, second = (asyncio.create_task(courtesy.give_way(most=3600)) for _ in range(2))
        await asyncio.sleep(0.001)
        first.cancel()
    await second

    assert first.cancelled()
