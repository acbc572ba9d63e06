"""Which commune a place lies in: suggested while it is typed, by new and old names, and read out of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from core.clock import local
from core.contract.schema import GeoPoint, Place
from core.intake.fold import fold
from core.places import Ground, Suggestion, only
from gateway.deployment import DEPLOYMENT, Deployment

PAGE = "/dia-danh"
_LONGEST = 80
_MOST = 8


async def suggest(request: web.Request) -> web.StreamResponse:
    """Communes of today for what was typed so far; old names say what they have become (VN-10)."""
    deployment = request.app[DEPLOYMENT]
    today = local(deployment.now()).date()
    gazetteer = await deployment.places.gazetteer(deployment.regulation.agencies)
    found = gazetteer.search(request.query.get("q", "")[:_LONGEST], today, most=_MOST)
    answer = web.json_response([one.commune.label if one.formerly is None else one.label for one in found])
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


async def titles(deployment: Deployment) -> Mapping[str, str]:
    """What the communes of today are called, by code, in the order of names."""
    await deployment.places.warm()
    ground, today = deployment.places.ground(deployment.regulation.agencies), local(deployment.now()).date()
    return {one.code: one.title for one in ground.on(today)}


@dataclass(frozen=True)
class Spot:
    """Where it happened, as typed: the place in words, the commune chosen or typed, and the point."""

    words: str
    commune: str = ""
    point: GeoPoint | None = None


def place_of(deployment: Deployment, spot: Spot) -> Place:
    """
    The place with its commune, where that is clear: chosen from the list, or the only one that the words name.

    What was typed and is no commune we know stays in the words; a person will see it. The database is not asked: a
    report is taken while it is away, too.
    """
    ground, today = deployment.places.ground(deployment.regulation.agencies), local(deployment.now()).date()
    words, typed = spot.words.strip(), spot.commune.strip()
    found = _chosen(ground, typed, today) if typed else only(ground.named_in(words, today))
    said = found.commune.title if found and typed else typed
    if said and fold(said) not in fold(words):
        words = ", ".join(filter(None, (words, said)))
    if found is None:
        return Place(text=words, point=spot.point)
    return Place(text=words, point=spot.point, commune_code=found.commune.code, commune_as_of=today.isoformat())


def _chosen(ground: Ground, typed: str, today: date) -> Suggestion | None:
    """The one whose label it is, else the only one it can mean."""
    found = ground.gazetteer.search(typed.partition("(")[0].rstrip(" ,")[:_LONGEST], today, most=_MOST)
    same = [one for one in found if fold(typed) in (fold(one.label), fold(one.commune.label))]
    return next(iter(same), None) or only(found) or only(ground.named_in(typed, today))
