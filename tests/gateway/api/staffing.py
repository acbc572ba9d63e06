"""Officials for tests, and a case taken as far as a test needs it."""

from __future__ import annotations

from core.cases.model import Case
from core.contract.schema import new_id
from core.service.actors import Member, actor_for
from core.service.desk import Issued
from core.storage import case_search, cases, people
from core.storage.case_search import Search
from core.storage.database import Connection
from core.storage.people import UserRow
from tests.support.deployments import World
from tests.support.letters import write_mail

REPORT = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay. Tôi là Nguyễn Văn An, số 0900 000 001."
LIGHTS, WATER = "cty_dien_luc", "cty_cap_nuoc"


async def hire(world: World, name: str, *grants: tuple[str, str]) -> Member:
    """A new official with these (role, agency) grants."""
    user_id = new_id()

    def write(connection: Connection) -> None:
        people.add_user(connection, UserRow(user_id, f"u{user_id[-8:]}", name, "-", None, 0, True, world.clock()))
        for role, agency in grants:
            people.grant(connection, user_id, role=role, agency_id=agency)

    await world.deployment.database.write(write)
    return Member(user_id, grants)


async def centre(world: World) -> Member:
    """Everything the centre does, in one person (QB-QD.III.2.1)."""
    return await hire(world, "Trần Thị Bình", ("receptionist", ""), ("distributor", ""), ("editor", ""))


async def agency(world: World, agency_id: str = LIGHTS) -> Member:
    """Officer and leader of one agency."""
    return await hire(world, "Lê Văn Cường", ("officer", agency_id), ("leader", agency_id))


async def report(world: World, text: str = REPORT) -> str:
    """A citizen's mail; returns the id of its case."""
    before = set(await case_ids(world))
    await write_mail(world, text, subject="Đèn hỏng")
    (made,) = set(await case_ids(world)) - before
    return made


async def case_ids(world: World) -> list[str]:
    """Every case there is."""
    return [row.id for row in await world.deployment.database.read(lambda one: case_search.search(one, Search()))]


async def issue(world: World, member: Member, case_id: str, command: str, **payload: object) -> None:
    """One command that must be allowed."""
    deployment = world.deployment
    row = await deployment.database.read(lambda one: cases.load(one, case_id))
    case = Case.model_validate(row.state)
    pack = deployment.regulation.packs.get(case.regulation)
    actor = actor_for(member, case, pack=pack, agencies=deployment.regulation.agencies)
    answer = await deployment.clerk.execute(case_id, command, payload, actor=actor)
    assert isinstance(answer, Issued), answer
    await world.settle()


async def answered(world: World, ioc: Member, officials: Member, case_id: str) -> None:
    """The whole way to a published answer."""
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[officials.agencies[0]], note="Đề nghị xử lý sớm.")
    await issue(world, officials, case_id, "accept_dispatch")
    await issue(world, officials, case_id, "submit_result", result="Đã thay bóng đèn.")
    await issue(world, officials, case_id, "approve")
    await issue(world, ioc, case_id, "publish", text="Đơn vị đã thay bóng đèn ngày 23/11/2026.")
