"""Loops for cities that cases are handed over to by Open311."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.deployment import Deployment
from gateway.open311.handing_on import HandingOn
from gateway.workers.loop import Loop

_SECONDS = 60.0


def cities(deployment: Deployment) -> Iterator[Loop]:
    """One a city: one that is away holds up no other."""
    for name, partner in deployment.settings.open311.partners.items():
        yield Loop(f"open311-{name}", HandingOn(deployment, name, partner).run_once, interval=_SECONDS)
