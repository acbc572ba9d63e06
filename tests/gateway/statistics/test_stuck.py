"""After how many days a case is stuck is the province's to say: the regulations do not (TG-12.4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.statistics.asking import period_of
from gateway.statistics.reports import tables_of
from tests.support.deployments import World, open_world
from tests.support.letters import write_mail


async def stuck(world: World) -> list[str]:
    """Titles of the tables of stuck cases in the report of this year."""
    year = period_of(world.deployment, "nam:2026")
    _, tables = await tables_of(world.deployment, "figures", year)
    return [table.title for table in tables if table.id == "ton-dong"]


@pytest.mark.rule("TG-12.4")
@pytest.mark.parametrize(("days", "titles"), [(15, []), (2, ["Hồ sơ tồn đọng, 2 ngày không có việc gì"])])
async def test_a_case_is_stuck_after_as_many_days_as_are_set(tmp_path: Path, days: int, titles: list[str]) -> None:
    async with open_world(tmp_path, statistics={"stuck_days": days}) as world:
        await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
        fresh = await stuck(world)
        world.clock.advance(days=9)  # nothing happens to it; its time limits are left alone
        assert (fresh, await stuck(world)) == ([], titles)
