"""Relays for browsers whose network lets no sound through (RFC 8656)."""

from __future__ import annotations

from pydantic import Field, SecretStr

from gateway.settings.base import Names, Section


class Turn(Section):
    """
    A TURN server beside the hotline, such as coturn (`deploy/coturn`). Without `urls` there is none.

    `secret` is what it shares with us (`static-auth-secret`): each page gets a name and a password that count for
    `hours`, and only we can make them. `only`: browsers send through it always, as where nobody outside may reach the
    ports of the sound.
    """

    urls: Names = Field(default=(), description="as browsers reach it: turn:turn.example.vn:3478, turns:…")
    secret: SecretStr = SecretStr("")
    hours: int = Field(default=12, ge=1, le=72)
    only: bool = False
