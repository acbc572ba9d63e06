"""Public services to look up: the regulation names them, the deployment says where each is (TG-4.1a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.deployment import Deployment


@dataclass(frozen=True)
class Utility:
    """One public service, in the regulation's words."""

    id: str
    label: str
    url: str


def utilities_of(deployment: Deployment) -> Sequence[Utility]:
    """Those that have an address here, in the order of the regulation."""
    named, known = deployment.regulation.current.utilities, deployment.settings.portal.utilities
    return [Utility(key, one.label, known[key]) for key, one in named.items() if key in known]
