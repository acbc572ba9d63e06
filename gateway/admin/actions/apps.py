"""Keys of the province's own apps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from gateway.auth import apps
from gateway.deployment import Deployment

log = structlog.get_logger()


async def add_app(deployment: Deployment, arguments: Mapping[str, Any]) -> Any:
    """name, label → name and key; the key is stored nowhere."""
    made = await apps.add_app(
        deployment.database, name=arguments["name"], label=arguments["label"], now=deployment.now()
    )
    log.info("app_added", app=made.name)
    return {"name": made.name, "key": made.key}


async def list_apps(deployment: Deployment, _arguments: Mapping[str, Any]) -> Any:
    """Every app → name, label, whether it was ended."""
    found = await deployment.database.read(apps.apps)
    return [{"name": one.name, "label": one.label, "ended": one.ended} for one in found]


async def revoke_app(deployment: Deployment, arguments: Mapping[str, Any]) -> Any:
    """name: ended."""
    await apps.revoke_app(deployment.database, arguments["name"])
    log.info("app_revoked", app=arguments["name"])
