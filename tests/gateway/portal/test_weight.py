"""What a phone on a slow line has to load: counted in bytes as they leave, gzipped."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath

import pytest

from gateway.pages import ASSETS
from tests.gateway.portal.citizen import Citizen

STYLES = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
SCRIPTS = re.compile(r'<script[^>]* src="([^"]+)"')
IMPORTS = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+\.js)["']""")
FIRST_PAGES = ("/", "/phan-anh", "/tra-cuu", "/cong-khai")
FIRST_MOST, SCRIPT_MOST = 20_000, 100_000


async def weigh(citizen: Citizen, path: str) -> tuple[int, str]:
    """(bytes on the line, text) of an address."""
    session, url = citizen.client.session, citizen.client.make_url(path)
    async with session.get(url, headers={"Accept-Encoding": "gzip"}, auto_decompress=False) as response:
        assert response.status == 200, path
        packed = len(await response.read())
    async with session.get(url) as response:
        return packed, await response.text()


@pytest.mark.rule("VN-13")
@pytest.mark.parametrize("path", FIRST_PAGES)
async def test_a_page_is_readable_after_twenty_kilobytes(citizen: Citizen, path: str) -> None:
    """HTML and every style sheet it names; scripts may come later, nothing waits for them."""
    total, html = await weigh(citizen, path)
    for style in STYLES.findall(html):
        total += (await weigh(citizen, style))[0]
    assert 0 < total <= FIRST_MOST
    assert all('type="module"' in tag for tag in re.findall(r"<script[^>]*>", html)), "a script that blocks"


async def test_all_scripts_together_are_small(tiled_citizen: Citizen) -> None:
    """Every module of every page, the map included, each once."""
    application = tiled_citizen.client.app
    assert application is not None
    assets, sizes = application[ASSETS], dict[str, int]()
    waiting = [assets.url(name) for name in assets.files if name.startswith("portal/") and name.endswith(".js")]
    for path in (*FIRST_PAGES, "/phan-anh/ban-nhap"):
        waiting += SCRIPTS.findall((await weigh(tiled_citizen, path))[1])
    while waiting:
        script = waiting.pop()
        if script not in sizes:
            sizes[script], text = await weigh(tiled_citizen, script)
            waiting += [normpath(join(dirname(script), found)) for found in IMPORTS.findall(text)]
    assert any(script.endswith("leaflet.js") for script in sizes)
    assert sum(sizes.values()) <= SCRIPT_MOST
