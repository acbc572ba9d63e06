"""Tiền Giang's four interfaces behind one address, and its whole way from report to answer by their forms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Office, open_office
from tests.gateway.flows.test_officers import ROADS, accepted, centre
from tests.support.deployments import open_world


@pytest_asyncio.fixture
async def tien_giang(tmp_path: Path) -> AsyncIterator[Office]:
    """An office under the regulation of Tiền Giang."""
    async with open_world(tmp_path / "var", regulation="tien_giang_2025") as world, open_office(world) as opened:
        yield opened


@pytest.mark.rule("TG-2.2", "TG-4.1b", "TG-6.1b.3", "TG-7.1a", "TG-9.1a", "TG-15.6")
async def test_citizen_officer_leader_and_centre_work_behind_one_address(tien_giang: Office) -> None:
    """Each finds their own work there; the case is distributed through the officers' interface, and answered."""
    world = tien_giang.world
    binh = await centre(world)
    cuong, dung = (
        await hire(world, "Lê Văn Cường", ("officer", ROADS)),
        await hire(world, "Phạm Dung", ("leader", ROADS)),
    )
    case_id = await accepted(world, binh)
    base = f"/console/ho-so/{case_id}"
    async with tien_giang.desk(binh) as ioc, tien_giang.desk(cuong) as officer, tien_giang.desk(dung) as leader:
        assert base in (await ioc.get("/console")).text
        assert base not in (await officer.get("/console")).text
        steps = [await ioc.send(f"{base}/dispatch", f"{base}/dispatch", agencies=[ROADS], note="Đề nghị kiểm tra.")]
        assert base in (await officer.get("/console")).text
        steps += [await officer.send(base, f"{base}/accept_dispatch")]
        form = f"{base}/submit_result"
        steps += [await officer.send(form, form, result="Đã vá mặt đường ngày 23/11/2026.")]
        assert base in (await leader.get("/console")).text
        steps += [await leader.send(base, f"{base}/approve")]
        steps += [await ioc.send(f"{base}/publish", f"{base}/publish", text="Mặt đường đã được vá ngày 23/11/2026.")]
        trail = (await ioc.get(base)).text
    await world.settle()

    assert [answer.status for answer in steps] == [303] * 5
    for name in ("Trần Thị Bình", "Lê Văn Cường", "Phạm Dung", "Sở Xây dựng"):
        assert name in trail
    assert "Mặt đường đã được vá ngày 23/11/2026." in str(world.mail.mails[-1].shown()["text"])
    async with ClientSession() as citizen:
        for path, words in (("/", "phản ánh"), ("/phan-anh", "ội dung"), ("/tra-cuu", "Mã")):
            async with citizen.get(tien_giang.url + path) as response:
                assert response.status == 200
                assert words in await response.text()


@pytest.mark.rule("TG-2.2", "TG-4.1b")
async def test_the_leader_supervises_and_the_other_agency_sees_nothing(tien_giang: Office) -> None:
    """One address, and yet everybody only their own."""
    world = tien_giang.world
    binh, stranger = await centre(world), await hire(world, "Võ Văn Em", ("officer", "so_khoa_hoc"))
    leader = await hire(world, "Phạm Dung", ("leader", ROADS))
    case_id = await accepted(world, binh)
    async with tien_giang.desk(binh) as ioc:
        form = f"/console/ho-so/{case_id}/dispatch"
        await ioc.send(form, form, agencies=[ROADS], note="Đề nghị kiểm tra.")

    async with tien_giang.desk(leader) as desk, tien_giang.desk(stranger) as other:
        seen = await desk.get(f"/console/ho-so/{case_id}")
        assert (seen.status, "QĐ 2830/QĐ-UBND, Điều 7 khoản 3" in seen.text) == (200, True)
        assert (await other.get(f"/console/ho-so/{case_id}")).status == 404
