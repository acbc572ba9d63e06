"""A province's own app on somebody's phone, over a real socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient
from multidict import CIMultiDict

from gateway.auth.apps import add_app
from tests.gateway.portal.citizen import CONTENT, PLACE, File
from tests.support.deployments import World

NAME = "hue-s"
PROBLEM = {"code", "message", "rules", "details"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    json: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The stable code of a refusal, which has the API's shape."""
        assert set(self.json) == PROBLEM, self.json
        return str(self.json["code"])


@dataclass(frozen=True)
class Phone:
    """One app, with the token of the report that is open in it."""

    world: World
    client: TestClient[Any, Any]
    key: str
    token: str = field(default="", repr=False)

    async def __call__(self, method: str, path: str, **more: Any) -> Answer:
        """One request below /api/v1/app."""
        given = {"X-App-Key": self.key} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        headers = given | more.pop("headers", {})
        async with self.client.request(method, f"/api/v1/app{path}", headers=headers, **more) as response:
            is_json = response.content_type == "application/json"
            body = await response.json() if is_json else await response.read()
            return Answer(response.status, body, CIMultiDict(response.headers))

    async def report(self, *files: File, key: str | None = None, **changes: Any) -> Answer:
        """Send a report; content and place are given unless changed."""
        fields = {"content": CONTENT, "place": PLACE, **changes}
        return await self.send("/reports", fields, *files, key=key)

    async def send(self, path: str, fields: Mapping[str, Any], *files: File, key: str | None = None) -> Answer:
        """As a form with files where there are any, else as JSON."""
        headers = {"Idempotency-Key": key} if key else {}
        if not files:
            return await self("POST", path, json=fields, headers=headers)
        form = FormData(default_to_multipart=True)
        for name, value in fields.items():
            form.add_field(name, str(value))
        for file in files:
            form.add_field("media", file.data, filename=file.name, content_type=file.media_type)
        return await self("POST", path, data=form, headers=headers)

    async def reported(self, **changes: Any) -> tuple[Phone, str, str]:
        """A report that was sent and taken up: the phone with its token, code (digits) and PIN."""
        sent = await self.report(**changes)
        assert sent.status == 201, sent
        await self.world.settle()
        opened = replace(self, token=sent.json["session"]["token"])
        return opened, digits(sent.json["code"]), sent.json["pin"]

    async def see(self, code: str) -> Any:
        """The report, as whoever holds this phone sees it."""
        answer = await self("GET", f"/reports/{code}")
        assert answer.status == 200, answer
        return answer.json


def digits(code: str) -> str:
    """A code as it stands in an address."""
    return "".join(filter(str.isdigit, code))


async def app_on(world: World, client: TestClient[Any, Any], name: str = NAME) -> Phone:
    """A phone with an app that has a key of its own."""
    made = await add_app(world.deployment.database, name=name, label="Hue-S", now=world.clock())
    return Phone(world, client, made.key)
