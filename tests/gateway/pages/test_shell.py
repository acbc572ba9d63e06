"""Headers, client addresses, static files, layouts and macros."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from jinja2 import DictLoader, UndefinedError

from core.contract.errors import ConfigError
from core.storage.database import Database
from gateway.auth.network import CLIENT, client_address, network_of, parse_proxies
from gateway.pages import ASSETS, Entry, Menu, render
from gateway.pages.environment import build_environment
from tests.gateway.pages.shell import NOW, Site, open_site

TRUSTED = parse_proxies(["10.0.0.0/8", "127.0.0.1"])


@pytest.mark.parametrize("path", ["/console/dang-nhap", "/khong-co", "/api/v1/me", "/favicon.ico"])
async def test_security_headers_stand_on_every_answer(site: Site, path: str) -> None:
    """Pages, errors, JSON, files; without https no HSTS."""
    async with site.client.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in response.headers


async def test_https_is_kept_for_two_years(database: Database) -> None:
    """Where the public address has it."""
    async with (
        open_site(database, public_url="https://phananh.example.vn") as site,
        site.client.get("/khong-co") as response,
    ):
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000"


@pytest.mark.parametrize(
    "path", ["/console/dang-nhap", "/console/tai-khoan", "/console/tai-khoan/thiet-bi", "/khong-co"]
)
async def test_pages_hold_nothing_inline(easy_site: Site, path: str) -> None:
    """The policy would block it: no style attribute, no inline script, no handler, nothing from elsewhere."""
    await easy_site.add_user()
    if "tai-khoan" in path:
        await easy_site.give_password()
    _, text = await easy_site.page(path)

    assert "style=" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+=", text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)


@pytest.mark.parametrize("mode", ["demo", "production"])
async def test_demo_mode_says_so_on_every_page(database: Database, mode: str) -> None:
    """And production does not."""
    async with open_site(database, mode=mode) as site:
        for path in ("/console/dang-nhap", "/khong-co"):
            assert ("BẢN DÙNG THỬ" in (await site.page(path))[1]) is (mode == "demo")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["192.0.2.66, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("127.0.0.1", ["192.0.2.66", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ("::ffff:10.0.0.5", ["2001:db8::1"], "2001:db8::1"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_client_behind_proxies(peer: str, forwarded: list[str], client: str) -> None:
    """Only what a trusted proxy wrote is believed, from the right."""
    assert client_address(peer, forwarded, TRUSTED) == client


def test_networks_share_limits() -> None:
    """/24 and /64; what cannot be read stays by itself."""
    assert network_of("203.0.113.77") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
    assert network_of("?") == "?"


def test_a_proxy_that_is_no_address_stops_the_start() -> None:
    """With the setting's name."""
    with pytest.raises(ConfigError) as caught:
        parse_proxies(["proxy.example.vn"])
    assert caught.value.key == "http.trusted_proxies"


@pytest.mark.parametrize("trusted", [True, False])
async def test_ids_and_addresses_of_proxies(database: Database, trusted: bool) -> None:
    """A proxy's request id and client are kept; a stranger's are not."""

    async def who(request: web.Request) -> web.Response:
        return web.Response(text=request[CLIENT])

    proxies = {"trusted_proxies": "127.0.0.1" if trusted else ""}
    async with open_site(database, http=proxies, pages=lambda app: app.router.add_get("/ai", who)) as site:
        given = {"X-Request-ID": "proxy-id-12345", "X-Forwarded-For": "198.51.100.1"}
        async with site.client.get("/ai", headers=given) as response:
            assert (response.headers["X-Request-ID"] == "proxy-id-12345") is trusted
            assert (await response.text() == "198.51.100.1") is trusted


async def test_static_files_are_kept_for_ever_under_their_hash(site: Site) -> None:
    """Own ones, htmx and the map; with the right types."""
    url = site.app[ASSETS].url
    for name, kind in (
        ("css/app.css", "text/css"),
        ("js/app.js", "text/javascript"),
        ("img/logo.svg", "image/svg+xml"),
        ("vendor/htmx.min.js", "text/javascript"),
        ("vendor/leaflet/leaflet.css", "text/css"),
        ("vendor/leaflet/images/marker-icon.png", "image/png"),
    ):
        async with site.client.get(url(name)) as response:
            assert (response.status, response.content_type) == (200, kind)
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_an_old_hash_is_asked_for_again(site: Site) -> None:
    """A page from before an update still finds its style."""
    async with site.client.get("/static/0123456789ab/css/app.css") as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["../settings/model.py", "..%2f..%2fpyproject.toml", "tsconfig.json", "js/none.js"])
async def test_nothing_else_is_served(site: Site, name: str) -> None:
    """The list is closed."""
    from yarl import URL

    path = URL(f"{site.url}/static/{site.app[ASSETS].version}/{name}", encoded=True)
    async with site.client.session.get(path) as response:
        assert response.status == 404


def test_a_slip_in_a_template_is_an_error() -> None:
    """Undefined names and unknown files do not become empty text."""
    environment = build_environment().overlay(loader=DictLoader({"slip.html": "{{ cas.code }}"}))
    with pytest.raises(UndefinedError):
        environment.get_template("slip.html").render()


async def test_macros_tie_words_to_controls_and_escape(database: Database) -> None:
    """Label, hint and error belong to the control; what people typed stays text."""
    page = (
        '{% import "macros/forms.html" as forms %}{% import "macros/ui.html" as ui with context %}'
        '{{ forms.error_summary(errors) }}{{ forms.text("phone", "Số điện thoại", value=typed, hint="10 chữ số", '
        'error=errors.phone) }}{{ ui.due(due) }}{{ ui.since(now) }}{{ "Nguyễn Văn An" | masked_name }}'
        '{{ ui.code("123456789012") }}'
    )

    async def show(request: web.Request) -> web.Response:
        due = NOW - timedelta(hours=2)
        return render(request, "probe.html", errors={"phone": "Chưa đúng."}, typed='"><script>', due=due)

    def mount(app: web.Application) -> None:
        app.router.add_get("/thu", show)
        _add_template(app, "probe.html", page)

    async with open_site(database, pages=mount) as site:
        text = (await site.page("/thu"))[1]

    assert '<label for="phone">' in text
    assert 'aria-describedby="phone-goi-y phone-loi"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="phone-loi"' in text
    assert 'href="#phone"' in text
    assert "<script>" not in text
    assert 'class="due due--overdue"' in text
    assert "quá hạn 2 giờ" in text
    assert "vừa xong" in text
    assert "N*** V** A*" in text
    assert "1234 5678 9012" in text


def test_menus_show_what_somebody_may_do() -> None:
    """In order, and the deepest entry that fits is the current one."""
    menu = Menu(Entry("Hồ sơ", "/console/ho-so", order=2), Entry("Việc của tôi", "/console", order=1))
    menu.add(Entry("Quản trị", "/console/quan-tri", roles=("admin",)))

    assert [entry.label for entry in menu.visible(None)] == ["Việc của tôi", "Hồ sơ"]
    assert menu.current("/console/ho-so/12") == "/console/ho-so"
    assert menu.current("/console") == "/console"
    assert menu.current("/console/tai-khoan") == ""
    assert menu.current("/console/ho-so-khac") == ""


def test_what_is_seldom_wanted_stands_under_headings() -> None:
    """What has none stands first, even where it is nothing; a heading with nothing for somebody is not there."""
    menu = Menu(Entry("Người dùng", "/console/nguoi-dung", order=9, group="Quản trị", roles=("admin",)))
    menu.add(Entry("Thống kê", "/console/thong-ke", order=5, group="Giám sát"))
    menu.add(Entry("Bảng thời hạn", "/console/thoi-han", order=4, group="Giám sát"))

    found = {heading: [entry.label for entry in group] for heading, group in menu.groups(None).items()}

    assert found == {"": [], "Giám sát": ["Bảng thời hạn", "Thống kê"]}


def _add_template(app: web.Application, name: str, text: str) -> None:
    from jinja2 import ChoiceLoader

    from gateway.pages.environment import ENVIRONMENT

    environment: Any = app[ENVIRONMENT]
    app[ENVIRONMENT] = environment.overlay(loader=ChoiceLoader([DictLoader({name: text}), environment.loader]))
