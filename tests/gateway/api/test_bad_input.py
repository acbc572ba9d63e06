"""Whatever comes in, the API answers in its own shape, in Vietnamese, and never with a 500."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from gateway.auth.cookies import SESSION
from gateway.auth.sessions import open_session
from tests.gateway.api.conftest import Caller
from tests.gateway.api.staffing import LIGHTS, report
from tests.support.deployments import World

JSON = {"Content-Type": "application/json"}
SHAPE = {"code", "message", "rules", "details"}


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BODIES = {
    "broken JSON": (b"{", JSON, 400, "json_invalid"),
    "a list": (b"[1]", JSON, 400, "json_invalid"),
    "a text": (b'"text"', JSON, 400, "json_invalid"),
    "NaN": (b'{"text": NaN}', JSON, 400, "json_invalid"),
    "NUL in a text": (b'{"text": "a\\u0000b"}', JSON, 400, "json_invalid"),
    "half a surrogate pair": (b'{"text": "\\ud800"}', JSON, 400, "json_invalid"),
    "not UTF-8": (b"\xff\xfe", JSON, 400, "json_invalid"),
    "nested without end": (b"[" * 20_000, JSON, 400, "json_invalid"),
    "a number without end": (b'{"n": ' + b"9" * 5_000 + b"}", JSON, 400, "json_invalid"),
    "a form": (b"text=a", FORM, 415, "content_type_wrong"),
    "plain text": (b'{"text": "a"}', {"Content-Type": "text/plain"}, 415, "content_type_wrong"),
    "an unknown field": (b'{"text": "a", "nonsense": 1}', JSON, 422, "data_invalid"),
    "a number for a text": (b'{"text": 7}', JSON, 422, "data_invalid"),
    "nothing": (b"{}", JSON, 422, "data_invalid"),
    "a text too long": (b'{"text": "' + b"a" * 20_001 + b'"}', JSON, 422, "data_invalid"),
    "a body too large": (b'{"text": "' + b"a" * 36 * 2**20 + b'"}', JSON, 413, "payload_too_large"),
}


async def test_bodies(world: World, ioc: Caller) -> None:
    """Each is refused with its code, and the case stays as it was."""
    case_id = await report(world)
    before = (await ioc.get(f"/cases/{case_id}"))["version"]
    for name, (body, headers, status, code) in BODIES.items():
        answer = await ioc("POST", f"/cases/{case_id}/commands/notify_reporter", data=body, headers=headers)
        assert (name, answer.status, answer.json["code"]) == (name, status, code)
        assert set(answer.json) == SHAPE, name
    assert (await ioc.get(f"/cases/{case_id}"))["version"] == before


QUERIES = ("limit=0", "limit=x", "limit=201", "nonsense=1", "cursor=%00", "cursor=%F0%9F")


async def test_queries(ioc: Caller) -> None:
    """Unknown or impossible parameters are 400."""
    for path in ("/cases", "/queue", "/agencies", "/outbox"):
        for query in QUERIES:
            answer = await ioc("GET", f"{path}?{query}")
            assert answer.status == 400, (path, query)
            assert answer.json["code"] in ("query_invalid", "cursor_invalid", "json_invalid"), (path, query)


ADDRESSES = ("/cases/%00", "/cases/..%2f..%2fetc", f"/cases/{'a' * 200}", "/cases/không-có", "/nothing", "/cases/")


async def test_addresses(ioc: Caller) -> None:
    """What does not exist is 404 in the API's shape."""
    for path in ADDRESSES:
        answer = await ioc("GET", path)
        assert answer.status == 404, path
        assert set(answer.json) == SHAPE, path


async def test_a_method_that_is_not_offered(ioc: Caller) -> None:
    """405, and which ones are."""
    answer = await ioc("DELETE", "/cases")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json["code"] == "method_not_allowed"


async def test_nobody_in_particular(client: TestClient[Any, Any]) -> None:
    """401 with how to do better."""
    for header in ("", "Bearer", "Bearer wrong", "Basic abc", "Bearer ln_" + "x" * 43):
        headers = {"Authorization": header} if header else {}
        async with client.get("/api/v1/me", headers=headers) as response:
            assert response.status == 401, header
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            assert (await response.json())["code"] == "not_signed_in"


async def test_a_browser_needs_its_token_to_change_anything(
    world: World, client: TestClient[Any, Any], ioc: Caller
) -> None:
    """The console's session reads freely, and writes only with the CSRF token of a page of ours."""
    case_id = await report(world)
    opened = await world.deployment.database.write(
        lambda one: open_session(one, ioc.member.id, second_factor=True, now=world.clock())
    )
    cookies = {"Cookie": f"{SESSION}={opened.cookie}"}
    path = f"/api/v1/cases/{case_id}/commands/accept"
    async with client.get("/api/v1/me", headers=cookies) as response:
        assert (await response.json())["by_token"] is False
    async with client.post(path, headers=cookies) as response:
        assert response.status == 403
        assert (await response.json())["code"] == "csrf_refused"
    async with client.post(path, headers=cookies | {"X-CSRF-Token": opened.row.csrf}) as response:
        assert response.status == 200


async def test_keys_that_are_none(world: World, ioc: Caller) -> None:
    """An Idempotency-Key is 1 to 200 ASCII characters."""
    case_id = await report(world)
    for key in ("", "k" * 201, "khóa"):
        answer = await ioc("POST", f"/cases/{case_id}/commands/accept", headers={"Idempotency-Key": key})
        assert (answer.status, answer.json["code"]) == (400, "idempotency_key_invalid"), key


async def test_an_instant_at_the_end_of_time(world: World, ioc: Caller, lights: Caller) -> None:
    """Year 1 in Việt Nam lies before all UTC: invalid, not an accident."""
    case_id = await report(world)
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])
    await lights.issue(case_id, "accept_dispatch")
    payload = {"result": "Xong.", "handled_at": "0001-01-01T00:00:00+07:00"}
    answer = await lights("POST", f"/cases/{case_id}/commands/submit_result", json=payload)
    assert (answer.status, answer.json["code"]) == (422, "data_invalid")


async def test_what_breaks_inside_says_nothing_of_its_cause(
    world: World, ioc: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours: 500 with a sentence, and no word of the exception."""

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail of the house")

    monkeypatch.setattr(world.deployment.database, "read", _only_after_identify(world, broken))
    answer = await ioc("GET", "/queue")
    assert answer.status == 500
    assert "secret" not in str(answer.json)
    assert answer.json["code"] == "gateway_error"


def _only_after_identify(world: World, broken: Any) -> Any:
    """The token is still read; what comes after fails."""
    real, seen = world.deployment.database.read, []

    async def read(work: Any) -> Any:
        seen.append(work)
        return await real(work) if len(seen) == 1 else await broken()

    return read
