"""
Open cases near a place that may be about the same thing, as everybody may see them (A-4).

Whoever is about to report can follow one of them instead. Nothing comes out that the allow-list of the case does not
name: a confidential or secret case has neither place nor category there, and so is never among them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from core.cases.model import Case
from core.cases.view import PublicView, public_view
from core.contract.schema import GeoPoint
from core.intake.duplicates import LONG_AGO
from core.service.regulation import Regulation
from core.storage import cases
from core.storage.database import Connection

AS_NEAR_M = 300.0
"""Points are public in thousandths of a degree, about 110 m: nearer than this cannot be told apart."""
MOST = 3
MOST_COMPARED = 400
DEGREE_M = 111_320.0


@dataclass(frozen=True)
class Nearby:
    """One of them. `away_m`: metres, to the next hundred."""

    code: str
    category: str
    stage: str
    received_at: datetime
    away_m: int


def nearby(
    connection: Connection, point: GeoPoint, category: str, *, regulation: Regulation, now: datetime
) -> list[Nearby]:
    """The nearest of this category (an id), at most three."""
    found = []
    for row in cases.open_cases_since(connection, now - LONG_AGO, most=MOST_COMPARED):
        away = _away(point, row.state.get("point"))
        if row.category != category or away > AS_NEAR_M:
            continue
        case = Case.model_validate(row.state)
        view = public_view(case, regulation.packs.get(case.regulation), regulation.agencies)
        if view.code and view.point and view.received_at:
            found.append(_nearby(view, view.code, view.received_at, away))
    return sorted(found, key=lambda one: (one.away_m, one.code))[:MOST]


def _nearby(view: PublicView, code: str, received_at: datetime, away: float) -> Nearby:
    return Nearby(code, view.category or "", view.stage or "", received_at, max(100, math.ceil(away / 100) * 100))


def _away(point: GeoPoint, stored: tuple[int, int] | list[int] | None) -> float:
    """Metres from a point to one in thousandths of a degree; far away where there is none."""
    if not stored:
        return math.inf
    north = (stored[0] / 1000 - point.latitude) * DEGREE_M
    east = (stored[1] / 1000 - point.longitude) * DEGREE_M * math.cos(math.radians(point.latitude))
    return math.hypot(north, east)
