"""What the modules add in the browser agrees with what the server says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web
from jinja2 import ChoiceLoader, DictLoader
from playwright.async_api import Browser, Page

from core.storage.database import Database
from gateway.pages import ASSETS, formats, render
from gateway.pages.environment import ENVIRONMENT
from tests.gateway.pages.axe import violations
from tests.gateway.pages.shell import NOW, Site, open_site

EVERYTHING = """
{% extends "base.html" %}
{% import "macros/ui.html" as ui with context %}{% import "macros/forms.html" as forms %}
{% import "macros/tables.html" as tables %}
{% block title %}Gửi phản ánh{% endblock %}
{% block before_content %}<section class="hero" aria-label="Giới thiệu"><div class="hero__inner"><h1>Phản ánh</h1>
<p>Gửi trong một phút. <a href="/tra-cuu">Tra cứu</a></p>
<p class="button-row">{{ ui.button("Gửi", "/phan-anh", icon_name="send") }}{{ ui.button("Tra cứu", "/tra-cuu",
kind="secondary") }}</p></div></section>{% endblock %}
{% block content %}
{{ forms.error_summary({"content": "Vui lòng mô tả sự việc."}) }}
{% for tone in ("ok", "info", "neutral", "warn", "danger") %}
{{ ui.notice("Đã ghi nhận.", tone=tone, title="Lưu ý") }}{{ ui.badge("Đang xử lý", tone) }}
{% endfor %}
<form method="post" action="/phan-anh">
{{ csrf_field() }}
{{ forms.textarea("content", "Sự việc", hint="Điều gì, ở đâu?", error="Vui lòng mô tả sự việc.") }}
{{ forms.select("field", "Lĩnh vực", [("a", "Hạ tầng")], empty="Chọn", required=false) }}
{{ forms.checkbox("secret", "Giữ bí mật thông tin của tôi") }}
{{ forms.radios("rate", "Mức độ hài lòng", [("1", "Hài lòng"), ("2", "Chấp nhận được")], value="1") }}
{{ forms.file("photo", "Ảnh", hint="Tối đa 35 MB") }}
{{ forms.submit("Gửi") }}{{ forms.submit("Hủy", kind="danger") }}{{ forms.submit("Xóa", kind="danger-quiet") }}
</form>
{{ ui.facts([("Hạn", ui.due(soon)), ("Quá hạn", ui.due(late)), ("Còn lâu", ui.due(far)), ("Gửi", ui.moment(late))]) }}
{% call(row) tables.table("Hồ sơ", ["Mã", ("Số tin", "number")], ["123456789012"]) %}
<td data-label="Mã">{{ ui.code(row) }}</td><td data-label="Số tin" class="number">3</td>{% endcall %}
{{ tables.pagination(2, 7, "?trang={page}") }}{{ ui.empty("Chưa có hồ sơ", "Khi có, hồ sơ hiện ở đây.") }}
<ol class="timeline"><li>Đã tiếp nhận {{ ui.since(late) }}</li></ol>
{% endblock %}
"""
ASKING = """
{% extends "base_console.html" %}{% block title %}Thử{% endblock %}
{% block content %}<button class="button button--primary" hx-get="/hong/1" hx-target="#ket-qua">Hỏi</button>
<button class="button button--secondary" hx-post="/phan-anh" hx-vals='{"content": "Đã gửi"}' hx-target="#ket-qua">Gửi
</button><p id="ket-qua"></p>{% endblock %}
"""


async def show_everything(request: web.Request) -> web.Response:
    """Every macro once, in every colour."""
    hour = timedelta(hours=1)
    return render(request, "everything.html", soon=NOW + hour / 2, late=NOW - hour, far=NOW + 5 * hour)


async def show_asking(request: web.Request) -> web.Response:
    """A console page with two htmx buttons."""
    return render(request, "asking.html")


def mount(app: web.Application) -> None:
    """The two pages."""
    own = DictLoader({"everything.html": EVERYTHING, "asking.html": ASKING})
    app[ENVIRONMENT] = app[ENVIRONMENT].overlay(loader=ChoiceLoader([own, app[ENVIRONMENT].loader or own]))
    app.router.add_get("/moi-thu", show_everything)
    app.router.add_get("/console/hoi", show_asking)


@pytest.mark.rule("VN-13")
async def test_every_macro_is_without_barriers(database: Database, browser: Browser) -> None:
    """Contrast, names, roles, at both widths; nothing wider than a small phone."""
    async with open_site(database, pages=mount) as site:
        for width in (1280, 360):
            page = await browser.new_page(viewport={"width": width, "height": 800})
            await page.goto(f"{site.url}/moi-thu")
            assert await violations(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_htmx_keeps_to_the_policy_and_tells_errors(database: Database, browser: Browser) -> None:
    """The token travels in a header; a failed request is announced in the live region."""
    async with open_site(database, require_second_factor=False, pages=mount) as site:
        page = await _signed_in(site, browser)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        await page.goto(f"{site.url}/console/hoi")

        await page.click("main .button--secondary")
        await page.wait_for_selector("#ket-qua:has-text('Đã gửi')")
        await page.click("main .button--primary")
        await page.wait_for_selector("#thong-bao [role=alert]:has-text('Hệ thống gặp lỗi')")

        assert await page.inner_text("#ket-qua") == "Đã gửi"
        assert await violations(page) == []
        assert complaints == []


async def test_times_in_the_browser_read_as_on_the_server(site: Site, browser: Browser) -> None:
    """The module that refreshes them says the same words for every distance."""
    page = await browser.new_page()
    await page.goto(f"{site.url}/console/dang-nhap")
    minutes = [-20000, -1500, -600, -61, -60, -1, 0, 1, 25, 59, 60, 61, 125, 400, 1439, 1440, 1500, 4000, 5000]
    given = [minute * 60_000 for minute in minutes]

    due, since = await page.evaluate(
        """async ([url, given]) => {
            const times = await import(url);
            return [given.map((left) => times.dueText(left)), given.map((left) => times.ago(-left))];
        }""",
        [site.app[ASSETS].url("js/times.js"), given],
    )

    assert due == [formats.due_text(NOW + timedelta(minutes=minute), NOW) for minute in minutes]
    assert since == [formats.ago(NOW + timedelta(minutes=minute), NOW) for minute in minutes]


async def _signed_in(site: Site, browser: Browser) -> Page:
    await site.add_user()
    await site.give_password()
    context = await browser.new_context()
    await context.add_cookies([{"name": "langnghe", "value": site.cookie(), "url": site.url}])
    return await context.new_page()
