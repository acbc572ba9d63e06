"""Staff come in with password and one-time code, and nobody else does."""

from __future__ import annotations

import asyncio

import pytest

from core.storage import people
from gateway.auth.accounts import deactivate, reset_second_factor
from tests.gateway.pages.shell import PASSWORD, Site
from tests.support.databases import on_both_engines

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
WRONG_CODE = "Mã xác thực không đúng hoặc đã được dùng."


@on_both_engines
async def test_the_first_sign_in_sets_up_the_second_factor(site: Site) -> None:
    """Password, QR code, code, console; the secret is stored sealed."""
    user = await site.add_user()
    first = await site.give_password()
    assert (first.status, first.location) == (303, "/console/xac-thuc")

    _, page = await site.page("/console/xac-thuc")
    assert "<svg" in page
    assert "style=" not in page
    assert (await site.enrol()).location == "/console"

    status, me = await site.page("/console")
    assert status == 200
    assert "an.nguyen" in me
    stored = await site.database.read(lambda connection: people.user_by_id(connection, user.id))
    assert stored.totp_sealed
    assert site.secrets["an.nguyen"].encode() not in stored.totp_sealed


async def test_the_qr_code_holds_the_same_secret_after_a_reload(site: Site) -> None:
    """Nothing is stored before the first right code, and scanning twice does no harm."""
    await site.add_user()
    await site.give_password()

    first, second = (await site.page("/console/xac-thuc"))[1], (await site.page("/console/xac-thuc"))[1]

    assert first.partition("<svg")[2].partition("</svg>")[0] == second.partition("<svg")[2].partition("</svg>")[0]


async def test_the_second_sign_in_asks_for_a_code_only(site: Site) -> None:
    """No QR code is shown to whoever knows just the password."""
    await site.add_user()
    await site.enrol()
    site.forget_cookies()
    site.clock.pass_by(minutes=5)
    await site.give_password()

    _, page = await site.page("/console/xac-thuc")
    assert "<svg" not in page.partition("<main")[2]
    assert (await site.give_code()).location == "/console"


@pytest.mark.parametrize("path", ["/console", "/console/tai-khoan", "/console/quan-tri"])
async def test_the_password_alone_opens_nothing(site: Site, path: str) -> None:
    """A session without its second factor has no standing."""
    await site.add_user(grants=[("admin", "")])
    await site.give_password()

    async with site.client.get(path, allow_redirects=False) as response:
        assert response.status == 303
        assert response.headers["Location"].startswith("/console/dang-nhap")


async def test_an_unfinished_sign_in_ends_after_ten_minutes(site: Site) -> None:
    """The code has to follow the password."""
    await site.add_user()
    await site.give_password()
    site.clock.pass_by(minutes=10)

    async with site.client.get("/console/xac-thuc", allow_redirects=False) as response:
        assert response.headers["Location"] == "/console/dang-nhap"


async def test_a_code_works_once(site: Site) -> None:
    """The same code in another browser, seconds later, is refused."""
    await site.add_user()
    await site.enrol()
    site.clock.pass_by(minutes=5)
    site.forget_cookies()
    await site.give_password()
    used = await site.give_code()
    site.forget_cookies()
    await site.give_password()

    again = await site.give_code()

    assert used.status == 303
    assert again.status == 422
    assert WRONG_CODE in again.text
    assert (await site.page("/console", allow_redirects=False))[0] == 303


async def test_the_code_of_the_set_up_is_used_too(site: Site) -> None:
    """What was shown at the set-up does not sign in once more."""
    await site.add_user()
    await site.enrol()
    site.forget_cookies()
    await site.give_password()

    assert (await site.give_code()).status == 422


async def test_unknown_wrong_and_switched_off_get_the_same_answer(site: Site) -> None:
    """Nobody learns which log-in names exist."""
    await site.add_user()
    gone = await site.add_user("binh.tran")
    await deactivate(site.database, gone.id, now=site.clock())

    answers = [
        await site.give_password("khong.co", PASSWORD),
        await site.give_password("an.nguyen", "mat khau khong dung"),
        await site.give_password("binh.tran", PASSWORD),
    ]

    assert {answer.status for answer in answers} == {422}
    assert all(WRONG in answer.text for answer in answers)
    assert len({_without_tokens(answer.text) for answer in answers}) == 1


async def test_one_way_for_known_and_unknown(site: Site) -> None:
    """Each refusal hashes once, and reads and writes the database as often: time tells nothing."""
    await site.add_user()
    gone = await site.add_user("binh.tran")
    await deactivate(site.database, gone.id, now=site.clock())

    ways = [await _way(site, login) for login in ("khong.co", "an.nguyen", "binh.tran")]

    assert ways[0] == ways[1] == ways[2]
    assert "check" in ways[0]


async def test_log_in_names_are_read_leniently(easy_site: Site) -> None:
    """Capital letters and spaces around are a phone keyboard's doing."""
    await easy_site.add_user()

    assert (await easy_site.give_password("  An.Nguyen ")).location == "/console"


async def test_demo_mode_may_switch_the_second_factor_off(easy_site: Site) -> None:
    """By its setting; who has set one up is asked for it all the same."""
    await easy_site.add_user()
    assert (await easy_site.give_password()).location == "/console"
    assert (await easy_site.page("/console"))[0] == 200


async def test_after_a_reset_the_second_factor_is_set_up_anew(site: Site) -> None:
    """Recovery by an administrator: sessions end, the next sign-in shows a QR code with another secret."""
    user = await site.add_user()
    await site.enrol()
    old = site.secrets["an.nguyen"]
    await reset_second_factor(site.database, user.id, now=site.clock())

    assert (await site.page("/console", allow_redirects=False))[0] == 303
    site.forget_cookies()
    site.clock.pass_by(minutes=1)
    assert (await site.enrol()).location == "/console"
    assert site.secrets["an.nguyen"] != old


async def test_a_lost_key_is_told_in_words(site: Site) -> None:
    """After a restore without keys the sealed secret cannot be opened; the page says who can help."""
    user = await site.add_user()
    await site.enrol()
    site.forget_cookies()
    await asyncio.to_thread(site.shell.safe.keys.destroy, user.id, site.clock())
    await site.give_password()

    answer = await site.give_code()

    assert answer.status == 422
    assert "quản trị viên đặt lại" in answer.text


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/console/ho-so/123?tab=2", "/console/ho-so/123?tab=2"),
        ("https://example.vn/console", "/console"),
        ("//example.vn/console", "/console"),
        ("/console\\..\\example.vn", "/console"),
        ("/\t/example.vn", "/console"),
        ("javascript:alert(1)", "/console"),
        ("/consolex", "/console"),
        ("", "/console"),
    ],
)
async def test_after_sign_in_only_our_own_pages_are_reached(easy_site: Site, wanted: str, reached: str) -> None:
    """A link that somebody sends leads nowhere else."""
    await easy_site.add_user()

    assert (await easy_site.give_password(tiep=wanted)).location == reached


async def test_the_wanted_page_survives_the_whole_sign_in(site: Site) -> None:
    """From a link in a mail through both steps to its case."""
    await site.add_user()
    async with site.client.get("/console/tai-khoan?a=1", allow_redirects=False) as response:
        assert response.headers["Location"] == "/console/dang-nhap?tiep=%2Fconsole%2Ftai-khoan%3Fa%3D1"
    first = await site.give_password(tiep="/console/tai-khoan?a=1")
    assert first.location == "/console/xac-thuc?tiep=%2Fconsole%2Ftai-khoan%3Fa%3D1"


async def test_who_is_signed_in_goes_on(easy_site: Site) -> None:
    """The sign-in page is not shown again."""
    await easy_site.add_user()
    await easy_site.give_password()

    async with easy_site.client.get("/console/dang-nhap", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/console")


def _without_tokens(text: str) -> str:
    """A page without what differs by chance and by what was typed."""
    kept = [line for line in text.splitlines() if 'name="csrf"' not in line and 'name="login"' not in line]
    return "\n".join(kept)


async def _way(site: Site, login: str) -> list[str]:
    """What a refused sign-in does, in order."""
    steps: list[str] = []
    token = await site.token()
    with pytest.MonkeyPatch.context() as patch:
        _note(patch, site.database, "read", steps)
        _note(patch, site.database, "write", steps)
        _note(patch, site.hashing, "check", steps)
        answer = await site.post("/console/dang-nhap", token=token, login=login, password="mat khau khong dung")
    assert answer.status == 422
    return steps


def _note(patch: pytest.MonkeyPatch, target: object, name: str, steps: list[str]) -> None:
    """Let a method work as ever and write down that it did."""
    original = getattr(type(target), name)

    def noted(self: object, *arguments: object, **named: object) -> object:
        steps.append(name)
        return original(self, *arguments, **named)

    patch.setattr(type(target), name, noted)
