"""Accounts: made, given roles, locked, and let in again; secrets are shown once."""

from __future__ import annotations

import re
from functools import partial

from core.service.actors import Member
from core.storage import people
from core.storage.people import UserRow
from gateway.auth import sessions
from gateway.auth.door import HASHING
from tests.gateway.api.staffing import LIGHTS, centre, hire
from tests.gateway.console.office import Office

PEOPLE = "/console/nguoi-dung"
NEW = f"{PEOPLE}/them"


async def admin(office: Office) -> Member:
    """An administrator."""
    return await hire(office.world, "Phạm Thị Dung", ("admin", ""))


async def user(office: Office, user_id: str) -> UserRow:
    """An account as stored."""
    return await office.world.deployment.database.read(partial(people.user_by_id, user_id=user_id))


async def grants(office: Office, user_id: str) -> list[tuple[str, str]]:
    """Roles as stored."""
    return await office.world.deployment.database.read(partial(people.grants, user_id=user_id))


async def living(office: Office, user_id: str) -> int:
    """In how many browsers the user is signed in."""
    now = office.world.clock()
    return len(await office.world.deployment.database.read(partial(sessions.living, user_id=user_id, now=now)))


async def test_a_new_account_signs_in_with_the_password_shown_once(office: Office) -> None:
    """Made for the officer of one agency; the page after it does not show the password again."""
    async with office.desk(await admin(office)) as desk:
        form = {
            "login": "Cuong.Le",
            "name": "Lê Văn Cường",
            "staff_number": "CB-1",
            "role": "officer",
            "agency": LIGHTS,
        }
        made = await desk.send(NEW, NEW, **form)
        password = re.search(r'<code class="secret">([^<]+)</code>', made.text)
        listed = await desk.get(PEOPLE)
    row = await office.world.deployment.database.read(partial(people.user_by_login, login="cuong.le"))

    assert made.status == 200
    assert password is not None
    assert row is not None
    assert (await office.app[HASHING].check(password[1], row.password_hash)).ok
    assert await grants(office, row.id) == [("officer", LIGHTS)]
    assert "Lê Văn Cường" in listed.text
    assert password[1] not in listed.text
    assert made.headers["Cache-Control"] == "no-store"


async def test_what_is_wrong_with_a_new_account_is_said(office: Office) -> None:
    """Taken, no name, a role of an agency without one; what was typed stays."""
    async with office.desk(await admin(office)) as desk:
        form = {
            "login": "dung.pham",
            "name": "Phạm Thị Dung",
            "staff_number": "CB-2",
            "role": "editor",
            "agency": LIGHTS,
        }
        await desk.send(NEW, NEW, **form)
        taken = await desk.send(NEW, NEW, **form)
        homeless = await desk.send(NEW, NEW, login="x y", name="", role="officer", agency="")
    row = await office.world.deployment.database.read(partial(people.user_by_login, login="dung.pham"))

    assert row is not None
    assert await grants(office, row.id) == [("editor", "")]
    assert (taken.status, homeless.status) == (422, 422)
    assert "đã có người dùng" in taken.text
    assert 'value="Phạm Thị Dung"' in taken.text
    for field in ("login-loi", "name-loi", "agency-loi"):
        assert f'id="{field}"' in homeless.text


async def test_roles_are_given_and_taken(office: Office) -> None:
    """With the agency; a role that does not exist is refused; the same role twice is one."""
    boss, clerk = await admin(office), await hire(office.world, "Lê Văn Cường", ("officer", LIGHTS))
    page = f"{PEOPLE}/{clerk.id}"
    async with office.desk(boss) as desk:
        for _ in range(2):
            given = await desk.send(page, f"{page}/vai-tro", role="leader", agency=LIGHTS)
        refused = await desk.send(page, f"{page}/vai-tro", role="king", agency="")
        both = await grants(office, clerk.id)
        await desk.send(page, f"{page}/vai-tro/bo", role="officer", agency=LIGHTS)

    assert given.location == f"{page}?xong=them-vai-tro"
    assert refused.status == 422
    assert both == [("leader", LIGHTS), ("officer", LIGHTS)]
    assert await grants(office, clerk.id) == [("leader", LIGHTS)]


async def test_a_locked_account_is_out_at_once_and_may_come_back(office: Office) -> None:
    """Its open browser too."""
    boss, clerk = await admin(office), await centre(office.world)
    page = f"{PEOPLE}/{clerk.id}"
    async with office.desk(boss) as desk, office.desk(clerk) as theirs:
        before = await theirs.get("/console")
        await desk.send(page, f"{page}/khoa", mo="0")
        locked = await theirs.get("/console")
        off = (await user(office, clerk.id)).active
        await desk.send(page, f"{page}/khoa", mo="1")

    assert (before.status, locked.status) == (200, 303)
    assert off is False
    assert (await user(office, clerk.id)).active


async def test_lost_password_and_lost_phone(office: Office) -> None:
    """A new password is shown once and ends every session; the second factor starts afresh."""
    boss, clerk = await admin(office), await centre(office.world)
    await office.world.deployment.database.write(partial(people.set_totp, user_id=clerk.id, totp_sealed=b"x"))
    page = f"{PEOPLE}/{clerk.id}"
    await office.cookie(clerk)
    async with office.desk(boss) as desk:
        reset = await desk.send(page, f"{page}/mat-khau")
        sessions_left = await living(office, clerk.id)
        await desk.send(page, f"{page}/lop-hai")
        await office.cookie(clerk)
        await desk.send(page, f"{page}/dang-xuat")
    password = re.search(r'<code class="secret">([^<]+)</code>', reset.text)
    row = await user(office, clerk.id)

    assert password is not None
    assert (await office.app[HASHING].check(password[1], row.password_hash)).ok
    assert sessions_left == 0
    assert row.totp_sealed is None
    assert await living(office, clerk.id) == 0


async def test_nobody_locks_themselves_out(office: Office) -> None:
    """Neither by the lock nor by the role; a new password of one's own is shown outside the console."""
    boss = await admin(office)
    page = f"{PEOPLE}/{boss.id}"
    async with office.desk(boss) as desk:
        shown = await desk.get(page)
        token = shown.forms()[f"{page}/mat-khau"]
        locked = await desk.post(f"{page}/khoa", {**token, "mo": "0"})
        bare = await desk.send(page, f"{page}/vai-tro/bo", role="admin", agency="")
        own = await desk.send(page, f"{page}/mat-khau")
        after = await desk.get(page)

    assert f"{page}/khoa" not in shown.forms()
    assert (locked.status, bare.status, own.status) == (409, 409, 200)
    assert "Mật khẩu mới của anh/chị" in own.text
    assert after.status == 303
    assert await grants(office, boss.id) == [("admin", "")]


async def test_accounts_are_for_administrators_alone(office: Office) -> None:
    """Page and act; an account that does not exist is not found."""
    boss, clerk = await admin(office), await centre(office.world)
    async with office.desk(boss) as desk:
        nobody = await desk.get(f"{PEOPLE}/{'0' * 32}")
    async with office.desk(clerk) as desk:
        token = (await desk.get("/console")).text.partition('name="csrf" value="')[2].partition('"')[0]
        pages = [await desk.get(path) for path in (PEOPLE, NEW, f"{PEOPLE}/{boss.id}")]
        act = await desk.post(f"{PEOPLE}/{clerk.id}/vai-tro", {"csrf": token, "role": "admin", "agency": ""})

    assert nobody.status == 404
    assert [one.status for one in (*pages, act)] == [403] * 4
    assert ("admin", "") not in await grants(office, clerk.id)
