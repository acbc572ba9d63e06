"""Days as operators write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.clock import local
from core.clock.zone import day_written
from core.contract.errors import ConfigError
from gateway.deployment import Deployment


def day_of(deployment: Deployment, arguments: Mapping[str, Any], name: str) -> date:
    """The day that was named, else today. ConfigError."""
    written = arguments.get(name)
    try:
        return day_written(written) if written else local(deployment.now()).date()
    except ValueError:
        raise ConfigError(name, f"{written} is no date", example="2025-07-01") from None
