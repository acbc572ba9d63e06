"""Figures of a deployment: what a period's name means there, and who may see which agencies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from core.clock.zone import end_of
from core.service.actors import Member, reach
from core.service.regulation import Regulation
from core.service.statistics import Figures, count, read_period
from gateway.deployment import Deployment


async def figures_of(deployment: Deployment, name: str, *, as_of: date | None = None) -> Figures:
    """
    Of the period with this name, as it looked at the end of a day, or now. PeriodUnknown.

    Asking again for a day that is over gives the same figures, whatever happened since.
    """
    now = deployment.now()
    period = read_period(name, now=now, as_of=end_of(as_of) if as_of else None)
    tree = deployment.regulation.agencies
    places = await deployment.places.gazetteer(tree)
    counting = partial(count, period=period, regulation=deployment.regulation, places=places, now=now)
    return await deployment.database.read(counting)


def for_member(figures: Figures, member: Member, regulation: Regulation) -> Figures:
    """With the agencies whose cases this person may see, and no others (TG-2.2, TG-P1.II.4b)."""
    seen = reach(member, packs=regulation.packs, agencies=regulation.agencies)
    if seen is None:
        return figures
    return replace(figures, agencies=tuple(one for one in figures.agencies if one.id in seen))
