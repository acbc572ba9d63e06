"""Triage for the operator: a look at how good it is, and a new model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gateway.admin.services import school_of
from gateway.deployment import Deployment


async def score(deployment: Deployment, _arguments: Mapping[str, Any]) -> Any:
    """Guesses against decisions, on the cases kept back; the card of today is kept."""
    return asdict(await school_of(deployment).score())


async def train(deployment: Deployment, _arguments: Mapping[str, Any]) -> Any:
    """Learn from what the desk decided."""
    return asdict(await school_of(deployment).train())
