"""Fields of competence kept in the console: for reports that come from now on, whoever decides; older cases stay."""

from __future__ import annotations

import pytest

from core.contract.errors import NotFound
from core.regulations.loader import load_pack
from core.service.categories import PackShelf
from core.storage import settings
from tests.gateway.api.staffing import centre, hire, issue, report
from tests.gateway.console.office import Office
from tests.support.letters import write_mail

PAGE = "/console/linh-vuc"
NEW = f"{PAGE}/moi"


@pytest.mark.rule("U-11")
async def test_a_new_field_is_offered_hinted_at_and_routed(office: Office) -> None:
    """By its words, to its agency; a case that came before still knows the old list."""
    world = office.world
    regulation = world.deployment.regulation
    boss, ioc, old = await hire(world, "Phạm Thị Dung", ("admin", "")), await centre(world), await report(world)
    before = regulation.current.ref
    async with office.desk(boss) as desk:
        saved = await desk.send(
            NEW,
            NEW,
            label="Bờ kè, sạt lở",
            agencies=["so_xay_dung", ""],
            keywords="bờ kè\nsạt lở, sat lo",
            active="1",
            note="Công văn 45",
        )
        listed = await desk.get(f"{PAGE}?xong=linh-vuc")
        await write_mail(world, "Bờ kè sông bị sạt lở trước số 14 Lê Lợi, phường Vĩnh Ninh.", sender="b@h.example.vn")
    async with office.desk(ioc) as desk:
        rows = await desk.get("/console/tim-kiem?q=bo+ke")
        new = rows.text.partition('href="/console/ho-so/')[2].partition('"')[0]
        fresh = await desk.get(f"/console/ho-so/{new}/classify")
        kept = await desk.get(f"/console/ho-so/{old}/classify")
    await issue(world, ioc, new, "accept")

    name = "bo_ke_sat_lo"
    assert saved.status == 303
    assert "Công văn 45" in listed.text
    assert regulation.current.ref != before
    assert (
        regulation.packs.get(before).intake.categories.keys()
        == load_pack(regulation.current.id).intake.categories.keys()
    )
    assert (f'value="{name}"' in fresh.text, f'value="{name}"' in kept.text) == (True, False)


async def test_one_is_changed_and_taken_out_of_use(office: Office) -> None:
    """Its words, its agency; another process and a restart find the same pack."""
    deployment = office.world.deployment
    shelf, database = deployment.regulation.shelf, deployment.database
    elsewhere = PackShelf(load_pack(deployment.regulation.current.id))
    await elsewhere.open(database)
    name, one = next(iter(shelf.library.current.intake.categories.items()))
    boss = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    address = f"{PAGE}/{name}"
    async with office.desk(boss) as desk:
        form = await desk.get(address)
        await desk.submit(form, address, label="Tên mới", keywords="từ mới", agencies=[*one.agencies], active="1")
        changed = shelf.library.current.intake.categories[name]
        await desk.send(address, address, label="Tên mới", keywords="từ mới", agencies=[*one.agencies])
        listed = await desk.get(PAGE)
    looked = [await elsewhere.refresh(database), await elsewhere.refresh(database)]

    assert (changed.label, changed.keywords, changed.agencies) == ("Tên mới", ("từ mới",), one.agencies)
    assert changed.cites == one.cites
    assert not shelf.library.current.intake.categories[name].active
    assert name not in {rule.id for rule in deployment.regulation.intake_rules("x").categories}
    assert "Không dùng nữa" in listed.text
    assert looked == [1, 0]
    assert elsewhere.library.current.ref == shelf.library.current.ref


async def test_slips_are_refused_and_nothing_is_lost(office: Office) -> None:
    """No name, a name twice, an agency that is gone, too many words; nobody but administrators."""
    boss, ioc = await hire(office.world, "Phạm Thị Dung", ("admin", "")), await centre(office.world)
    shelf = office.world.deployment.regulation.shelf
    taken = next(one.label for one in shelf.library.current.intake.categories.values() if one.active)
    async with office.desk(boss) as desk:
        token = (await desk.get(NEW)).forms()[NEW]
        wrong = [
            await desk.post(NEW, token | typed)
            for typed in (
                {"label": "", "keywords": "x y", "active": "1"},
                {"label": taken.upper(), "active": "1"},
                {"label": "Mới", "agencies": "khong_co", "active": "1"},
                {"label": "Mới", "keywords": "a", "active": "1"},
            )
        ]
        nowhere = await desk.get(f"{PAGE}/khong_co")
    async with office.desk(ioc) as desk:
        shut = [await desk.get(PAGE), await desk.get(NEW), await desk.post(NEW)]

    assert [one.status for one in wrong] == [422] * 4
    assert "Vui lòng nhập tên" in wrong[0].text
    assert "x y</textarea>" in wrong[0].text
    assert "Đã có lĩnh vực cùng tên" in wrong[1].text
    assert "không còn hoạt động" in wrong[2].text
    assert "mỗi từ từ 2" in wrong[3].text
    assert nowhere.status == 404
    assert [one.status for one in shut] == [403] * 3
    assert shelf.history == []


async def test_changes_that_an_update_left_behind_do_not_stop_the_start(office: Office) -> None:
    """The pack as it ships, rather than none."""
    deployment = office.world.deployment
    pack = load_pack(deployment.regulation.current.id)
    value = {
        "category": "cu",
        "entry": {"label": "Cũ", "no_such": 1},
        "by": "u",
        "at": "2026-01-01T00:00:00Z",
        "note": "",
    }
    await deployment.database.write(lambda connection: settings.add(connection, f"categories:{pack.id}:0001", value))
    shelf = PackShelf(pack)
    await shelf.open(deployment.database)

    assert shelf.library.current.ref == pack.ref
    with pytest.raises(NotFound):
        shelf.library.get("nowhere@0")
