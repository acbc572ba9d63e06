"""The citizens' pages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from gateway.settings.base import Section


def _is_https(address: str) -> str:
    found = urlsplit(address)
    if found.scheme != "https" or not found.hostname or any(sign.isspace() for sign in address):
        raise ValueError("an address that begins with https:// is expected")
    return address


Link = Annotated[str, Field(max_length=500), AfterValidator(_is_https)]


class Portal(Section):
    """The citizens' pages. Without `tiles` there is no map: a place is typed, or taken from the device."""

    tiles: str = Field(
        default="", description="address of map tiles with {z}, {x}, {y}; its host is all a page may ask"
    )
    credit: str = Field(default="", description="whom the map is from, shown on it")
    utilities: dict[str, Link] = Field(
        default_factory=dict, description="public services that the regulation names → where they are"
    )
