"""Agencies in the console: looked at on any day, changed, and refused with a sentence; people in their offices."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from core.service.actors import Member
from core.storage import agencies, cases, offices, people
from tests.gateway.api.staffing import LIGHTS, WATER, centre, hire, issue, report
from tests.gateway.console.office import Office

PAGE, PEOPLE = "/console/co-quan", "/console/nguoi-dung"


async def admin(office: Office) -> Member:
    """An administrator."""
    return await hire(office.world, "Phạm Thị Dung", ("admin", ""))


@pytest.mark.rule("VN-10", "VN-11")
async def test_the_tree_of_any_day_by_any_name(office: Office) -> None:
    """Today's, last year's, and what an old name leads to."""
    async with office.desk(await admin(office)) as desk:
        today = await desk.get(PAGE)
        before = await desk.get(f"{PAGE}?ngay=2025-06-30")
        old = await desk.get(f"{PAGE}?q=so giao thong&ca-da-dong=1")
        one = await desk.get(f"{PAGE}/so_giao_thong")
        nobody = await desk.get(f"{PAGE}/khong_co")

    link = 'href="/console/co-quan/ubnd_song_trung"'
    assert link not in today.text
    assert link in before.text
    assert "Đã kết thúc" in old.text
    assert "Sở Xây dựng" in old.text
    assert "Nay là" in one.text
    assert nobody.status == 404


@pytest.mark.rule("VN-10")
async def test_an_agency_is_added_renamed_and_closed(office: Office) -> None:
    """Every step with its day; the history shows them, each is an edition signed by who did it."""
    boss = await admin(office)
    book = office.world.deployment.regulation.book
    async with office.desk(boss) as desk:
        fields = {
            "name": "Chi cục Thủy lợi",
            "kind": "unit",
            "parent": "so_nong_nghiep_moi_truong",
            "since": "2026-01-01",
        }
        added = await desk.send(f"{PAGE}/moi", f"{PAGE}/moi", id="chi_cuc", note="QĐ 7", **fields)
        page = f"{PAGE}/chi_cuc"
        renamed = await desk.send(page, f"{page}/thay-doi", **{**fields, "name": "Chi cục Nước", "since": "2026-06-01"})
        closed = await desk.send(page, f"{page}/dong", last_day="2026-10-31", replaced_by=["so_xay_dung", "so_y_te"])
        shown = await desk.get(page)
    editions = await office.world.deployment.database.read(agencies.editions)

    assert added.location == f"{page}?xong=them-co-quan"
    assert (renamed.status, closed.status) == (303, 303)
    assert "Chi cục Thủy lợi, trực thuộc Sở Nông nghiệp và Môi trường" in shown.text
    assert "kế thừa: Sở Xây dựng, Sở Y tế" in shown.text
    assert not book.today.is_active("chi_cuc")
    assert [one.by for one in editions[:3]] == [boss.id] * 3


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize(
    ("where", "action", "fields", "sentence"),
    [
        ("moi", "moi", {"id": "so_y_te", "name": "X", "kind": "unit", "since": "2026-01-01"}, "không dùng lại"),
        ("moi", "moi", {"id": "x", "name": "X", "kind": "unit", "since": "sai"}, "Ngày chưa đúng"),
        ("moi", "moi", {"id": "x", "name": "X", "kind": "unit", "since": "0026-01-01"}, "Ngày chưa đúng"),
        ("so_y_te", "so_y_te/dong", {"last_day": "9999-12-31"}, "Ngày chưa đúng"),
        ("moi", "moi", {"id": "x", "name": "", "kind": "unit", "since": "2026-01-01"}, "phải có tên"),
        ("ubnd_thanh_pho", "ubnd_thanh_pho/thay-doi", {"parent": "so_nong_nghiep_moi_truong"}, "không thể trực thuộc"),
        ("so_y_te", "so_y_te/thay-doi", {"parent": "so_giao_thong"}, "không còn hoạt động"),
        ("so_y_te", "so_y_te/dong", {"last_day": "2026-10-31", "replaced_by": ["so_giao_thong"]}, "Cơ quan kế thừa"),
        ("ubnd_thanh_pho", "ubnd_thanh_pho/dong", {"last_day": "2026-10-31"}, "trực thuộc"),
    ],
)
async def test_what_does_not_hold_together_is_refused(
    office: Office, where: str, action: str, fields: dict[str, object], sentence: str
) -> None:
    """422, a sentence, and no new edition."""
    usual = {"name": "Tên", "kind": "unit", "since": "2026-11-01"} if action.endswith("thay-doi") else {}
    before = office.world.deployment.regulation.book.history.edition
    async with office.desk(await admin(office)) as desk:
        refused = await desk.send(f"{PAGE}/{where}", f"{PAGE}/{action}", **{**usual, **fields})

    assert refused.status == 422
    assert sentence in refused.text
    assert office.world.deployment.regulation.book.history.edition == before


@pytest.mark.rule("TG-15.1")
async def test_focal_points_and_what_is_missing(office: Office) -> None:
    """One leader, one officer; the same person for both is refused; the list of gaps shrinks."""
    boss = await admin(office)
    leader = await hire(office.world, "Lê Văn Cường", ("leader", LIGHTS))
    officer = await hire(office.world, "Trần Thị Em", ("officer", LIGHTS))
    page = f"{PAGE}/{LIGHTS}"
    async with office.desk(boss) as desk:
        before = await desk.get(PAGE)
        both = await desk.send(page, f"{page}/dau-moi", leader=leader.id, officer=leader.id)
        done = await desk.send(page, f"{page}/dau-moi", leader=leader.id, officer=officer.id, document="12/CV")
        after = await desk.get(PAGE)
    points = await office.world.deployment.database.read(offices.focal_points)

    assert "chưa có lãnh đạo đầu mối" in before.text
    assert both.status == 422
    assert done.status == 303
    assert [(one.part, one.user_id, one.document) for one in points] == [
        ("leader", leader.id, "12/CV"),
        ("officer", officer.id, "12/CV"),
    ]
    assert before.text.count("chưa có lãnh đạo đầu mối") == after.text.count("chưa có lãnh đạo đầu mối") + 1


@pytest.mark.rule("VN-10", "LS-3.1")
async def test_open_work_goes_to_the_successor_with_one_button(office: Office) -> None:
    """Listed on the page of the agency; without a reason nothing moves."""
    boss, ioc = await admin(office), await centre(office.world)
    case_id = await report(office.world)
    await issue(office.world, ioc, case_id, "accept")
    await issue(office.world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    page = f"{PAGE}/{LIGHTS}"
    async with office.desk(boss) as desk:
        listed = await desk.get(page)
        silent = await desk.send(page, f"{page}/ban-giao", to=WATER, reason="")
        done = await desk.send(page, f"{page}/ban-giao", to=WATER, reason="Sáp nhập")
        story = await desk.get(f"/console/ho-so/{case_id}")
    row = await office.world.deployment.database.read(partial(cases.load, case_id=case_id))

    assert "Bàn giao 1 hồ sơ" in listed.text
    assert (silent.status, done.status) == (422, 303)
    assert [item["agency_id"] for item in row.state["dispatches"]] == [WATER]
    assert "Bàn giao phần việc của Công ty Điện lực" in story.text
    assert "Sáp nhập" in story.text


@pytest.mark.rule("LS-3.1")
async def test_a_person_is_known_once_and_has_a_deputy(office: Office) -> None:
    """A second account for the same official is refused; a deputy is made and ended on the page."""
    boss = await admin(office)
    away, other = [await hire(office.world, name, ("leader", LIGHTS)) for name in ("Lê Văn Cường", "Trần Thị Em")]
    page, today = f"{PEOPLE}/{away.id}", office.world.clock().date()
    days = {"first": today.isoformat(), "last": (today + timedelta(days=3)).isoformat()}
    async with office.desk(boss) as desk:
        known = await desk.send(page, f"{page}/so-hieu", staff_number="CB 7")
        twice = await desk.send(f"{PEOPLE}/{other.id}", f"{PEOPLE}/{other.id}/so-hieu", staff_number="cb-7")
        new = {"login": "cuong2", "name": "Lê Văn Cường", "staff_number": "CB.7", "role": "editor", "agency": ""}
        second = await desk.send(f"{PEOPLE}/them", f"{PEOPLE}/them", **new)
        nobody = await desk.send(page, f"{page}/nguoi-thay", deputy="", **days)
        wrong = await desk.send(page, f"{page}/nguoi-thay", deputy=other.id, first="x", last="y")
        ever = await desk.send(page, f"{page}/nguoi-thay", deputy=other.id, **days | {"last": "9999-12-31"})
        made = await desk.send(page, f"{page}/nguoi-thay", deputy=other.id, **days)
        shown = await desk.get(page)
        (stand_in,) = await office.world.deployment.database.read(
            partial(offices.stand_ins, now=office.world.clock(), user_id=away.id)
        )
        over = await desk.send(page, f"{page}/nguoi-thay/ket-thuc", id=stand_in.id)
    stored = await office.world.deployment.database.read(partial(people.user_by_id, user_id=away.id))

    assert known.status == 303
    assert "CB" not in (stored.identity_blind or "CB")
    assert [one.status for one in (twice, second, nobody, wrong, ever)] == [422] * 5
    assert "ngày kết thúc chưa đúng" in ever.text
    assert [f'value="{typed}"' in ever.text for typed in (days["first"], "9999-12-31")] == [True, True]
    assert f'value="{other.id}" selected' in ever.text
    assert "mỗi cán bộ một tài khoản" in twice.text
    assert "mỗi cán bộ một tài khoản" in second.text
    assert (made.status, over.status) == (303, 303)
    assert "Trần Thị Em thay" in shown.text


async def test_these_pages_are_for_administrators(office: Office) -> None:
    """Nobody else."""
    async with office.desk(await centre(office.world)) as desk:
        answers = [await desk.get(path) for path in (PAGE, f"{PAGE}/moi", f"{PAGE}/{LIGHTS}")]

    assert {answer.status for answer in answers} == {403}
