"""What the desk decides is learnt from, looked at on cases kept back, and shown; nothing closed is ever read."""

from __future__ import annotations

from core.contract.schema import new_id
from core.storage import restrictions, triage
from core.storage.restrictions import Restriction
from core.triage.modelfile import read, written
from core.triage.sorter import Label, Sorter, features
from core.triage.words import Reading
from gateway.admin.actions import ACTIONS
from gateway.admin.services import school_of
from gateway.workers.daily import Daily
from tests.gateway.api.staffing import LIGHTS, agency, centre, issue, report
from tests.gateway.console.office import Office
from tests.support.databases import on_both_engines

PAGE = "/console/goi-y"


@on_both_engines
async def test_the_desk_teaches_and_is_told_how_well(office: Office) -> None:
    """Sent on under a category: learnt or looked at. Not sent on, or confidential: neither."""
    world, ioc = office.world, await centre(office.world)
    deployment = world.deployment
    sent = [await report(world), await report(world, "Rác đổ tràn ở chợ Hùng Vương, phường Phú Hội, từ hôm qua.")]
    waiting, closed = await report(world), await report(world)
    await issue(world, ioc, closed, "set_confidential", confidential=True, reason="Người dân đề nghị giữ kín.")
    for case_id in (*sent, closed):
        await issue(world, ioc, case_id, "accept")
        await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])

    school = school_of(deployment)
    decided = await school.decided()
    assert len(decided) == len(sent)
    assert {one.agency for one in decided} == {LIGHTS}
    assert waiting

    made = await ACTIONS["triage.train"](deployment, {})
    assert made["used"]
    assert made["decided"] + sum(one.held_out for one in decided) == len(decided)
    assert deployment.sorters.hash == made["hash"]
    scored = await ACTIONS["triage.score"](deployment, {})
    assert scored["model"] == made["hash"]
    assert scored["categories"]["seen"] == sum(one.held_out for one in decided)

    async with office.desk(ioc) as desk:
        page = await desk.get(PAGE)
    assert made["hash"][:12] in page.text
    assert scored["day"] in page.text
    async with office.desk(await agency(world)) as desk:
        assert (await desk.get(PAGE)).status == 403


async def test_what_a_person_had_restricted_is_not_learnt_from(office: Office) -> None:
    """Neither learnt nor looked at, from the moment on."""
    world, ioc = office.world, await centre(office.world)
    database, case_id = world.deployment.database, await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    school = school_of(world.deployment)
    (one,) = await school.decided()
    held = Restriction(new_id(), one.writer, "restriction", world.clock())
    await database.write(lambda connection: restrictions.hold(connection, held))

    assert await school.decided() == []


async def test_once_a_night_and_never_by_day(office: Office) -> None:
    """However often the worker looks; where nothing was decided nothing is learnt, and words are enough."""
    world, deployment = office.world, office.world.deployment
    daily = Daily(deployment)
    await daily.run_once()
    assert await deployment.database.read(triage.cards) == []
    world.clock.advance(hours=18)  # two in the morning
    await daily.run_once()
    (card,) = await deployment.database.read(triage.cards)
    assert card["model"] == await deployment.database.read(triage.name) == ""
    await daily.run_once()
    assert await deployment.database.read(triage.cards) == [card]
    found = (await deployment.sorters.categories()).sort("Đèn đường trước nhà tui tắt ngấm.")
    assert found.sure


async def test_another_process_hears_of_a_new_model(office: Office) -> None:
    """Within minutes; one that is damaged is not used."""
    world, deployment = office.world, office.world.deployment
    labels = (Label("a"), Label("b"))
    told = written(Sorter(labels, weights={1: (0.5, -0.5)}))
    kept = {"hash": "h", "categories": told, "agencies": {**told, "hash": "another"}}
    assert await deployment.sorters.agencies() is None
    await deployment.database.write(lambda connection: triage.put_model(connection, kept, name="h"))
    assert await deployment.sorters.agencies() is None
    world.clock.advance(minutes=6)
    found = await deployment.sorters.agencies()
    assert found is not None
    assert found.weights == {}
    assert read(told, labels).weights == {1: (0.5, -0.5)}


async def test_an_agency_that_dealt_with_such_matters_is_named_where_the_form_sends(office: Office) -> None:
    """With the words; not when it is the one proposed anyway."""
    world, ioc = office.world, await centre(office.world)
    case_id = await report(world)
    await issue(world, ioc, case_id, "accept")
    water = "cty_cap_nuoc"
    learnt = Sorter((Label(water), Label(LIGHTS)))
    taught = {one.key: (9.0, -9.0) for one in features(Reading.of("đèn đường"))}
    told = written(Sorter(learnt.labels, weights=taught))
    kept = {"hash": "h", "categories": None, "agencies": told, "own": 0, "decided": 9, "made_at": "2026-11-23"}
    await world.deployment.database.write(lambda connection: triage.put_model(connection, kept, name="h"))
    await world.deployment.sorters.renew()
    async with office.desk(ioc) as desk:
        form = await desk.get(f"/console/ho-so/{case_id}/dispatch")

    name = world.deployment.regulation.agencies.name(water)
    assert f"Việc tương tự trước đây thường chuyển {name}, vì có “Đèn đường”" in form.text
