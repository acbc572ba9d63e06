"""The Open311 door."""

from __future__ import annotations

from pydantic import Field, SecretStr

from gateway.settings.base import Names, Section


class Partner(Section):
    """
    Another city's endpoint, as `https://city.example/open311/v2`, and the agency of ours whose cases go there.

    `service`: its service_code for what `services` (our category → theirs) does not name.
    """

    url: str = Field(pattern=r"^https?://[^\s?#]+$")
    agency: str = Field(min_length=1)
    service: str = Field(min_length=1)
    services: dict[str, str] = Field(default_factory=dict)
    api_key: SecretStr = SecretStr("")
    jurisdiction: str = ""


class Open311(Section):
    """
    GeoReport v2 for other cities' and citizens' apps, below `/open311`.

    Pictures that a report names by their address are fetched from `media_hosts` alone.
    """

    jurisdiction: str = Field(default="", description="the name others know this place by; empty: none has to be said")
    media_hosts: Names = Field(default=(), description='hosts of pictures, ".example.vn" for all below it')
    sandbox: str = Field(default="", description="origin of pictures on this machine")
    partners: dict[str, Partner] = Field(default_factory=dict, description="cities that cases are handed over to")
