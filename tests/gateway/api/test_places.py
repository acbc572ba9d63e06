"""Agencies, communes, proposals and offices for programs."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.gateway.api.conftest import Caller, Hire
from tests.gateway.api.staffing import LIGHTS, WATER, hire, report
from tests.support.deployments import World

UNIT = {"id": "chi_cuc", "name": "Chi cục Thủy lợi", "kind": "unit", "parent": "so_y_te", "since": "2026-01-01"}


@pytest_asyncio.fixture
async def boss(world: World, calling: Hire) -> Caller:
    """An administrator."""
    return await calling(await hire(world, "Phạm Thị Dung", ("admin", "")))


def changed(**fields: Any) -> dict[str, Any]:
    """The unit from another day on."""
    return {key: value for key, value in UNIT.items() if key != "id"} | fields


@pytest.mark.rule("VN-10", "VN-11")
async def test_an_agency_is_kept_by_programs_too(boss: Caller, ioc: Caller) -> None:
    """Added, renamed, ended; every day has its tree, an old name is found; others may not."""
    made = await boss("POST", "/agencies", json=UNIT)
    renamed = await boss("POST", "/agencies/chi_cuc/changes", json=changed(name="Chi cục Nước", since="2026-06-01"))
    ended = await boss("POST", "/agencies/chi_cuc/end", json={"last_day": "2026-10-31", "replaced_by": ["so_y_te"]})
    stranger = await ioc("POST", "/agencies", json=UNIT | {"id": "khac"})
    old = await ioc.get("/agencies", params={"q": "thuy loi", "all": "true"})
    then = await ioc.get("/agencies", params={"q": "thuy loi", "at": "2026-03-01"})

    assert (made.status, renamed.status, ended.status, stranger.status) == (201, 200, 200, 403)
    assert [made.json["edition"], renamed.json["edition"], ended.json["edition"]] == [2, 3, 4]
    (found,) = old["items"]
    assert (found["name"], found["former"], found["active"]) == ("Chi cục Nước", ["Chi cục Thủy lợi"], False)
    assert [one["name"] for one in then["items"]] == ["Chi cục Thủy lợi"]


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/agencies", UNIT | {"id": "so_y_te"}, "không dùng lại"),
        ("/agencies", UNIT | {"parent": "mat"}, "mat không có trong danh mục"),
        ("/agencies/so_y_te/changes", changed(parent="so_y_te"), "không thể trực thuộc"),
        ("/agencies/so_y_te/changes", changed(parent="so_giao_thong"), "không còn hoạt động"),
        ("/agencies/ubnd_thanh_pho/end", {"last_day": "2026-10-31"}, "trực thuộc"),
        ("/agencies/mat/end", {"last_day": "2026-10-31"}, "Không có cơ quan mã mat"),
        (f"/agencies/{LIGHTS}/hand-over", {"to": "so_giao_thong", "reason": "x"}, "không nhận bàn giao"),
    ],
)
async def test_what_does_not_hold_together_is_a_422(
    world: World, boss: Caller, path: str, body: dict[str, Any], sentence: str
) -> None:
    """With a stable code and a sentence; nothing is changed."""
    answer = await boss("POST", path, json=body)

    assert answer.status == 422
    assert answer.json["code"] in ("agency_refused", "office_refused")
    assert sentence in answer.json["message"]
    assert world.deployment.regulation.book.history.edition == 1


@pytest.mark.rule("VN-10")
async def test_a_dispatch_to_a_closed_agency_names_its_successor(boss: Caller, world: World, ioc: Caller) -> None:
    """As soon as it is closed: 422, and the case is as it was."""
    case_id = await report(world)
    await ioc.issue(case_id, "accept")
    await boss("POST", f"/agencies/{LIGHTS}/end", json={"last_day": "2026-11-20", "replaced_by": [WATER]})

    refused = await ioc("POST", f"/cases/{case_id}/commands/dispatch", json={"agencies": [LIGHTS]})

    assert refused.status == 422
    assert "Công ty Cấp nước Ngự Thủy" in refused.json["message"]
    assert (await ioc.get(f"/cases/{case_id}"))["dispatches"] == []


@pytest.mark.rule("TG-P1.II.3a", "VN-10")
async def test_a_proposal_with_its_reason(boss: Caller, world: World, ioc: Caller, lights: Caller) -> None:
    """To the successor of an agency that ended; only for whoever may see the case."""
    case_id = await report(world)
    await boss("POST", f"/agencies/{LIGHTS}/end", json={"last_day": "2026-11-20", "replaced_by": [WATER]})

    found = await ioc.get(f"/cases/{case_id}/proposal")

    assert [one["id"] for one in found["agencies"]] == [WATER]
    assert "trước đây: Công ty Điện lực" in found["reason"]
    assert (await lights("GET", f"/cases/{case_id}/proposal")).status == 404


@pytest.mark.rule("VN-10")
async def test_communes_by_new_and_old_names(ioc: Caller) -> None:
    """As of a day."""
    now = await ioc.get("/communes", params={"q": "vinh ninh"})
    then = await ioc.get("/communes", params={"q": "vinh ninh", "at": "2025-06-30"})

    assert [(one["label"], one["formerly"].partition(",")[0]) for one in now["items"]] == [
        ("phường Thuận Hóa, thành phố Huế", "phường Vĩnh Ninh")
    ]
    assert then["items"][0]["label"].startswith("phường Vĩnh Ninh, Quận Thuận Hóa")
    assert (await ioc("GET", "/communes")).status == 400


@pytest.mark.rule("TG-15.1", "LS-3.1")
async def test_gaps_and_hand_over(boss: Caller, world: World, ioc: Caller) -> None:
    """What is missing; and all open work to a successor in one call."""
    case_id = await report(world)
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])

    gaps = await boss.get("/offices/gaps")
    done = await boss("POST", f"/agencies/{LIGHTS}/hand-over", json={"to": WATER, "reason": "Sáp nhập"})
    stranger = await ioc("POST", f"/agencies/{WATER}/hand-over", json={"to": LIGHTS, "reason": "x"})

    assert {one["kind"] for one in gaps["items"]} == {"leader", "officer"}
    assert done.json == {"done": 1, "refused": 0}
    assert stranger.status == 403
    assert [one["agency"]["id"] for one in (await ioc.get(f"/cases/{case_id}"))["dispatches"]] == [WATER]
