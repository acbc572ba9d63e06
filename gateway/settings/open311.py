"""The Open311 door."""

from __future__ import annotations

from pydantic import Field

from gateway.settings.base import Names, Section


class Open311(Section):
    """
    GeoReport v2 for other cities' and citizens' apps, below `/open311`.

    Pictures that a report names by their address are fetched from `media_hosts` alone.
    """

    jurisdiction: str = Field(default="", description="the name others know this place by; empty: none has to be said")
    media_hosts: Names = Field(default=(), description='hosts of pictures, ".example.vn" for all below it')
    sandbox: str = Field(default="", description="origin of pictures on this machine")
