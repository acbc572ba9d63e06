"""The document says what the server does: loaded by a client generator, and thrown at the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import jsonschema
import schemathesis
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case

from core.cases.commands import NAMES
from gateway.api.setup import OPERATIONS
from gateway.auth.apps import portal_key
from gateway.links.partner import KEY, SIGNATURE
from tests.gateway.api.conftest import Caller
from tests.gateway.api.staffing import LIGHTS, report
from tests.support.deployments import World


async def document(client: TestClient[Any, Any]) -> dict[str, Any]:
    """What /api/openapi.json gives to anybody."""
    async with client.get("/api/openapi.json") as response:
        assert response.status == 200
        return json.loads(await response.read())


async def test_every_operation_and_every_command_stands_in_it(client: TestClient[Any, Any]) -> None:
    """One address a command, with the form it carries; operation ids are unique."""
    found = await document(client)
    assert found["openapi"] == "3.1.0"
    ids = [entry["operationId"] for methods in found["paths"].values() for entry in methods.values()]
    assert len(ids) == len(set(ids)) == len(OPERATIONS) - 1 + len(NAMES)
    publish = found["paths"]["/api/v1/cases/{case_id}/commands/publish"]["post"]
    reference = publish["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    form = found["components"]["schemas"][reference.rpartition("/")[2]]
    assert form["required"] == ["text"]
    words = found["components"]["schemas"][form["properties"]["text"]["$ref"].rpartition("/")[2]]
    assert words == {"type": "string", "minLength": 1, "format": "free-text"}
    assert {"Idempotency-Key", "If-Match", "X-Acting-Agency", "case_id"} == {
        one["name"] for one in publish["parameters"]
    }


async def test_every_reference_leads_somewhere(client: TestClient[Any, Any]) -> None:
    """And every schema is a valid JSON Schema."""
    found = await document(client)

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [one for held in value.values() for one in references(held)]
        return [one for held in value for one in references(held)] if isinstance(value, list) else []

    for reference in references(found):
        target: Any = found
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_the_page_for_people_shows_the_same(client: TestClient[Any, Any]) -> None:
    """Every operation by name, nothing from elsewhere."""
    async with client.get("/api/docs") as response:
        page = await response.text()
    assert response.status == 200
    for address in (await document(client))["paths"]:
        assert address in page
    assert "https://" not in page
    assert "cdn" not in page


async def test_a_generated_client_never_breaks_the_server(
    world: World, client: TestClient[Any, Any], ioc: Caller
) -> None:
    """Random requests by the document: no 500, and every answer is as the document says."""
    case_id = await report(world)
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])
    schema = schemathesis.openapi.from_dict(await document(client))
    base = str(client.make_url("/"))
    headers = {"Authorization": f"Bearer {ioc.token}", "X-App-Key": await portal_key(world.deployment.safe)}

    def attack() -> int:
        tried = 0
        for result in schema.get_all_operations():
            operation = result.ok()

            @settings(
                max_examples=4,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy())
            def check(case: Case) -> None:
                if "case_id" in case.path_parameters:
                    case.path_parameters["case_id"] = case_id
                for name in (KEY, SIGNATURE):  # a wrong signature would be all that is ever tried
                    case.headers.pop(name, None)
                response = case.call(base_url=base, headers=headers)
                assert response.status_code < 500, (case.method, case.path, response.text)
                case.validate_response(
                    response,
                    checks=[
                        schemathesis.checks.CHECKS.get_one("status_code_conformance"),
                        schemathesis.checks.CHECKS.get_one("content_type_conformance"),
                        schemathesis.checks.CHECKS.get_one("response_schema_conformance"),
                    ],
                )

            check()
            tried += 1
        return tried

    assert await asyncio.to_thread(attack) == len(OPERATIONS) - 1 + len(NAMES)
