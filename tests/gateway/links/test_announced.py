"""What links are told stands in the document, and is as it says."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from core.service.links.news import WEBHOOKS
from gateway.api.setup import described
from tests.gateway.api.staffing import LIGHTS, agency, answered, centre, report
from tests.gateway.links.conftest import linked, told
from tests.support.deployments import World
from tests.support.receivers import Receiver

GUIDE = Path(__file__).parents[3] / "docs" / "connect-an-agency.md"


async def test_everything_told_is_of_its_announced_form(world: World) -> None:
    """Each type that a case brings, checked against the schema that receivers build on."""
    document = described("https://phananh.example.vn")
    async with Receiver(world.clock) as system:
        by = {"kind": "agency", "agency": LIGHTS, "roles": ["officer"]}
        system.secret = await linked(world, "dien-luc", url=system.url, **by)
        await answered(world, await centre(world), await agency(world), await report(world))
        await told(world)

    for news in system.heard:
        body = document["webhooks"][news["type"]]["post"]["requestBody"]
        schema = body["content"]["application/json"]["schema"] | {"components": document["components"]}
        jsonschema.validate(news, schema)
    assert {"dispatch.opened", "dispatch.moved", "case.published"} <= set(system.types)


@pytest.mark.parametrize("name", sorted(WEBHOOKS))
def test_every_type_is_announced(name: str) -> None:
    """With its headers, and an operation id of its own."""
    hook = described("https://phananh.example.vn")["webhooks"][name]["post"]
    assert hook["operationId"] == f"told_{name.replace('.', '_')}"
    assert {one["name"] for one in hook["parameters"]} == {"webhook-id", "webhook-timestamp", "webhook-signature"}
