"""Another regulation tried on past cases: what would change and why; nothing is written."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from core.service.rehearsing import rehearse
from core.storage import agencies, case_search, cases
from gateway.admin.actions.rehearsals import simulate
from gateway.deployment import Deployment
from tests.gateway.api.staffing import LIGHTS, centre, issue, report
from tests.gateway.cli.conftest import CommandLine
from tests.support.databases import on_both_engines
from tests.support.deployments import World

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


async def two_cases(world: World) -> list[str]:
    """One that was sent to the enterprise for lights, one that waits."""
    ioc, made = await centre(world), []
    for sent in (True, False):
        case_id = await report(world)
        await issue(world, ioc, case_id, "classify", category="construction", reason="Công trình")
        if sent:
            await issue(world, ioc, case_id, "accept")
            await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
        made.append(case_id)
        world.clock.advance(minutes=5)
    return made


async def everything(deployment: Deployment) -> str:
    """A digest of all cases and of the tree."""

    def read(connection: Any) -> str:
        rows = case_search.search(connection, case_search.Search())
        events = [event.hash for row in rows for event in cases.load_events(connection, row.id)]
        told = (sorted(row.head for row in rows), events, agencies.newest(connection))
        return hashlib.sha256(repr(told).encode()).hexdigest()

    return await deployment.database.read(read)


@pytest.mark.rule("TG-P1.II.3a")
@on_both_engines
async def test_what_would_go_elsewhere_and_be_due_otherwise(world: World) -> None:
    """Against where it was sent; what was not sent, against where its own regulation would send it."""
    await two_cases(world)
    before = await everything(world.deployment)

    same = await rehearse(
        world.deployment.database, world.deployment.regulation, "thua_thien_hue", since=SINCE, until=UNTIL
    )
    other = await simulate(world.deployment, {"name": "quang_binh", "from": "2026-11-01", "to": "2026-11-30"})

    sent, waiting = same.outcomes
    assert (sent.was, sent.sent, sent.would) == ((LIGHTS,), True, ("so_xay_dung",))
    assert (waiting.was, waiting.sent, waiting.would) == (("so_xay_dung",), False, ("so_xay_dung",))
    assert sent.why == "Lĩnh vực “Xây dựng” do Sở Xây dựng phụ trách."
    assert not sent.is_due_otherwise
    assert (other["cases"], other["due_otherwise"]) == (2, 2)
    limits = [pair for one in other["changes"] for pair in one["limits"].values()]
    assert any(pair[0] != pair[1] for pair in limits)
    assert await everything(world.deployment) == before


async def test_from_the_command_line(langnghe: CommandLine) -> None:
    """A table and its sum; an unknown regulation and a day that is none are refused."""
    done = await langnghe.must("regulation", "simulate", "thua_thien_hue_2025", "--from", "2026-11-01")
    data = await langnghe.must("regulation", "simulate", "thua_thien_hue_2025", "--json")
    unknown = await langnghe("regulation", "simulate", "no_such")
    no_day = await langnghe("regulation", "simulate", "thua_thien_hue", "--to", "morgen")

    assert "0 cases, 0 would go elsewhere" in done.out
    assert data.json["changes"] == []
    assert (unknown.code, no_day.code) == (1, 1)
    assert "is no date" in no_day.err
