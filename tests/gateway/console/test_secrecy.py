"""
Every page of staff, opened in every role: none tells who a reporter is, and only who may is told on request.

Pages and roles are read from the application and the regulation, so that a new one is looked at from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.service.actors import ADMIN, Member
from core.storage import staff_lists
from tests.gateway.api.staffing import LIGHTS, answered, case_ids, centre, hire, issue
from tests.gateway.api.staffing import agency as officials
from tests.gateway.console.office import Desk, Office, open_office
from tests.gateway.console.test_doors import addresses
from tests.gateway.portal.citizen import Citizen
from tests.gateway.portal.conftest import portal_app
from tests.support.deployments import open_world
from tests.support.letters import CITIZEN, write_mail

NAME = "Nguyễn Văn An"
SECRETS = (NAME, "0900 000 027", "0900000027", "900000027", "900 000 027", CITIZEN)
"""Who they are, how they are reached: as it was written, and as we keep it."""
COMMUNE, HOME, PAPER = "ubnd_hoa_dao", "số 4 ngách 9 đường Thử Nghiệm", "001090000001"
TEXT = "Đèn đường trước số 12 Lê Lợi hỏng. Tôi là Nguyễn Văn An, số 0900 000 027."
OUTSIDE = ("reporter", "system")
"""Levels of roles that nobody signs in with."""
NOBODY = "0" * 32
ABOUT_CASE, ABOUT_TALK = f"/ho-so/{NOBODY}", f"/hoi-thoai/{NOBODY}"


async def everybody(office: Office, *, agency: str = LIGHTS) -> dict[str, Member]:
    """One official a role; whoever works at an agency, at the one whose case it is."""
    pack = office.world.deployment.regulation.current
    staff = {name: role.level for name, role in pack.roles.items() if role.level not in OUTSIDE}
    grants = {name: agency if level in ("agency", "unit", "partner") else "" for name, level in staff.items()} | {
        ADMIN: ""
    }
    return {name: await hire(office.world, "Người thử", (name, where)) for name, where in grants.items()}


async def matters(office: Office) -> tuple[list[str], str]:
    """An answered case by mail, an open one by the form with everything that it asks, and a conversation."""
    world = office.world
    await write_mail(world, TEXT, subject="Đèn hỏng")
    cases = await case_ids(world)
    await answered(world, await centre(world), await officials(world), cases[0])
    async with TestClient(TestServer(portal_app(world.deployment))) as client:
        await Citizen(world, client).reported(name=NAME, phone="0900 000 027", email=CITIZEN, consent="1")
    cases = [*cases, *set(await case_ids(world)) - set(cases)]
    await write_mail(world, "Tôi muốn gặp nhân viên.", subject="Hỏi")
    (talk,) = await world.deployment.database.read(staff_lists.attended)
    return cases, talk.id


def pages(office: Office, cases: list[str], talk: str) -> Iterator[str]:
    """Every address that is read, about what there is."""
    for path in dict.fromkeys(addresses(office, "GET")):
        if ABOUT_CASE in path:
            yield from (path.replace(NOBODY, case, 1) for case in cases)
        else:
            yield path.replace(ABOUT_TALK, f"/hoi-thoai/{talk}")


async def told(desk: Desk, paths: list[str], secrets: Sequence[str] = SECRETS) -> tuple[dict[str, set[str]], int]:
    """By page, the secrets that stand in it; and how many pages were shown."""
    found, shown = dict[str, set[str]](), 0
    for path in paths:
        answer = await desk.get(path)
        shown += answer.status == 200
        found[path] = {secret for secret in secrets if secret in answer.text}
    return {path: said for path, said in found.items() if said}, shown


@pytest.mark.timeout(300)
@pytest.mark.rule("VN-4")
async def test_no_page_tells_any_role_who_reported(office: Office) -> None:
    cases, talk = await matters(office)
    paths = list(pages(office, cases, talk))
    for role, member in (await everybody(office)).items():
        async with office.desk(member) as desk:
            found, shown = await told(desk, paths)
        assert (role, found) == (role, {})
        assert shown >= 5, role


@pytest.mark.timeout(300)
@pytest.mark.rule("VN-4", "LS-5.1")
async def test_no_page_tells_any_role_where_a_reporter_lives_or_their_papers_number(tmp_path: Path) -> None:
    """Under a regulation that asks for it; the case has gone to an agency, whose officials open it."""
    async with open_world(tmp_path / "var", regulation="lang_son_2025") as world, open_office(world) as office:
        async with TestClient(TestServer(portal_app(world.deployment))) as client:
            await Citizen(world, client).reported(
                name=NAME, phone="0900 000 027", address=HOME, identity=PAPER, consent="1"
            )
        cases = await case_ids(world)
        desk = await centre(world)
        await issue(world, desk, cases[0], "accept")
        await issue(world, desk, cases[0], "dispatch", agencies=[COMMUNE])
        for role, member in (await everybody(office, agency=COMMUNE)).items():
            async with office.desk(member) as desk:
                found, shown = await told(
                    desk, list(pages(office, cases, NOBODY)), (HOME, "Thử Nghiệm", PAPER, "001 090 000 001", *SECRETS)
                )
            assert (role, found) == (role, {})
            assert shown >= 5, role


@pytest.mark.rule("VN-4", "TG-5.4")
async def test_only_those_who_may_are_told_on_request(office: Office) -> None:
    """The centre, and the agency that works on it; whoever only looks on or administers gets no name."""
    cases, talk = await matters(office)
    case, roles = f"/console/ho-so/{cases[0]}", office.world.deployment.regulation.current.roles
    for role, member in (await everybody(office)).items():
        async with office.desk(member) as desk:
            page = await desk.get(case)
            may = f"{case}/xem-nguoi-phan-anh" in page.forms()
            heard = await desk.post(f"{case}/xem-nguoi-phan-anh", {"csrf": token(page.text)})
            talked = await desk.post(f"/console/hoi-thoai/{talk}/xem", {"csrf": token(page.text)})
        assert (role, NAME in heard.text) == (role, may)
        at_centre = role in roles and roles[role].level == "centre"
        assert (role, NAME in talked.text) == (role, at_centre)
        assert may <= (role != ADMIN)


def token(page: str) -> str:
    """Of the page's forms; every page has one."""
    return page.partition('name="csrf" value="')[2].partition('"')[0]
