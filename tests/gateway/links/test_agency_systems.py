"""An agency's own software acts as its officer: by signed requests, within the same rules, and not an inch beyond."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from core.contract.errors import ConfigError
from core.contract.schema import new_id
from core.service.links.book import Link
from core.storage import cases
from gateway.admin.actions import ACTIONS
from gateway.app import create_app
from gateway.links.partner import ID, KEY, SIGNATURE, TIMESTAMP, signed_headers
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, issue, report
from tests.gateway.links.conftest import linked, told
from tests.gateway.portal.citizen import photo
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.receivers import Receiver

GUIDE = Path(__file__).parents[3] / "docs" / "connect-an-agency.md"
NAME = "dien-luc"
OFFICER = {"kind": "agency", "agency": LIGHTS, "roles": ["officer"]}


@dataclass
class Software:
    """An agency's program: signs what it asks. `skew`: how wrong its clock is, in seconds."""

    world: World
    client: TestClient[Any, Any]
    secret: str
    name: str = NAME
    skew: int = 0

    def signed(self, method: str, path: str, body: bytes = b"") -> dict[str, str]:
        link = Link(self.name, "", "peer", known_as=self.name, secrets=(self.secret,))
        at = self.world.clock() + timedelta(seconds=self.skew)
        return signed_headers(link, method, f"/api/v1{path}", body=body, now=at)

    async def __call__(
        self, method: str, path: str, fields: object = None, *, headers: dict[str, str] | None = None, key: str = ""
    ) -> tuple[int, Any]:
        """Status and body of one request."""
        body = b"" if fields is None else json.dumps(fields).encode()
        sent = headers or self.signed(method, path, body)
        sent = {**sent, "Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        async with self.client.request(method, f"/api/v1{path}", data=body, headers=sent) as answer:
            assert answer.status < 400 or answer.content_type == "application/problem+json"
            return answer.status, await answer.json()


@pytest_asyncio.fixture
async def software(world: World) -> AsyncIterator[Software]:
    """The lights' own software."""
    secret = await linked(world, NAME, **OFFICER)
    async with TestClient(TestServer(create_app(world.deployment))) as client:
        yield Software(world, client, secret)


async def dispatched(world: World, *agencies: str) -> str:
    """A case that the centre gave to these agencies; returns its id."""
    ioc, case_id = await centre(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=list(agencies or (LIGHTS,)))
    return case_id


async def version(world: World, case_id: str) -> int:
    return (await world.deployment.database.read(partial(cases.load, case_id=case_id))).version


@pytest.mark.rule("TG-11.3", "QB-IV.1.6c", "QB-QD.III.1.1c")
async def test_the_guides_own_program_takes_a_case_and_answers_it(world: World) -> None:
    """The example is run as it stands: heard of by a signed hook, accepted, answered with a photograph."""
    async with Receiver(world.clock) as hook, TestClient(TestServer(create_app(world.deployment))) as client:
        hook.secret = secret = await linked(world, NAME, url=hook.url, **OFFICER)
        case_id = await dispatched(world)
        await told(world)
        program = _program(str(client.make_url("")).rstrip("/"), secret, world)
        done = ("Đã thay bóng đèn.", photo())
        await asyncio.to_thread(program["one_round"], lambda page: True, lambda page: done)
        leader = await agency(world)
        await issue(world, leader, case_id, "approve")
        software = Software(world, client, secret)
        _, page = await software("GET", f"/cases/{case_id}")

    assert hook.types[-1] == "dispatch.opened"
    (part,) = page["dispatches"]
    assert part["resolutions"][0]["result"] == "Đã thay bóng đèn."
    assert len(part["resolutions"][0]["files"]) == 1
    by = {entry["kind"]: entry["by"]["name"] for entry in page["timeline"]}
    assert by["result_submitted"] == NAME
    assert not any(number in json.dumps(page) for number in ("900 000 001", "900000001"))


@pytest.mark.rule("TG-8.1b")
async def test_the_guides_own_program_reports_anew_what_was_returned_for_revision(
    world: World, software: Software
) -> None:
    """The same command on the same case once more, with other words: it is carried out, and no repeat of the first."""
    case_id = await dispatched(world)
    program, leader = (
        _program(str(software.client.make_url("")).rstrip("/"), software.secret, world),
        await agency(world),
    )
    for done in ("Đã thay bóng đèn.", "Đã thay bóng đèn và cả cần đèn."):
        await asyncio.to_thread(program["one_round"], lambda page: True, lambda page, done=done: (done, photo()))
        if done == "Đã thay bóng đèn.":
            await issue(world, leader, case_id, "return_for_revision", reason="Cần đèn còn gãy.")

    _, page = await software("GET", f"/cases/{case_id}")
    assert [one["result"] for one in page["dispatches"][0]["resolutions"]][-1] == "Đã thay bóng đèn và cả cần đèn."


async def test_a_role_that_the_regulation_does_not_have_is_answered_with_those_it_has(world: World) -> None:
    """The guide's own example is of another regulation."""
    with pytest.raises(ConfigError, match="no such role: focal") as refused:
        await linked(world, NAME, **OFFICER | {"roles": ["focal"]})

    assert set(world.deployment.regulation.current.roles) == set(refused.value.example.split(", "))


async def test_the_guides_own_program_returns_what_is_not_its_agencys(world: World, software: Software) -> None:
    """And knows news of ours from anybody else's."""
    case_id = await dispatched(world)
    program = _program(str(software.client.make_url("")).rstrip("/"), software.secret, world)

    await asyncio.to_thread(program["one_round"], lambda page: False, None)
    _, page = await software("GET", f"/cases/{case_id}")

    assert page["dispatches"][0]["stage"]["id"] == "sent_back"
    forged = {"webhook-id": "1", "webhook-timestamp": str(int(world.clock().timestamp())), "webhook-signature": "v1,AA"}
    with pytest.raises(PermissionError):
        program["heard"](forged, b"{}")


def _program(url: str, secret: str, world: World) -> dict[str, Any]:
    """The guide's program as a module, under the test's clock."""
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found is not None
    assert len(found[1].splitlines()) <= 60
    environment = {"LANGNGHE_URL": url, "LANGNGHE_KEY": NAME, "LANGNGHE_SECRET": secret}
    source = found[1].replace("os.environ", "ENVIRONMENT")
    module: dict[str, Any] = {"ENVIRONMENT": environment}
    exec(compile(source, str(GUIDE), "exec"), module)
    module["time"] = SimpleNamespace(time=lambda: world.clock().timestamp(), sleep=time.sleep)
    return module


async def test_an_agencys_secret_is_changed_while_it_works_on(world: World, software: Software) -> None:
    """For a week it may sign with either; then the old one is worth nothing."""
    fresh = (await ACTIONS["link.rotate"](world.deployment, {"name": NAME}))["secret"]
    changed = Software(world, software.client, fresh)
    assert [(await one("GET", "/queue"))[0] for one in (software, changed)] == [200, 200]

    world.clock.advance(days=8)

    assert [(await one("GET", "/queue"))[0] for one in (software, changed)] == [401, 200]


@on_both_engines
@pytest.mark.rule("TG-11.3", "QB-IV.1.6c")
async def test_what_an_outside_system_may_not_do_changes_nothing(world: World, software: Software) -> None:
    """Forged, stale, unknown, forbidden, ill-formed, twice: each says what it is."""
    case_id, path = await dispatched(world), "/cases/{}/commands/{}"
    elsewhere = await dispatched(world, WATER)
    before = [await version(world, one) for one in (case_id, elsewhere)]
    accept = path.format(case_id, "accept_dispatch")
    forged = Software(world, software.client, "whsec_" + "A" * 43 + "=")
    stranger = Software(world, software.client, software.secret, name="nobody")
    stale = Software(world, software.client, software.secret, skew=-400)
    other_body = software.signed("POST", accept, b'{"note": "x"}')
    other_path = software.signed("POST", path.format(case_id, "submit_result"), b"{}")
    short = software.signed("POST", accept, b"{}") | {ID: "1"}
    no_time = software.signed("POST", accept, b"{}") | {TIMESTAMP: "1e9"}
    no_mark = software.signed("POST", accept, b"{}") | {SIGNATURE: "v1,"}

    answers = [
        await forged("POST", accept, {}),
        await stranger("POST", accept, {}),
        await stale("POST", accept, {}),
        *[await software("POST", accept, {}, headers=one) for one in (other_body, other_path, short, no_time, no_mark)],
        await software("POST", path.format(new_id(), "accept_dispatch"), {}),
        await software("POST", path.format(elsewhere, "accept_dispatch"), {}),
        await software("POST", path.format(case_id, "publish"), {"text": "Xong."}),
        await software("POST", path.format(case_id, "submit_result"), {"result": "Xong."}),
        await software("POST", path.format(case_id, "fire_clock"), {}),
        await software("POST", path.format(case_id, "send_back"), {}),
    ]

    forgeries = [(401, "signature_invalid")] * 2 + [(401, "signature_stale")] + [(401, "signature_invalid")] * 5
    found = [(status, said["code"]) for status, said in answers]
    assert found[:8] == forgeries
    assert [status for status, _ in found[8:]] == [404, 404, 403, 409, 404, 422]
    assert all(said["detail"] == said["message"] and said["status"] == status for status, said in answers)
    assert [await version(world, one) for one in (case_id, elsewhere)] == before


async def test_the_same_call_twice_is_one(world: World, software: Software) -> None:
    """A copied request is refused; signed anew under its key it gets the answer it had."""
    case_id = await dispatched(world)
    path, body = f"/cases/{case_id}/commands/accept_dispatch", b"{}"
    headers = software.signed("POST", path, body)

    first = await software("POST", path, {}, headers=headers, key="k1")
    copied = await software("POST", path, {}, headers=headers, key="k1")
    again = await software("POST", path, {}, key="k1")

    assert (first[0], copied[0], copied[1]["code"]) == (200, 409, "call_repeated")
    assert again == first
    _, page = await software("GET", f"/cases/{case_id}")
    assert page["version"] == first[1]["version"]


async def test_whoever_asks_too_often_waits_and_nobody_else(world: World, software: Software) -> None:
    """Counted for each link; what is forged is counted for the network it comes from."""
    asked = [(await software("GET", "/queue"))[0] for _ in range(50)]
    stranger = Software(world, software.client, software.secret, name="nobody")
    forged = [(await stranger("GET", "/queue"))[0] for _ in range(70)]
    world.clock.advance(minutes=1, seconds=1)
    afterwards = await software("GET", "/queue")

    assert (asked.count(200), asked.count(429)) == (40, 10)
    assert (forged.count(401), forged.count(429)) == (60, 10)
    assert afterwards[0] == 200


async def test_a_link_that_was_ended_is_a_stranger(world: World, software: Software) -> None:
    """From its next request on."""
    assert (await software("GET", "/queue"))[0] == 200
    await ACTIONS["link.end"](world.deployment, {"name": NAME})
    assert (await software("GET", "/queue"))[0] == 401


async def test_a_key_alone_opens_nothing(world: World, software: Software) -> None:
    """Not even beside the token or the session of somebody who is signed in."""
    async with software.client.get("/api/v1/queue", headers={KEY: NAME, "Authorization": "Bearer ln_x"}) as answer:
        assert answer.status == 401
