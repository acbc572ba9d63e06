"""From the ring to the agent's page, one caller after another."""

from __future__ import annotations

import asyncio
from functools import partial

from bench.calls.browsers import FastPage
from bench.calls.stage import hotline, port_of
from bench.measurement import Goal, Measurement, Result, Table, Terms
from channels.call_center.sip.tests.raw import RawPhone, a_phone
from tests.support.serving import Served
from tests.support.waiting import until
from tests.surge.agents import Agent, sitting


def measurements() -> list[Measurement]:
    """One."""
    words = "INVITE until the caller is on the agent's page, p95"
    goal = Goal("p95_ms", words, at_most=300, unit="ms", source="issue 6")
    return [Measurement("calls.pop", "From ring to screen pop", (goal,), measure_pop)]


def measure_pop(terms: Terms) -> Result:
    """One caller after another, one agent who is free."""
    with hotline(terms.folder, agents=1) as served:
        waits = sorted(asyncio.run(pops(served, calls=5 if terms.quick else 40)))
    p95 = waits[int(0.95 * (len(waits) - 1))]
    columns = ("calls", "p50 ms", "p95", "max")
    row = (len(waits), round(waits[len(waits) // 2]), round(p95), round(waits[-1]))
    note = (
        "Two sentences are said in between, each a tone of 60 ms here, since nobody is put through unannounced (VN-5)."
    )
    return Result({"p95_ms": p95}, (Table("INVITE until the page knows", columns, (row,)),), (note,))


async def pops(served: Served, *, calls: int) -> list[float]:
    """Of each call: from its INVITE to the agent's page, in ms."""
    async with a_phone(port_of(served)) as phone, sitting(str(served.demo["http"]), 0, FastPage()) as agent:
        await agent.open_up()
        return [await _pop(phone, agent, f"ring-{number}") for number in range(calls)]


async def _pop(phone: RawPhone, agent: Agent, call: str) -> float:
    before, began = agent.rang_at, asyncio.get_running_loop().time()
    tag = await phone.call(call=call)
    await until(partial(_rang, agent, before), "the call is on the page")
    await agent.take()
    phone.send(phone.build("BYE", number=2, call=call, branch=f"{call}-bye", to_tag=tag))
    await phone.status(200)
    await agent.finish()
    return 1000 * (agent.rang_at - began)


def _rang(agent: Agent, before: float) -> bool:
    return agent.rang_at != before
