"""Figures of a deployment: what a period's name means there, and who may see which agencies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from core.clock.zone import end_of
from core.service.actors import Member, reach
from core.service.statistics import Figures, Keeping, named, read_period
from core.storage.statistics import Period
from gateway.deployment import Deployment


def period_of(
    deployment: Deployment, name: str, *, as_of: date | datetime | None = None, member: Member | None = None
) -> Period:
    """
    The period with this name, as it looked at an instant, at the end of a day, or now. PeriodUnknown.

    `member`: as far as this person may see (TG-2.2, TG-P1.II.4b); None: everything.
    """
    moment = as_of if as_of is None or isinstance(as_of, datetime) else end_of(as_of)
    period = read_period(name, now=deployment.now(), as_of=moment)
    if member is None:
        return period
    regulation = deployment.regulation
    return replace(period, agencies=reach(member, packs=regulation.packs, agencies=regulation.agencies))


async def figures_of(deployment: Deployment, period: Period) -> Figures:
    """Of this period. Asking again for a moment that is over gives the same figures, whatever happened since."""
    regulation = deployment.regulation
    places = await deployment.places.gazetteer(regulation.agencies)
    counted, whole = await Keeping(deployment.database, now=deployment.now).numbers(period)
    return named(counted, period, regulation=regulation, places=places, now=deployment.now(), whole=whole)
