"""Officers are told in every form their regulation names, and each form has an end of its own (TG-7.1a)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert

from core.cases.decide import Actor
from core.contract.schema import new_id
from core.service.actors import Member
from core.service.case_links import PATTERN, Opened
from core.storage import people, staff_notices
from core.storage.database import Connection
from core.storage.staff_notices import Delivery
from core.storage.tables import stand_in
from tests.gateway.api.staffing import case_ids, hire, issue
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import received, write_mail

REPORT = (
    "Đường trước số 12 Lê Lợi, xã Vàm Nam có ổ gà lớn từ 7 giờ sáng ngày 20/11/2026. "
    "Tôi là Nguyễn Văn An, số điện thoại 0900 000 001, email an@example.vn."
)
ROADS = "so_xay_dung"


@pytest_asyncio.fixture
async def tien_giang(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment under the regulation that names three forms; it has a mailbox and neither push nor SMS."""
    async with world_over(database_url, tmp_path, regulation="tien_giang_2025") as opened:
        yield opened


async def centre(world: World) -> Member:
    return await hire(world, "Trần Thị Bình", ("receptionist", ""), ("distributor", ""), ("editor", ""))


async def accepted(world: World, desk: Member) -> str:
    """A report by mail, complete and accepted; by hand, since police matters are not routed automatically."""
    before = await case_ids(world)
    await write_mail(world, REPORT, subject="Ổ gà")
    (case_id,) = [name for name in await case_ids(world) if name not in before]
    for field in ("place", "time", "name", "phone", "email"):
        await world.deployment.clerk.execute(
            case_id, "declare_none", {"field": field, "reason": "Có trong thư"}, actor=_actor(desk)
        )
    await issue(world, desk, case_id, "classify", category="police", reason="Chuyển tay")
    await issue(world, desk, case_id, "accept")
    return case_id


async def distributed(world: World, desk: Member, *agencies: str) -> str:
    case_id = await accepted(world, desk)
    await issue(world, desk, case_id, "dispatch", agencies=list(agencies or (ROADS,)))
    return case_id


def _actor(member: Member) -> Actor:
    return Actor(member.id, frozenset(role for role, _ in member.grants))


async def deliveries(world: World, case_id: str, notification: str) -> list[Delivery]:
    found = await world.deployment.database.read(lambda one: staff_notices.of_case(one, case_id))
    return [item for item in found if item.notice.notification == notification]


def ends(found: list[Delivery]) -> list[tuple[str, str, str]]:
    return sorted((item.name, item.notice.form, item.notice.state) for item in found)


@on_both_engines
@pytest.mark.rule("TG-7.1a", "TG-4.1c")
async def test_each_form_is_a_delivery_of_its_own_and_a_missing_channel_is_said(tien_giang: World) -> None:
    """The console shows it; push and SMS say plainly that this deployment cannot."""
    desk, officer = await centre(tien_giang), await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS))
    await hire(tien_giang, "Phạm Thị Dung", ("leader", ROADS))
    await hire(tien_giang, "Võ Văn Em", ("officer", "so_khoa_hoc"))

    case_id = await distributed(tien_giang, desk)

    found = await deliveries(tien_giang, case_id, "officer_new")
    assert ends(found) == [
        ("Lê Văn Cường", "console", "shown"),
        ("Lê Văn Cường", "push", "no_channel"),
        ("Lê Văn Cường", "sms", "no_channel"),
    ]
    notice = found[0].notice
    assert (notice.user_id, notice.role, notice.agency_id) == (officer.id, "officer", ROADS)
    assert notice.text.splitlines()[1:3] == ["Đơn vị: Sở Xây dựng", "Hạn: 09:00 ngày 23/11/2026"]
    assert f"/console/ho-so/{case_id}" in notice.text
    for word in ("ổ gà", "Nguyễn Văn An", "900 000 001", "900000001", "an@example.vn"):
        assert word not in notice.text + notice.subject


@pytest.mark.rule("TG-7.1a", "TG-6.1b.2")
async def test_every_agency_has_its_own_officers_told_once(tien_giang: World) -> None:
    """Several agencies, each its own people; working it out again writes nothing twice."""
    desk = await centre(tien_giang)
    await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS))
    await hire(tien_giang, "Võ Văn Em", ("officer", "so_khoa_hoc"))

    case_id = await distributed(tien_giang, desk, ROADS, "so_khoa_hoc")
    await tien_giang.settle()

    console = [item for item in await deliveries(tien_giang, case_id, "officer_new") if item.notice.form == "console"]
    assert ends(console) == [("Lê Văn Cường", "console", "shown"), ("Võ Văn Em", "console", "shown")]


@pytest.mark.rule("TG-7.1a", "TG-15.1")
async def test_an_agency_without_an_officer_is_recorded_as_told_to_nobody(tien_giang: World) -> None:
    """Neither forgotten nor pretended; whoever left has no account in use."""
    desk, gone = await centre(tien_giang), await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS))
    await tien_giang.deployment.database.write(lambda one: people.set_active(one, gone.id, False))

    case_id = await distributed(tien_giang, desk)

    (nobody,) = await deliveries(tien_giang, case_id, "officer_new")
    assert (nobody.notice.state, nobody.notice.user_id, nobody.notice.agency_id) == ("nobody", None, ROADS)


@on_both_engines
@pytest.mark.rule("TG-7.1a")
async def test_a_stand_in_is_told_while_the_officer_is_away(tien_giang: World) -> None:
    """Both, since the one who is away comes back to it; not after the leave."""
    desk, officer = await centre(tien_giang), await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS))
    deputy = await hire(tien_giang, "Phạm Thị Dung", ("officer", "so_khoa_hoc"))
    now = tien_giang.clock()
    await tien_giang.deployment.database.write(
        lambda one: one.execute(insert(stand_in).values(_leave(officer, deputy, now, now + timedelta(days=1))))
    )

    first = await distributed(tien_giang, desk)
    await tien_giang.pass_time(days=2)
    second = await distributed(tien_giang, desk)

    told = [{item.name for item in await deliveries(tien_giang, one, "officer_new")} for one in (first, second)]
    assert told == [{"Lê Văn Cường", "Phạm Thị Dung"}, {"Lê Văn Cường"}]


def _leave(away: Member, deputy: Member, since: datetime, until: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "user_id": away.id,
        "deputy_id": deputy.id,
        "since": since,
        "until": until,
        "made_by": "test",
        "made_at": since,
    }


@on_both_engines
@pytest.mark.rule("TG-7.1a", "TG-7.3")
async def test_a_limit_that_comes_near_and_passes_is_told_to_those_it_names(tien_giang: World) -> None:
    """A warning to the officer, then the breach to officer, leader and distributor; a person with two roles once."""
    desk = await centre(tien_giang)
    await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS), ("leader", ROADS))
    case_id = await distributed(tien_giang, desk)

    await tien_giang.pass_time(minutes=46)
    (warning,) = await deliveries(tien_giang, case_id, "warning:acceptance")
    assert (warning.name, warning.notice.role) == ("Lê Văn Cường", "officer")
    assert "sắp đến hạn" in warning.notice.text

    await tien_giang.pass_time(minutes=30)
    breach = await deliveries(tien_giang, case_id, "breach:acceptance")
    assert sorted((item.notice.role, item.name) for item in breach) == [
        ("distributor", "Trần Thị Bình"),
        ("officer", "Lê Văn Cường"),
    ]
    assert all("đã quá hạn" in item.notice.text and "09:00" in item.notice.text for item in breach)


@pytest.mark.rule("TG-7.1a")
async def test_a_form_with_a_channel_goes_through_the_outbox_to_the_persons_address(
    tien_giang: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real mail with a receipt of its own; whoever left no address is recorded so."""
    pack = tien_giang.deployment.regulation.current
    told = pack.notifications["officer_new"].model_copy(update={"via": ("console", "email")})
    monkeypatch.setitem(pack.notifications, "officer_new", told)
    desk, officer = await centre(tien_giang), await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS))
    await hire(tien_giang, "Phạm Thị Dung", ("officer", ROADS))
    await tien_giang.deployment.clerk.officers.set_address(officer.id, "email", "cuong@soxaydung.example.vn")

    case_id = await distributed(tien_giang, desk)

    found = {(item.name, item.notice.form): item for item in await deliveries(tien_giang, case_id, "officer_new")}
    mailed = found["Lê Văn Cường", "email"]
    assert (mailed.notice.state, mailed.sending) == ("queued", "sent")
    assert mailed.sent_at is not None
    assert found["Phạm Thị Dung", "email"].notice.state == "no_address"
    (mail,) = [mail for mail in received(tien_giang) if "chờ nhận xử lý" in mail]
    (token,) = re.findall(f"/viec/({PATTERN})", mail)
    opened = tien_giang.deployment.clerk.case_links.open(token)
    assert opened == Opened(officer.id, case_id)  # their own link; the notice that is kept names the page that asks
    assert "/viec/" not in mailed.notice.text
    assert f"/console/ho-so/{case_id}" in mailed.notice.text


@pytest.mark.rule("TG-3.6")
async def test_an_address_is_kept_sealed_and_can_be_taken_back(tien_giang: World) -> None:
    """Nobody reads it in the table; without it there is no address any more."""
    officer = await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS))
    officers = tien_giang.deployment.clerk.officers
    await officers.set_address(officer.id, "sms", "0900000002")

    sealed = await tien_giang.deployment.database.read(lambda one: staff_notices.addresses(one, [officer.id]))
    assert b"0900000002" not in sealed[officer.id, "sms"]
    assert await officers.addresses_of(officer.id) == {"sms": "0900000002"}

    await officers.set_address(officer.id, "sms", "")
    assert await officers.addresses_of(officer.id) == {}
    with pytest.raises(ValueError, match="needs no address"):
        await officers.set_address(officer.id, "console", "x")


@on_both_engines
@pytest.mark.rule("TG-7.1a")
async def test_a_notice_stands_until_its_reader_has_read_it(tien_giang: World) -> None:
    """Unread, read once, and nobody else's to read."""
    desk, officer = await centre(tien_giang), await hire(tien_giang, "Lê Văn Cường", ("officer", ROADS))
    other = await hire(tien_giang, "Phạm Thị Dung", ("leader", ROADS))
    case_id = await distributed(tien_giang, desk)
    database, now = tien_giang.deployment.database, tien_giang.clock()
    (notice,) = await database.read(lambda one: staff_notices.of_user(one, officer.id, most=9, only_unread=True))
    assert await database.read(lambda one: staff_notices.unread(one, officer.id)) == 1

    def read(user_id: str) -> Callable[[Connection], list[str]]:
        return lambda one: staff_notices.mark_read(one, user_id, notice_id=notice.id, now=now)

    assert await database.write(read(other.id)) == []
    assert await database.write(read(officer.id)) == [case_id]
    assert await database.write(read(officer.id)) == []

    assert await database.read(lambda one: staff_notices.unread(one, officer.id)) == 0
    (kept,) = await database.read(lambda one: staff_notices.of_user(one, officer.id, most=9))
    assert (kept.state, kept.read_at) == ("read", now)
