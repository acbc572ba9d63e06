"""Draws the form of `/phan-anh`, with everything that was typed and what is wrong with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from channels.web.adapter import CHANNEL
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.pages.headers import CONTENT_SECURITY_POLICY
from gateway.pages.languages import say
from gateway.portal import uploads
from gateway.portal.checks import Problem, first_of_each, inputs, required_fields
from gateway.portal.fields import MAY_LACK, Filled, agreement
from gateway.portal.required import required_of
from gateway.portal.shared import PORTAL, private

FORM = "form"
"""Purpose of the note in every form: it names the contact that the report will belong to."""
FORM_TIME = timedelta(hours=12)


def form_page(
    request: web.Request,
    filled: Filled,
    *,
    contact_id: str,
    found: list[Problem] | None = None,
    status: int = 200,
) -> web.Response:
    """The page; `found` are the mistakes, in order."""
    portal, now = request.app[PORTAL], request.app[DEPLOYMENT].now()
    page = render(
        request,
        "portal/send.html",
        status=status,
        kept=uploads.keep(request, filled.files, subject_id=contact_id),
        note=portal.notes.write(FORM, {"contact": contact_id}, now=now),
        tiles=portal.tiles,
        credit=portal.credit,
        **form_values(request, filled, found or []),
    )
    return private(with_map(request, page))


def form_values(
    request: web.Request, filled: Filled, found: list[Problem], *, channel: str = CHANNEL
) -> dict[str, Any]:
    """What the fields of a report are drawn from, as the regulation wants them on this surface."""
    deployment, rules = request.app[DEPLOYMENT], request.app[PORTAL].rules
    return {
        "filled": filled,
        "errors": first_of_each(found),
        "inputs": inputs(required_fields(rules, channel)),
        "lackable": lackable_fields(request),
        "groups": grouped_categories(request),
        "consent": deployment.regulation.current.intake.consent,
        "agreement": say(request, agreement(deployment.settings.office)),
        "confidentiality": rules.confidentiality,
        "lines": rules.emergency_lines,
        "required": required_of(deployment.regulation.current, channel=channel),
        **uploads.limits(request),
    }


def with_map(request: web.Request, page: web.Response) -> web.Response:
    """Let a page load pictures of the map from the one place the deployment names."""
    if origin := request.app[PORTAL].tiles_origin:
        policy = CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {origin}")
        page.headers["Content-Security-Policy"] = policy
    return page


def grouped_categories(request: web.Request) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(id, label)]) as the regulation groups its categories; one group without heading where it does not."""
    intake = request.app[DEPLOYMENT].regulation.current.intake
    grouped: dict[str, list[tuple[str, str]]] = {}
    for key, category in intake.categories.items():
        if category.active:
            grouped.setdefault(category.group, []).append((key, category.label))
    return [(intake.groups.get(group, group), rows) for group, rows in grouped.items()]


def lackable_fields(request: web.Request) -> frozenset[str]:
    """Fields that the regulation lets a reporter declare none (A-8), by the names the form has for them."""
    required = request.app[DEPLOYMENT].regulation.current.intake.required.values()
    named = {entry.field for entry in required if entry.may_be_declared_none}
    return frozenset("identity" if name == "identity_number" else name for name in named) & frozenset(MAY_LACK)
