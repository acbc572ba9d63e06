"""Calls over HTTP: those owed, all of them page by page, and calling back."""

from __future__ import annotations

from tests.gateway.api.conftest import Caller
from tests.support.calls import CALL, hand_over, leave_call
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@on_both_engines
async def test_calls_are_listed_and_settled(world: World, ioc: Caller) -> None:
    """The number is masked; a second answer about the same attempt is refused."""
    leave_call(world, "message", purpose="callback")
    leave_call(world, id="0" * 31 + "2", finished=True)
    await hand_over(world)

    (owed,) = (await ioc.get("/calls", params={"owed": "true"}))["items"]
    first = await ioc.get("/calls", params={"limit": "1"})
    second = await ioc.get("/calls", params={"limit": "1", "cursor": first["next"]})
    path = f"/calls/{CALL}/called-back"
    tried = await ioc("POST", path, json={"result": "not_reached", "attempts": 0})
    late = await ioc("POST", path, json={"result": "reached", "attempts": 0})
    done = await ioc("POST", path, json={"result": "reached", "attempts": 1})

    assert (owed["id"], owed["outcome"], owed["number"]) == (CALL, "callback", "•••••••••001")
    assert [one["label"] for one in owed["recordings"]] == ["Lời nhắn"]
    assert {page["items"][0]["id"] for page in (first, second)} == {CALL, "0" * 31 + "2"}
    assert (tried.status, late.status, late.json["code"], done.status) == (204, 409, "called_meanwhile", 204)
    assert (await ioc.get("/calls", params={"owed": "true"}))["items"] == []


async def test_unknown_calls_and_strangers_are_refused(world: World, ioc: Caller, lights: Caller) -> None:
    missing = await ioc("POST", f"/calls/{CALL}/called-back", json={"result": "reached", "attempts": 0})
    nonsense = await ioc("POST", f"/calls/{CALL}/called-back", json={"result": "maybe", "attempts": 0})

    assert (missing.status, nonsense.status) == (404, 422)
    assert (await lights("GET", "/calls")).status == 403
