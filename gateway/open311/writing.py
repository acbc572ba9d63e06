"""The two forms of every answer: JSON, and XML with the element names of the specification."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from aiohttp import web

from core.clock import local
from gateway.pages.xml import xml_text

Format = Literal["json", "xml"]
Fields = Mapping[str, Any]
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
_INNER = {
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "service_request_updates": "request_update",
}
"""Lists inside an answer: the element that wraps each member."""


@dataclass(frozen=True)
class Told:
    """
    What is answered. `root` and `item`: elements in XML; without `item` the answer is one object.

    `headers` are added to those that let every page read it.
    """

    root: str
    item: str
    rows: Sequence[Fields]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def format_of(request: web.Request) -> Format:
    """By the end of the address, JSON where it has none that we know."""
    return "xml" if request.path.endswith(".xml") else "json"


def answer(request: web.Request, told: Told) -> web.Response:
    """The answer in the form that was asked for."""
    headers = OPEN | dict(told.headers)
    if format_of(request) == "xml":
        body = tostring(_tree(told), encoding="utf-8", xml_declaration=True)
        return web.Response(body=body, status=told.status, content_type="text/xml", charset="utf-8", headers=headers)
    plain = [_plain(row) for row in told.rows]
    text = json.dumps(plain if told.item else plain[0], ensure_ascii=False)
    return web.Response(text=text, status=told.status, content_type="application/json", headers=headers)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return written(value) if isinstance(value, datetime) else value


def written(moment: datetime) -> str:
    """W3C date and time, in Vietnamese time, to the second."""
    return local(moment).isoformat(timespec="seconds")


def _tree(told: Told) -> Element:
    root = Element(told.root)
    for row in told.rows:
        _fill(SubElement(root, told.item) if told.item else root, row)
    return root


def _fill(element: Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, one in value.items():
            _fill(SubElement(element, name), one)
    elif isinstance(value, list | tuple):
        for one in value:
            _fill(SubElement(element, _INNER.get(element.tag, "item")), one)
    elif value is not None:
        element.text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return xml_text(written(value) if isinstance(value, datetime) else str(value))
