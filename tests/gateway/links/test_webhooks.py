"""Other systems hear of cases: signed, in order, nothing about the person who wrote, and nobody waits for another."""

from __future__ import annotations

import json
from functools import partial

import pytest

from core.contract.errors import ConfigError
from core.storage import tables
from gateway.admin.actions import ACTIONS
from gateway.links import carrying
from gateway.links import lanes as lanes_module
from gateway.links.addresses import problem_of
from gateway.links.lanes import Lanes
from tests.gateway.api.staffing import LIGHTS, REPORT, WATER, agency, answered, centre, report
from tests.gateway.links.conftest import linked, standing, told
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.receivers import Receiver
from tests.support.waiting import until

BY_AGENCY = {"kind": "agency", "agency": LIGHTS, "roles": ["officer"]}


@on_both_engines
async def test_everybody_hears_what_is_theirs(world: World) -> None:
    """The public steps for a webhook, its own parts for an agency, nothing for one that has no part."""
    async with Receiver(world.clock) as press, Receiver(world.clock) as lights, Receiver(world.clock) as water:
        press.secret = await linked(world, "bao-tinh", url=press.url)
        lights.secret = await linked(world, "dien-luc", url=lights.url, **BY_AGENCY)
        water.secret = await linked(world, "cap-nuoc", url=water.url, **BY_AGENCY | {"agency": WATER})
        case_id = await report(world)
        await answered(world, await centre(world), await agency(world), case_id)
        await told(world)

    assert press.types[0] == "case.opened"
    assert press.types[-1] == "case.published"
    assert set(press.types) == {"case.opened", "case.moved", "case.published"}
    parts = [one["data"]["stage"] for one in lights.heard if one["type"].startswith("dispatch.")]
    assert parts == ["distributed", "processing", "awaiting_approval", "approved"]
    assert {one["data"]["case_id"] for one in lights.heard if "dispatch_id" in one["data"]} == {case_id}
    assert (water.heard, press.refused, lights.refused) == ([], 0, 0)
    assert press.heard[-1]["data"]["answer"].startswith("Đơn vị đã thay")
    everything = json.dumps([*press.heard, *lights.heard], ensure_ascii=False)
    assert not any(
        word in everything for word in ("Nguyễn Văn An", "900 000 001", "900000001", REPORT[:20], "example.vn")
    )


async def test_a_receiver_that_is_away_hears_all_of_it_in_order_once_it_is_back(world: World) -> None:
    """Tried again and again, under the same ids; the first that is taken makes the rest due at once."""
    lanes = Lanes(world.deployment, owner="lanes")
    async with Receiver(world.clock, mood="error") as away:
        away.secret = await linked(world, "bao-tinh", url=away.url)
        case_id = await report(world)
        await answered(world, await centre(world), await agency(world), case_id)
        for _ in range(6):
            await told(world, lanes)
            world.clock.advance(minutes=20)
        assert (away.heard, (await standing(world))["bao-tinh"][1]) == ([], 0)

        tried, away.mood = set(away.ids), "normal"
        await told(world, lanes)
        await told(world, lanes)

    assert away.types[0] == "case.opened"
    assert away.types[-1] == "case.published"
    assert len(tried) == 1  # the others of the case waited behind it
    assert {one["id"] for one in away.heard} > tried
    assert await standing(world) == {"bao-tinh": (0, 0)}


async def test_what_waited_before_a_restart_is_due_once_anything_is_taken(world: World) -> None:
    """The process that tried has ended: the next one does not know who was away, and asks nobody to wait for it."""
    before = Lanes(world.deployment, owner="before")
    async with Receiver(world.clock, mood="error") as away:
        away.secret = await linked(world, "bao-tinh", url=away.url)
        await report(world)
        for _ in range(5):
            await told(world, before)
            world.clock.advance(minutes=20)
        await told(world, before)
        away.mood = "normal"
        after = Lanes(world.deployment, owner="after")
        await ACTIONS["link.test"](world.deployment, {"name": "bao-tinh"})
        await told(world, after)
        await told(world, after)

    assert set(away.types) == {"link.tested", "case.opened"}
    assert await standing(world) == {"bao-tinh": (0, 0)}


async def test_one_that_never_answers_holds_up_nobody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even another system on the very same server; what was on its way when the process ended is not lost."""
    for module in (carrying, lanes_module):
        monkeypatch.setattr(module, "PATIENCE", 600.0)
    lanes = Lanes(world.deployment, owner="lanes")
    async with Receiver(world.clock) as system:
        system.secret = await linked(world, "bao-tinh", url=system.url)
        await linked(world, "im-lang", url=system.url.replace("phan-anh", "im-lang"))
        for name in ("im-lang", "bao-tinh"):
            for _ in range(10):
                await ACTIONS["link.test"](world.deployment, {"name": name})

        async def all_heard() -> bool:
            await lanes.run_once()
            return len(system.heard) == 10

        await until(all_heard, "news for the one that answers")
        lanes.give_up()
        await lanes.finish()

    assert await standing(world) == {"bao-tinh": (0, 0), "im-lang": (10, 0)}


async def test_what_nobody_takes_in_three_days_is_for_a_person_who_sends_it_again(world: World) -> None:
    """Dead letters keep their words; `outbox replay` brings them, with the id they had."""
    async with Receiver(world.clock, mood="error") as away:
        away.secret = await linked(world, "bao-tinh", url=away.url, events=["case.opened"])
        await report(world)
        late = partial(_worn_out, name="link/bao-tinh")
        await world.deployment.database.write(late)
        await told(world)
        assert await standing(world) == {"bao-tinh": (0, 1)}

        away.mood = "normal"
        done = await ACTIONS["outbox.replay"](world.deployment, {"channel": "link/bao-tinh"})
        await told(world)

    assert (done, away.types) == (1, ["case.opened"])
    assert len(set(away.ids)) == 1


def _worn_out(connection, name: str) -> None:  # type: ignore[no-untyped-def]
    """As if it had been tried for three days already."""
    connection.execute(tables.outbox.update().where(tables.outbox.c.channel == name).values(attempts=400))


async def test_both_secrets_are_good_until_the_other_side_has_changed_over(world: World) -> None:
    """A week long we sign with both; afterwards the old one proves nothing."""
    async with Receiver(world.clock) as slow:
        slow.secret = await linked(world, "bao-tinh", url=slow.url, events=["case.opened"])
        fresh = (await ACTIONS["link.rotate"](world.deployment, {"name": "bao-tinh"}))["secret"]
        await report(world)
        await told(world)
        assert slow.types == ["case.opened"]

        world.clock.advance(days=8)
        await ACTIONS["link.test"](world.deployment, {"name": "bao-tinh"})
        await told(world)
        assert (slow.types, slow.refused) == (["case.opened"], 1)

        slow.secret = fresh
        world.clock.advance(minutes=5)
        await told(world)

    assert slow.types == ["case.opened", "link.tested"]


async def test_one_that_wants_no_more_is_not_tried_again_and_one_that_was_ended_is_told_nothing(world: World) -> None:
    """410 says so for good; what still waits for an ended link fails where staff see it."""
    async with Receiver(world.clock, mood="gone") as gone:
        gone.secret = await linked(world, "bao-tinh", url=gone.url, events=["case.opened"])
        await report(world)
        await told(world)
        assert await standing(world) == {"bao-tinh": (0, 1)}

        await ACTIONS["link.end"](world.deployment, {"name": "bao-tinh"})
        await report(world, "Ống nước vỡ trước số 3 Hà Nội, phường Vĩnh Ninh. Tôi là Trần Văn Bình, 0900 000 002.")
        await told(world)

    assert len(gone.ids) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.vn/hook",
        "https://10.0.0.8/hook",
        "https://[::1]:443/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:secret@example.vn/",
        "file:///etc/passwd",
        "https://",
        "no address",
        "https://example.vn/#part",
    ],
)
async def test_staff_cannot_make_us_call_the_inside_of_the_house(url: str) -> None:
    """Neither by a name nor by a number, and never in clear."""
    assert problem_of(url, [])
    assert not problem_of("https://so-xay-dung.example.vn:8443/phan-anh?x=1", [])


_WRONG = (
    ("url", {"url": "http://10.0.0.1/"}),
    ("name", {"name": "Sở"}),
    ("agency", {"kind": "agency", "agency": "nowhere", "roles": ["officer"]}),
    ("agency", {"kind": "agency"}),
    ("role", {"kind": "agency", "agency": LIGHTS, "roles": ["king"]}),
    ("event", {"events": ["case.sneezed"]}),
    ("known-as", {"kind": "peer"}),
    ("secret", {"secret": "whsec_short"}),
)


async def test_a_link_that_cannot_be_is_refused(world: World) -> None:
    """Before anything is stored."""
    for key, wrong in _WRONG:
        wanted = {"name": "bao-tinh", "kind": "webhook", "url": "https://bao.example.vn/", **wrong}
        with pytest.raises(ConfigError) as refused:
            await ACTIONS["link.add"](world.deployment, wanted)
        assert refused.value.key == key
    assert await standing(world) == {}


async def test_a_name_is_one_links_for_ever(world: World) -> None:
    """What is told of it stays true."""
    await linked(world, "bao-tinh", url="https://bao.example.vn/")
    await ACTIONS["link.end"](world.deployment, {"name": "bao-tinh"})
    with pytest.raises(ConfigError):
        await linked(world, "bao-tinh", url="https://bao.example.vn/")
