"""What is told in XML can be read whatever somebody pasted into an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.open311.writing import Told, answer
from gateway.portal.feeds import Feed, Item, atom, rss

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FEED = Feed("Kết quả", "Trung tâm", "https://example.vn/cong-khai", "https://example.vn/cong-khai.atom", NOW)
PLAIN = Item("https://example.vn/1", "Rác thải", NOW, "Đã dọn xong.", ("waste", "Rác thải"))
PASTED = replace(PLAIN, text="Đã dọn\x0bcây\x07 đổ\uffff \U0001f600.", title="Cây\x00 đổ", kind=("tree", "Cây\x1f"))


def open311(told: str) -> web.Response:
    """The same words as status notes of a request."""
    request = make_mocked_request("GET", "/open311/v2/requests.xml")
    return answer(request, Told("service_requests", "request", [{"status_notes": told}]))


@pytest.mark.parametrize("given", [atom(FEED, [PASTED, PLAIN]), rss(FEED, [PASTED, PLAIN]), open311(PASTED.text)])
def test_signs_that_xml_cannot_hold_are_left_out(given: web.Response) -> None:
    """A line break out of a word processor stays one; the other entries are read as ever."""
    assert isinstance(given.body, bytes)
    words = "".join(ElementTree.fromstring(given.body).itertext())  # our own answer

    assert "Đã dọn\ncây đổ \U0001f600." in words
