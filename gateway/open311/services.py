"""What may be reported: the regulation's categories as services, and what each report must hold as attributes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from channels.app.adapter import CHANNEL
from core.contract.errors import NotFound
from core.service.reading.names import FIELDS
from gateway.deployment import DEPLOYMENT
from gateway.open311.writing import Told, answer
from gateway.portal.checks import inputs, required_fields
from gateway.portal.fields import agreement
from gateway.portal.form_page import grouped_categories, lackable_fields
from gateway.portal.shared import PORTAL

CHANGED = datetime(2026, 11, 22, tzinfo=UTC)
"""When what this door takes or gives last changed (`changeset`)."""
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
STANDARD = frozenset({"content", "place", "media", "name", "phone", "email"})
"""Fields of a report that a request names by words of its own."""
_YES = ({"key": "1", "name": "Đồng ý"},)


async def discover(request: web.Request) -> web.Response:
    """Where the door is, and how it is spoken to."""
    settings = request.app[DEPLOYMENT].settings
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.public_url}/open311/v2",
        "changeset": CHANGED,
        "type": "test" if settings.mode == "demo" else "production",
        "formats": ["application/json", "text/xml"],
    }
    row = {
        "changeset": CHANGED,
        "contact": f"{settings.office}, {settings.hotline}",
        "key_service": f"{settings.public_url}/api/docs",
        "endpoints": [endpoint],
    }
    return answer(request, Told("discovery", "", [row]))


async def list_services(request: web.Request) -> web.Response:
    """Every category that is taken now."""
    named = request.app[DEPLOYMENT].regulation.current.intake.channels.get(CHANNEL)
    kind = "batch" if named is not None and named.otp else "realtime"
    rows = [
        {
            "service_code": key,
            "service_name": label,
            "description": label,
            "metadata": True,
            "type": kind,
            "keywords": "",
            "group": group,
        }
        for group, categories in grouped_categories(request)
        for key, label in categories
    ]
    return answer(request, Told("services", "service", rows))


async def define_service(request: web.Request) -> web.Response:
    """What a report of one category must hold beside its words, place and files. NotFound."""
    code = request.match_info["service"]
    category = request.app[DEPLOYMENT].regulation.current.intake.categories.get(code)
    if category is None or not category.active:
        raise NotFound("no such service")
    row = {"service_code": code, "attributes": list(_attributes(request))}
    return answer(request, Told("service_definition", "", [row]))


def _attributes(request: web.Request) -> Iterator[dict[str, Any]]:
    """In the order of our own form; the agreement is wanted as soon as anything says who the reporter is (VN-4)."""
    rules = request.app[PORTAL].rules
    wanted = inputs(required_fields(rules, CHANNEL))
    needed = [(name, must) for name, must in wanted.items() if name not in STANDARD]
    for order, (name, must) in enumerate(needed, start=1):
        label = FIELDS.get("time" if name == "occurred" else name, name)
        yield _attribute(name, label, order, required=must)
    after = len(needed)
    if lackable := sorted(lackable_fields(request)):
        values = tuple({"key": name, "name": f"Không có: {FIELDS.get(name, name)}"} for name in lackable)
        yield _attribute("declared_none", "Thông tin không có", after + 1, kind="multivaluelist", values=values)
    said = agreement(request.app[DEPLOYMENT].settings.office)
    yield _attribute("consent", said, after + 2, kind="singlevaluelist", values=_YES)
    if rules.confidentiality:
        yield _attribute("confidential", "Giữ bí mật", after + 3, kind="singlevaluelist", values=_YES)


def _attribute(
    code: str,
    description: str,
    order: int,
    *,
    required: bool = False,
    kind: str = "string",
    values: tuple[dict[str, str], ...] = (),
) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": kind,
        "required": required,
        "datatype_description": "",
        "order": order,
        "description": description,
        "values": list(values),
    }
