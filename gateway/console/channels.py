"""
`/console/kenh`: every channel at a glance: whether it works, what came today, what waits to leave, what it may still
send, and when its token or certificate ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from core.clock import local
from core.clock.zone import midnight
from core.contract.ports import Health
from core.service.reading.names import WAYS
from core.service.reading.told import FORMS
from core.service.trying import last_trials, try_out
from core.storage import counts, outbox
from core.storage.refusals import Refused
from gateway.auth.targets import see_other
from gateway.console.shared import HOME, member_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.quotas import Quota, quotas_of
from gateway.watch.checkup import healths_of
from gateway.watch.silence import missing

PAGE = f"{HOME}/kenh"
TRIAL = f"{PAGE}/gui-thu"
PATIENCE = 5.0
TOO_SOON = "Vừa gửi thử; vui lòng chờ một phút rồi gửi lại."
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Line:
    """
    One channel.

    `usual`: what came by this hour a week ago; `missing`: what came at least in such a silence; `refused`: what could
    not be proved within a day, by whichever process.
    """

    name: str
    label: str
    health: Health
    today: int
    usual: int
    missing: int
    leaving: Counter[str]
    quota: Quota | None
    refused: Refused | None


@require_caretaker
async def show_channels(request: web.Request) -> web.StreamResponse:
    """Each channel asked now, side by side: a slow one holds up the page for five seconds at most."""
    return await _page(request)


async def _page(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    deployment = request.app[DEPLOYMENT]
    healths = await healths_of(deployment.channels, patience=PATIENCE)
    arrivals = await deployment.database.read(counts.arrivals)
    leaving = await deployment.database.read(outbox.states_by_channel)
    quotas = {quota.channel: quota for quota in await quotas_of(deployment)}
    refused = await deployment.refusals.lately()
    lines = [
        _line(deployment, name, health, arrivals, Counter(leaving.get(name)), quotas.get(name), refused.get(name))
        for name, health in healths.items()
    ]
    trials = await deployment.database.read(partial(last_trials, user_id=member_of(request).id))
    return show(request, "channels.html", lines=lines, trials=trials, ways=FORMS, status=status, problem=problem)


@require_caretaker
async def send_trial(request: web.Request) -> web.StreamResponse:
    """A message to oneself in every form one left an address for; the page shows what became of each."""
    deployment, member = request.app[DEPLOYMENT], member_of(request)
    if not await try_out(deployment.clerk, deployment.database, member.id, now=deployment.now()):
        return await _page(request, status=429, problem=TOO_SOON)
    return see_other(f"{PAGE}?xong=gui-thu")


def _line(
    deployment: Deployment,
    name: str,
    health: Health,
    arrivals: Mapping[str, Mapping[datetime, int]],
    leaving: Counter[str],
    quota: Quota | None,
    refused: Refused | None,
) -> Line:
    now, hours = deployment.now(), arrivals.get(name, {})
    begun = midnight(local(now).date())
    since = min((hour for found in arrivals.values() for hour in found), default=now)
    return Line(
        name=name,
        label=WAYS.get(name, name),
        health=health,
        today=_between(hours, begun, now),
        usual=_between(hours, begun - WEEK, now - WEEK),
        missing=missing(hours, since=since, now=now),
        leaving=leaving,
        quota=quota,
        refused=refused,
    )


def _between(hours: Mapping[datetime, int], first: datetime, last: datetime) -> int:
    return sum(count for hour, count in hours.items() if first <= hour <= last)


def mount(router: web.UrlDispatcher) -> None:
    """Its address, and sending to oneself."""
    router.add_get(PAGE, show_channels)
    router.add_post(TRIAL, send_trial)
