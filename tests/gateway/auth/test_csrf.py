"""A form that does not come from a page of ours changes nothing."""

from __future__ import annotations

import pytest

from gateway.auth.tokens import create_token
from tests.gateway.pages.shell import Site

SENTENCE = "Trang đã mở quá lâu hoặc yêu cầu không đến từ trang này."


@pytest.mark.parametrize("token", ["", "0" * 64, "đ"], ids=["none", "wrong", "not even ASCII"])
@pytest.mark.parametrize("path", ["/console/dang-nhap", "/phan-anh"])
async def test_a_visitors_form_needs_its_token(site: Site, path: str, token: str) -> None:
    """403 with a sentence that helps."""
    await site.token()

    answer = await site.post(path, token=token, content="Ổ gà trước cổng trường")

    assert answer.status == 403
    assert SENTENCE in answer.text


async def test_a_token_without_its_cookie_is_worth_nothing(site: Site) -> None:
    """It was made for another browser."""
    token = await site.token()
    site.forget_cookies()

    assert (await site.post("/phan-anh", token=token)).status == 403


async def test_a_visitors_form_with_its_token_passes(site: Site) -> None:
    """Also with a file, as multipart."""
    token = await site.token()
    assert (await site.post("/phan-anh", token=token, content="Đèn hỏng")).text == "Đèn hỏng"

    import aiohttp

    form = aiohttp.FormData({"csrf": token, "content": "Cây đổ"})
    form.add_field("photo", b"\xff\xd8\xff", filename="a.jpg", content_type="image/jpeg")
    async with site.client.post("/phan-anh", data=form) as response:
        assert await response.text() == "Cây đổ"


async def test_staff_use_the_token_of_their_session(easy_site: Site) -> None:
    """The visitor's token from before is dead, the session's passes as field and as header."""
    await easy_site.add_user()
    before = await easy_site.token()
    await easy_site.give_password()
    token = await easy_site.token("/console/tai-khoan")

    assert (await easy_site.post("/phan-anh", token=before)).status == 403
    assert (await easy_site.post("/phan-anh", token=token, content="a")).status == 200
    async with easy_site.client.post("/phan-anh", data={"content": "b"}, headers={"X-CSRF-Token": token}) as response:
        assert await response.text() == "b"


async def test_words_outlive_the_session_in_which_they_were_written(easy_site: Site) -> None:
    """A form of an ended session says so and shows what was typed, though no password and nothing that others sent."""
    await easy_site.add_user()
    await easy_site.give_password()
    form = {
        "csrf": await easy_site.token("/console/tai-khoan"),
        "text": "Đã thay ba bóng đèn <hỏng>.",
        "password": "bốn mùa hoa",
    }
    easy_site.clock.pass_by(days=30)
    pages = []
    for origin in ("same-origin", "cross-site", ""):
        headers = {"Sec-Fetch-Site": origin} if origin else {}
        async with easy_site.client.post("/console/tai-khoan/mat-khau", data=form, headers=headers) as response:
            pages.append((response.status, await response.text()))

    assert [status for status, _ in pages] == [401, 403, 401]
    assert ["Đã thay ba bóng đèn &lt;hỏng&gt;." in text for _, text in pages] == [True, False, False]
    assert "phiên làm việc đã hết hạn" in pages[0][1]
    assert "bốn mùa hoa" not in pages[0][1]


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
async def test_another_site_is_refused_whatever_it_knows(site: Site, origin: str) -> None:
    """Browsers tell where a form stands."""
    token = await site.token()

    async with site.client.post("/phan-anh", data={"csrf": token}, headers={"Sec-Fetch-Site": origin}) as response:
        assert response.status == 403


async def test_a_signed_in_browser_needs_it_at_the_api_too(easy_site: Site) -> None:
    """Otherwise any page could call the API with the cookie; the answer is JSON there."""
    await easy_site.add_user()
    await easy_site.give_password()
    token = await easy_site.token("/console/tai-khoan")

    async with easy_site.client.post("/api/v1/me") as response:
        assert response.status == 403
        assert await response.json() == {
            "error": "csrf_refused",
            "message": SENTENCE + " Vui lòng tải lại trang rồi gửi lại.",
        }
    async with easy_site.client.post("/api/v1/me", headers={"X-CSRF-Token": token}) as response:
        assert response.status == 200


async def test_programs_need_none(easy_site: Site) -> None:
    """A bearer token never travels by itself, and providers know no forms."""
    user = await easy_site.add_user()
    token = await create_token(easy_site.database, user.id, name="test", now=easy_site.clock())

    async with easy_site.client.post("/hooks/zalo", data={"content": "x"}) as response:
        assert response.status == 200
    bearer = {"Authorization": f"Bearer {token.secret}", "Sec-Fetch-Site": "cross-site"}
    async with easy_site.client.post("/api/v1/me", headers=bearer) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"a=1", "application/x-www-form-urlencoded; charset=klingon"),
        (b"\xff\xfe", "application/x-www-form-urlencoded; charset=utf-8"),
        (b"", "multipart/form-data"),
        (b"{}", "application/json"),
    ],
)
async def test_an_unreadable_form_is_refused_in_words(site: Site, body: bytes, kind: str) -> None:
    """Never a 500."""
    async with site.client.post("/phan-anh", data=body, headers={"Content-Type": kind}) as response:
        assert response.status in (400, 403)
        assert "Vui lòng" in await response.text()
