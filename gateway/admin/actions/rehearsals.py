"""Another regulation tried on past cases; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.clock.zone import VIETNAM, end_of, midnight
from core.identity.codes import format_code
from core.service.rehearsing import Outcome, Rehearsal, rehearse
from gateway.admin.actions.days import day_of
from gateway.deployment import Deployment

_USUAL = timedelta(days=30)


async def simulate(deployment: Deployment, arguments: Mapping[str, Any]) -> Any:
    """name, from, to (days, both included; usually the last thirty) → counts, and each case that would differ."""
    last = day_of(deployment, arguments, "to")
    first = day_of(deployment, arguments, "from") if arguments.get("from") else last - _USUAL
    since, until = midnight(first), end_of(last)
    done = await rehearse(deployment.database, deployment.regulation, arguments["name"], since=since, until=until)
    differ = [one for one in done.outcomes if one.goes_elsewhere or one.is_due_otherwise]
    return {
        "regulation": done.pack.ref,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "cases": len(done.outcomes),
        "elsewhere": sum(one.goes_elsewhere for one in done.outcomes),
        "due_otherwise": sum(one.is_due_otherwise for one in done.outcomes),
        "changes": [_shown(one, done) for one in differ],
    }


def _shown(one: Outcome, done: Rehearsal) -> dict[str, Any]:
    limits = {label: pair for label, pair in one.limits.items() if pair[0] != pair[1]}
    return {
        "code": format_code(one.code),
        "received": _moment(one.received_at),
        "sent": one.sent,
        "was": [done.names[key] for key in one.was],
        "would": [done.names[key] for key in one.would],
        "elsewhere": one.goes_elsewhere,
        "why": one.why,
        "limits": {label: [_moment(at) if at else None for at in pair] for label, pair in limits.items()},
    }


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}"
