"""What agents note of calls, over one deployment; on the application under `NOTES` wherever calls are taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from core.clock.calendar_data import read_yaml
from core.service.call_notes import CallNotes
from gateway.deployment import Deployment
from gateway.kept_forms import kept_forms_of
from gateway.settings import Settings

NOTES = web.AppKey("call_notes", CallNotes)
PAGE = "/gui-kem"
"""Where the link that is sent during a call leads."""


def call_notes_of(deployment: Deployment) -> CallNotes:
    """The notes of a deployment's calls."""
    settings = deployment.settings
    return CallNotes(
        deployment.database,
        safe=deployment.safe,
        carriers=deployment.clerk.carriers,
        kept=kept_forms_of(deployment),
        media=deployment.media,
        page=f"{settings.public_url}{PAGE}",
        office=settings.office,
        now=deployment.now,
        changed=deployment.clerk.changed.set,
    )


def wrap_up_codes(settings: Settings) -> Mapping[str, str]:
    """What an agent chooses from when a call is over, by code: the province's own list, else the usual one."""
    own = settings.call_center.agents.wrap_up
    return own or dict(read_yaml(Path(__file__).parent / "console" / "phone" / "wrap_up.yaml"))
