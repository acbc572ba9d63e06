"""Sessions end: by idleness, age, a hand, a new password, a switched-off account."""

from __future__ import annotations

import hashlib

import pytest

from core.storage import people
from core.storage.database import Connection, Database
from gateway.auth.accounts import deactivate
from tests.gateway.pages.shell import PASSWORD, Site, open_site

NEW = "ruộng bậc thang mùa nước đổ"


async def signed_in(site: Site) -> bool:
    """Whether the console opens."""
    return (await site.page("/console", allow_redirects=False))[0] == 200


async def test_only_the_hash_of_the_cookie_is_stored(easy_site: Site) -> None:
    """Whoever reads the database cannot sign in with it."""
    user = await easy_site.add_user()
    await easy_site.give_password()
    cookie = easy_site.cookie()

    [row] = await easy_site.database.read(lambda connection: people.sessions_of(connection, user.id))

    assert len(cookie) == 43
    assert row.id_hash == hashlib.sha256(cookie.encode()).hexdigest()


async def test_the_cookie_is_for_this_host_and_no_script(easy_site: Site) -> None:
    """HttpOnly, SameSite=Lax, all paths, no lifetime; not Secure without https."""
    await easy_site.add_user()
    answer = await easy_site.give_password()

    header = answer.response.headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(header.split("; "))
    assert "Secure" not in header
    assert "Max-Age" not in header


async def test_with_https_the_cookie_is_secure(database: Database) -> None:
    """And nobody on a neighbouring host can plant one."""
    async with open_site(database, public_url="https://phananh.example.vn") as site:
        async with site.client.get("/console/dang-nhap") as response:
            header = response.headers["Set-Cookie"]
        assert header.startswith("__Host-langnghe_visitor=")
        assert "Secure" in header.split("; ")


async def test_the_session_is_replaced_at_the_second_factor(site: Site) -> None:
    """A cookie from before is worth nothing afterwards."""
    await site.add_user()
    await site.give_password()
    before = site.cookie()
    await site.enrol()
    assert site.cookie() != before

    site.forget_cookies()
    async with site.client.get("/console", cookies={"langnghe": before}, allow_redirects=False) as response:
        assert response.status == 303


async def test_idle_for_eight_hours(easy_site: Site) -> None:
    """Seven hours and 59 minutes are not enough, and each use starts anew."""
    await easy_site.add_user()
    await easy_site.give_password()
    easy_site.clock.pass_by(hours=7, minutes=59)
    assert await signed_in(easy_site)
    easy_site.clock.pass_by(hours=7, minutes=59)
    assert await signed_in(easy_site)
    easy_site.clock.pass_by(hours=8)
    assert not await signed_in(easy_site)


async def test_twenty_four_hours_at_most(easy_site: Site) -> None:
    """However busy."""
    await easy_site.add_user()
    await easy_site.give_password()
    for _ in range(23):
        easy_site.clock.pass_by(hours=1)
        assert await signed_in(easy_site)
    easy_site.clock.pass_by(hours=1)
    assert not await signed_in(easy_site)


async def test_signing_out_ends_the_session_itself(easy_site: Site) -> None:
    """Not only the cookie: a copy of it is dead too."""
    await easy_site.add_user()
    await easy_site.give_password()
    cookie = easy_site.cookie()

    answer = await easy_site.post("/console/dang-xuat", page="/console/tai-khoan")

    assert answer.location == "/console/dang-nhap"
    assert easy_site.cookie() == ""
    async with easy_site.client.get("/console", cookies={"langnghe": cookie}, allow_redirects=False) as response:
        assert response.status == 303


async def test_a_switched_off_account_is_out_at_the_next_request(easy_site: Site) -> None:
    """Also where only the flag was set, as a script might."""
    user = await easy_site.add_user()
    await easy_site.give_password()
    assert await signed_in(easy_site)
    await easy_site.database.write(lambda connection: people.set_active(connection, user.id, False))

    assert not await signed_in(easy_site)
    assert await easy_site.database.read(lambda connection: people.sessions_of(connection, user.id)) == []


async def test_deactivation_ends_sessions(easy_site: Site) -> None:
    """They stay ended when the account comes back."""
    user = await easy_site.add_user()
    await easy_site.give_password()
    await deactivate(easy_site.database, user.id, now=easy_site.clock())
    await easy_site.database.write(lambda connection: people.set_active(connection, user.id, True))

    assert not await signed_in(easy_site)


async def test_one_browser_is_ended_from_another(easy_site: Site) -> None:
    """The lost phone is signed out, the desk goes on."""
    await easy_site.add_user()
    await easy_site.give_password()
    lost = easy_site.cookie()
    easy_site.forget_cookies()
    await easy_site.give_password()

    answer = await easy_site.post(
        "/console/tai-khoan/phien",
        page="/console/tai-khoan",
        session=hashlib.sha256(lost.encode()).hexdigest(),
    )

    assert answer.location == "/console/tai-khoan?xong=phien"
    assert await signed_in(easy_site)
    assert "Đã kết thúc phiên đăng nhập." in (await easy_site.page(answer.location))[1]
    easy_site.forget_cookies()
    async with easy_site.client.get("/console", cookies={"langnghe": lost}, allow_redirects=False) as response:
        assert response.status == 303


async def test_nobody_ends_a_colleagues_session(easy_site: Site) -> None:
    """Its hash is not enough."""
    await easy_site.add_user("binh.tran")
    await easy_site.give_password("binh.tran")
    other = easy_site.cookie()
    easy_site.forget_cookies()
    await easy_site.add_user()
    await easy_site.give_password()

    answer = await easy_site.post(
        "/console/tai-khoan/phien",
        page="/console/tai-khoan",
        session=hashlib.sha256(other.encode()).hexdigest(),
    )

    assert answer.status == 404
    easy_site.forget_cookies()
    async with easy_site.client.get("/console", cookies={"langnghe": other}) as response:
        assert response.status == 200


async def test_out_everywhere(easy_site: Site) -> None:
    """Here as well."""
    user = await easy_site.add_user()
    await easy_site.give_password()
    easy_site.forget_cookies()
    await easy_site.give_password()

    await easy_site.post("/console/tai-khoan/phien/tat-ca", page="/console/tai-khoan")

    assert not await signed_in(easy_site)
    assert await easy_site.database.read(lambda connection: people.sessions_of(connection, user.id)) == []


async def test_a_new_password_ends_the_other_sessions(easy_site: Site) -> None:
    """This one is replaced; the old password opens nothing any more."""
    user = await easy_site.add_user()
    await easy_site.give_password()
    other = easy_site.cookie()
    easy_site.forget_cookies()
    await easy_site.give_password()

    answer = await change_password(easy_site, PASSWORD, NEW, NEW)

    assert answer == (303, "/console/tai-khoan?xong=mat-khau")
    assert await signed_in(easy_site)
    assert other not in easy_site.cookie()
    assert len(await easy_site.database.read(lambda connection: people.sessions_of(connection, user.id))) == 1
    easy_site.forget_cookies()
    assert (await easy_site.give_password(password=PASSWORD)).status == 422
    assert (await easy_site.give_password(password=NEW)).status == 303


@pytest.mark.parametrize(
    ("old", "new", "repeated"),
    [("mat khau khong dung", NEW, NEW), (PASSWORD, "ngắn", "ngắn"), (PASSWORD, NEW, NEW + "!")],
    ids=["wrong present password", "too short", "not repeated"],
)
async def test_a_password_is_not_changed_by_halves(easy_site: Site, old: str, new: str, repeated: str) -> None:
    """The page says what is wrong, and everything stays."""
    await easy_site.add_user()
    await easy_site.give_password()

    assert (await change_password(easy_site, old, new, repeated))[0] == 422
    easy_site.forget_cookies()
    assert (await easy_site.give_password()).status == 303


async def test_a_new_phone_replaces_the_old_one(site: Site) -> None:
    """Proved by the password and the new phone's code; the old phone's codes are dead, other browsers out."""
    await site.add_user()
    await site.enrol()
    elsewhere, old = site.cookie(), site.secrets["an.nguyen"]
    site.forget_cookies()
    site.clock.pass_by(minutes=1)
    await site.give_password()
    await site.give_code()
    site.clock.pass_by(minutes=1)
    _, page = await site.page("/console/tai-khoan/thiet-bi")
    site.secrets["an.nguyen"] = page.partition('<code class="secret">')[2].partition("<")[0].replace(" ", "")

    answer = await site.post("/console/tai-khoan/thiet-bi", code=site.code(), current_password=PASSWORD)

    assert answer.location == "/console/tai-khoan?xong=thiet-bi"
    assert site.secrets["an.nguyen"] != old
    assert await signed_in(site)
    site.forget_cookies()
    async with site.client.get("/console", cookies={"langnghe": elsewhere}, allow_redirects=False) as response:
        assert response.status == 303


async def test_a_new_phone_needs_the_password(site: Site) -> None:
    """Somebody at an unlocked desk cannot take the account over."""
    await site.add_user()
    await site.enrol()

    answer = await site.post("/console/tai-khoan/thiet-bi", code="123456", current_password="mat khau khong dung")

    assert answer.status == 422
    assert "Mật khẩu hiện tại không đúng." in answer.text


async def test_use_is_remembered_once_a_minute_at_most(easy_site: Site) -> None:
    """Reading pages does not write each time."""
    user = await easy_site.add_user()
    await easy_site.give_password()

    async def seen() -> object:
        def read(connection: Connection) -> object:
            return people.sessions_of(connection, user.id)[0].seen_at

        return await easy_site.database.read(read)

    first = await seen()
    easy_site.clock.pass_by(seconds=59)
    await easy_site.page("/console")
    assert await seen() == first
    easy_site.clock.pass_by(seconds=1)
    await easy_site.page("/console")
    assert await seen() == easy_site.clock()


async def change_password(site: Site, old: str, new: str, repeated: str) -> tuple[int, str]:
    """Send the form of the account page."""
    answer = await site.post(
        "/console/tai-khoan/mat-khau",
        page="/console/tai-khoan",
        current_password=old,
        new_password=new,
        repeated_password=repeated,
    )
    return answer.status, answer.location
