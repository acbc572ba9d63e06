"""What everybody reads by Open311: the allow-list of each case, filtered and paged; also by a client of others."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from georeport import GeoReport

from gateway.open311.reading import MOST_IDS
from tests.gateway.open311.conftest import Program, program_on
from tests.gateway.portal.citizen import photo
from tests.gateway.portal.test_follow import ANSWER, CANARY, UNKNOWN, issue, work_through

WHO: dict[str, Any] = {
    "first_name": CANARY,
    "last_name": "Nguyễn",
    "phone": "0900 000 001",
    "email": "canary@example.vn",
    "attribute[consent]": "1",
}
SECRET = (CANARY, "canary@example.vn", "900000001", "900 000 001", "Nắp cống", "Lê Lợi")


async def everything_read(program: Program, code: str) -> str:
    """Every answer that tells of this request, as bytes would come to anybody."""
    said = list[str]()
    for path in ("requests.json", "requests.xml", f"requests/{code}.json", f"requests/{code}.xml"):
        async with program.client.get(f"/open311/v2/{path}") as response:
            said.append(await response.text())
    async with program.client.get(f"/open311/v2/requests/{code}/updates.json") as response:
        return "\n".join([*said, await response.text()])


@pytest.mark.rule("A-4", "VN-4", "TG-11.2")
async def test_progress_is_public_and_the_reporter_is_not(program: Program) -> None:
    """From receipt to the published answer: no word of the reporter in any form."""
    code = await program.reported(photo=photo(), lat=16.46371, long=107.59092, **WHO)
    early = await everything_read(program, code)
    await work_through(program.world)
    late = await everything_read(program, code)

    for text in (early, late):
        assert code in text
        assert [secret for secret in SECRET if secret in text] == []
    (told,) = (await program("GET", f"requests/{code}.json")).body
    assert (told["status"], told["status_notes"], told["description"]) == ("closed", ANSWER, None)
    assert (told["lat"], told["long"]) == (16.464, 107.591)
    updates = (await program("GET", f"requests/{code}/updates.json")).body
    assert updates[-1]["description"] == ANSWER or ANSWER in {one["description"] for one in updates}
    assert [one["updated_datetime"] for one in updates] == sorted(one["updated_datetime"] for one in updates)


@pytest.mark.rule("A-4", "TG-5.4")
async def test_what_is_confidential_is_in_no_list(tmp_path: Path) -> None:
    """Where the regulation knows it (TG-5.4): its id alone opens the narrow list."""
    async with program_on(tmp_path, regulation="tien_giang") as program:
        told = {**WHO, "attribute[occurred]": "sáng nay", "lat": 10.36, "long": 106.36}
        code = await program.reported(photo=photo(), **told, **{"attribute[confidential]": "1"})

        assert (await program("GET", "requests.json")).body == []
        (one,) = (await program("GET", f"requests/{code}.json")).body
        assert (one["lat"], one["status_notes"]) == (None, "Đã nhận phản ánh")


async def test_junk_is_in_no_list(program: Program) -> None:
    await program.reported()
    await issue(program.world, "decline", reason_code=_a_ground(program), reason="Không có thật.")

    assert (await program("GET", "requests.json?status=closed")).body == []


def _a_ground(program: Program) -> str:
    return next(iter(program.world.deployment.regulation.current.decline_reasons))


async def test_filters_and_pages_leave_no_gap(program: Program) -> None:
    """By service, state and days; ids before all else; pages linked (RFC 8288)."""
    first, second = program.services[:2]
    codes = []
    for number in range(7):
        codes.append(await program.reported(service_code=first if number % 2 else second, description=f"Việc {number}"))
        program.world.clock.advance(minutes=1)

    async def ids(query: str) -> list[str]:
        return [one["service_request_id"] for one in (await program("GET", f"requests.json?{query}")).body]

    everything = [*reversed(codes)]
    assert await ids("") == everything
    assert set(await ids(f"service_code={first}")) | set(await ids(f"service_code={second}")) == set(codes)
    assert await ids("status=closed") == []
    assert await ids("status=open,closed") == everything
    assert await ids("start_date=2026-11-23T01:03:00Z&end_date=2026-11-23T01:05:00Z") == [codes[4], codes[3]]
    assert await ids(f"service_request_id={codes[2]},{codes[5]}&status=closed") == [codes[2], codes[5]]
    assert await ids(f"service_request_id={UNKNOWN},{codes[2]},x") == [codes[2]]
    assert await ids("start_date=2026-11-24") == []

    seen, path = list[str](), "requests.json?page_size=3"
    while path:
        page = await program("GET", path)
        seen += [one["service_request_id"] for one in page.body]
        path = page.headers.get("Link", "").partition("/open311/v2/")[2].partition(">")[0]
    assert seen == everything


async def test_more_ids_than_are_looked_up_are_refused_and_not_dropped(program: Program) -> None:
    """Whoever reads the first twenty alone would take the others for gone."""
    most = await program("GET", f"requests.json?service_request_id={','.join([UNKNOWN] * MOST_IDS)}")
    refused = await program("GET", f"requests.json?service_request_id={','.join([UNKNOWN] * (MOST_IDS + 1))}")

    assert (most.status, refused.status) == (200, 400)
    assert refused.body[0]["code"] == 400
    assert str(MOST_IDS) in refused.body[0]["description"]


async def test_guessing_ids_is_slowed_down(program: Program) -> None:
    """As on the page where codes are typed; a slip in a digit is no guess."""
    slips = {(await program("GET", f"requests/{int(UNKNOWN) + 1:012d}.json")).status for _ in range(40)}
    answers = [await program("GET", f"requests/{UNKNOWN}.json") for _ in range(42)]

    assert slips == {404}
    assert answers[0].status == 404
    assert answers[-1].refusal == (429, "too_many_attempts")
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_a_client_that_others_wrote_reads_it(program: Program, form: str) -> None:
    """georeport 0.3: services, a definition, requests, one request."""
    code, other = await program.reported(), await program.reported(description="Đèn đường hỏng.")
    url = str(program.client.make_url("/open311/v2"))
    client = GeoReport(url, output_format=form)

    services = await asyncio.to_thread(client.get_service_list)
    definition = await asyncio.to_thread(client.get_service_definition, program.services[0])
    found = await asyncio.to_thread(client.get_service_requests, status="open", start_date="2026-11-01T00:00:00Z")
    one = await asyncio.to_thread(client.get_service_request, code)

    assert [service["service_code"] for service in services] == program.services
    assert definition["service_code"] == program.services[0]
    assert {request["service_request_id"] for request in found} == {code, other}
    assert (one["service_request_id"], one["status"]) == (code, "open")
