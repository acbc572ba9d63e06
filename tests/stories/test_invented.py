"""An invented sixth province goes the whole way, from a report to its answer, and no line of Python knows it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.clock import VIETNAM
from core.regulations.draw import to_mermaid
from core.regulations.lint import exit_code, lint_regulation
from core.regulations.loader import load_pack
from core.regulations.pages import page
from gateway.simulation.chart import FAR, Chart
from gateway.simulation.figures import figures
from gateway.simulation.office import SimulatedClock, open_office, settings_of
from tests.stories.invented import packs, write_pack
from tests.stories.office import OfficeStory, work_through
from tests.support.databases import on_both_engines

START = datetime(2026, 11, 2, 8, tzinfo=VIETNAM)
QUIET = list(HealthCheck)


async def whole_way(folder: Path, data: Path, *, database_url: str = "") -> None:
    """One report, every step that leads on, and everything that is checked of a story."""
    clock = SimulatedClock(START)
    async with open_office(settings_of(str(folder), data, database_url=database_url), clock) as office:
        story = OfficeStory(office, clock, Random(1))
        await story.tell(reports=1, steps=0)
        await work_through(office, clock, story.told[0])
        await story.look_from_outside()
        await story.check_the_archive()
        await story.check_the_notices()
        found = await figures(office, [story.told[0].case_id])
        assert found.agree, (found.shown, found.raw)


@given(document=packs(), agencies=st.integers(1, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
def test_an_invented_pack_loads_lints_and_can_be_drawn(document: dict[str, Any], agencies: int) -> None:
    """As data: what makes no sense would be found, and there is a way to an answer."""
    with TemporaryDirectory() as folder:
        path = write_pack(Path(folder) / "hai_dao", document, agencies)
        pack = load_pack(path)

        assert exit_code(lint_regulation(str(path))) == 0, [str(one) for one in lint_regulation(str(path))]
        assert Chart(pack).steps("case_received") < FAR
        assert all(stage.label in to_mermaid(pack) for stage in pack.stages.case.values())
        assert all(clock.label in page(pack) for clock in pack.clocks.values())


def go_the_whole_way(document: dict[str, Any], agencies: int) -> None:
    with TemporaryDirectory() as folder:
        path = write_pack(Path(folder) / "hai_dao", document, agencies)
        asyncio.run(whole_way(path, Path(folder) / "data"))


@given(document=packs(), agencies=st.integers(1, 5))
@settings(max_examples=3, deadline=None, suppress_health_check=QUIET, phases=[Phase.generate])
def test_a_case_of_an_invented_province_goes_the_whole_way(document: dict[str, Any], agencies: int) -> None:
    """Intake, desk, clocks, notices, archive and public pages, through the API."""
    go_the_whole_way(document, agencies)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@given(document=packs(), agencies=st.integers(1, 8))
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET, phases=[Phase.generate])
def test_many_invented_provinces_go_the_whole_way(document: dict[str, Any], agencies: int) -> None:
    """Many more of them."""
    go_the_whole_way(document, agencies)


@on_both_engines
async def test_an_invented_province_goes_the_whole_way_on_both_engines(tmp_path: Path, database_url: str) -> None:
    """The same one on either."""
    server = "" if database_url.startswith("sqlite") else database_url.replace("+asyncpg", "")
    await whole_way(write_pack(tmp_path / "hai_dao", EXAMPLE, 3), tmp_path / "data", database_url=server)


def _row(command: str, role: str, start: str, to: str, **more: Any) -> dict[str, Any]:
    return {"command": command, "by": [role], "from": start, "to": to, "cites": "A-1", **more}


def _stage(kind: str, owner: str = "") -> dict[str, Any]:
    return {"label": f"Bước {kind} {owner}", "kind": kind, "cites": "A-1"} | ({"owner": owner} if owner else {})


EXAMPLE: dict[str, Any] = {
    "id": "hai_dao",
    "extends": "national",
    "meta": {"title": "Quy chế tỉnh Hải Đảo (không có thật)", "cites": ["A-1"]},
    "roles": {
        "thuyen_truong": {"label": "Thuyền trưởng", "level": "centre", "cites": "A-1"},
        "tho_den": {"label": "Thợ đèn", "level": "agency", "cites": "A-1"},
    },
    "stages": {
        "case": {
            "tren_bien": _stage("open"),
            "ve_ben": _stage("open", "thuyen_truong"),
            "da_tra_loi": _stage("done"),
        },
        "dispatch": {"cho": _stage("open", "tho_den"), "xong": _stage("done")},
    },
    "moves": {
        "dispatch": _row("dispatch", "thuyen_truong", "received", "tren_bien", opens="cho", agencies={"min": 1}),
        "submit_result": _row("submit_result", "tho_den", "cho", "xong", at="dispatch"),
        "publish": _row("publish", "thuyen_truong", "ve_ben", "da_tra_loi"),
    },
    "joins": {"xong": {"needs": ["xong"], "case_from": ["tren_bien"], "case_to": "ve_ben", "cites": "A-1"}},
    "clocks": {
        "den": {
            "label": "Sửa đèn",
            "at": "dispatch",
            "role": "tho_den",
            "start": "dispatch/cho",
            "allowance": "2wd",
            "stop": "submit_result",
            "cites": "A-1",
        }
    },
}
