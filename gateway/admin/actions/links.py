"""Links to other systems: begun, tried, given another secret, ended."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

import structlog

from core.contract.errors import ConfigError
from core.service.links.book import Link, NewLink
from core.service.links.news import WEBHOOKS
from core.storage import links
from core.storage.links import Lane
from gateway.deployment import Deployment
from gateway.links.addresses import problem_of

log = structlog.get_logger()

Arguments = Mapping[str, Any]


async def add_link(deployment: Deployment, arguments: Arguments) -> Any:
    """name, label, kind, url, agency, roles, events, known_as, secret → name and secret, shown once. ConfigError."""
    texts = {key: str(arguments.get(key) or "") for key in ("name", "label", "kind", "url", "agency", "known_as")}
    roles, events = (tuple(arguments.get(key) or ()) for key in ("roles", "events"))
    _check(deployment, texts["url"], agency=texts["agency"], roles=roles, events=events)
    link = Link(**{**texts, "label": texts["label"] or texts["name"]}, events=events)  # type: ignore[arg-type]
    made = await deployment.clerk.links.add(link, roles=roles, secret=str(arguments.get("secret") or ""))
    log.info("link_added", link=made.name, kind=link.kind)
    return _told(made)


async def list_links(deployment: Deployment, _arguments: Arguments) -> Any:
    """Every link → what it is, and how its lane stands."""
    lanes = await deployment.database.read(links.lanes)
    return [_line(link, lanes.get(link.lane, links.EMPTY)) for link in await deployment.clerk.links.all()]


async def rotate_link(deployment: Deployment, arguments: Arguments) -> Any:
    """name, secret → a new secret; the old one is good for a week more. ConfigError."""
    made = await deployment.clerk.links.rotate(str(arguments["name"]), secret=str(arguments.get("secret") or ""))
    log.info("link_rotated", link=made.name)
    return _told(made)


async def test_link(deployment: Deployment, arguments: Arguments) -> Any:
    """name: told something that means nothing. ConfigError."""
    link = await deployment.clerk.links.find(str(arguments["name"]))
    if link is None or not link.url:
        raise ConfigError("name", "no link that is told anything", example="langnghe link list")
    work = await deployment.clerk.telling.test(link)
    await deployment.clerk.committer.commit(work)
    deployment.clerk.changed.note(work.told_on)
    return link.name


async def end_link(deployment: Deployment, arguments: Arguments) -> Any:
    """name: ended. ConfigError."""
    await deployment.clerk.links.end(str(arguments["name"]))
    log.info("link_ended", link=arguments["name"])


def _check(deployment: Deployment, url: str, *, agency: str, roles: tuple[str, ...], events: tuple[str, ...]) -> None:
    inside = [ip_network(name) for name in deployment.settings.links.inside]
    if url and (problem := problem_of(url, inside)):
        raise ConfigError("url", problem, example="https://so-xay-dung.example.vn/phan-anh")
    if agency and not deployment.regulation.agencies.is_active(agency):
        raise ConfigError("agency", f"no such agency: {agency}", example="langnghe agency list")
    known = deployment.regulation.current.roles
    if unknown := set(roles) - set(known):
        raise ConfigError("role", f"no such role: {', '.join(sorted(unknown))}", example=", ".join(known))
    if unknown := set(events) - set(WEBHOOKS):
        raise ConfigError("event", f"no such event: {', '.join(sorted(unknown))}", example=", ".join(WEBHOOKS))


def _told(made: NewLink) -> dict[str, str]:
    return {"name": made.name, "secret": made.secret}


def _line(link: Link, lane: Lane) -> dict[str, Any]:
    shown = {key: getattr(link, key) for key in ("name", "label", "kind", "url", "agency", "ended")}
    return {**shown, "waiting": lane.waiting, "failed": lane.failed, "reason": lane.reason}
