"""Links to other systems."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from pydantic import Field

from core.contract.errors import ConfigError
from gateway.settings.base import Names, Section

if TYPE_CHECKING:
    from gateway.settings.model import Settings


class Links(Section):
    """
    What other systems may do, and where they may lie.

    `inside` names networks that may be called besides the public ones, as 10.20.0.0/16 of a government network.
    `most_a_minute` counts what one link asks of one process.
    """

    inside: Names = ()
    most_a_minute: int = Field(default=600, ge=1)


def link_mistakes(settings: Settings) -> list[ConfigError]:
    """Networks that are none."""
    wrong = [name for name in settings.links.inside if not _is_network(name)]
    return [ConfigError("links.inside", f"no network: {name}", example='inside = ["10.20.0.0/16"]') for name in wrong]


def _is_network(name: str) -> bool:
    try:
        ipaddress.ip_network(name)
    except ValueError:
        return False
    return True
