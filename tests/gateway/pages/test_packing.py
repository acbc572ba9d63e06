"""Pages and our own text files leave gzipped for whoever reads that, and plain for the others."""

from __future__ import annotations

import gzip

import pytest

from gateway.pages.assets import ASSETS
from tests.gateway.pages.shell import Site


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [("gzip", True), ("br, gzip;q=0.8", True), ("GZIP", True), ("gzip;q=0", False), ("br", False), ("", False)],
)
async def test_a_style_sheet_is_packed_for_whoever_asks(site: Site, accepts: str, packed: bool) -> None:
    url, plain = site.app[ASSETS].url("css/app.css"), site.app[ASSETS].files["css/app.css"].read_bytes()
    async with site.client.session.get(
        site.url + url, headers={"Accept-Encoding": accepts}, auto_decompress=False
    ) as response:
        body = await response.read()
        assert response.headers.get("Content-Encoding", "") == ("gzip" if packed else "")
        assert response.headers["Vary"] == "Accept-Encoding"
    assert (gzip.decompress(body) if packed else body) == plain


async def test_a_page_is_packed_and_a_picture_is_not(site: Site) -> None:
    async with site.client.session.get(
        f"{site.url}/dang-nhap-la", headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert b"<!doctype html>" in gzip.decompress(await response.read())
    picture = site.app[ASSETS].url("img/icon-512.png")
    async with site.client.session.get(site.url + picture, headers={"Accept-Encoding": "gzip"}) as response:
        assert "Content-Encoding" not in response.headers
