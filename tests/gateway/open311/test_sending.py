"""A request of another city's app becomes a case like any other; rubbish is refused in the specification's form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.auth.apps import revoke_app
from gateway.portal.shared import PORTAL
from tests.gateway.api.app.phone import NAME
from tests.gateway.api.app.test_sending import rows
from tests.gateway.open311.conftest import Program, program_on
from tests.gateway.portal.citizen import photo
from tests.support.codes import WRITTEN, with_phones
from tests.support.databases import on_both_engines

WHO: dict[str, Any] = {"first_name": "An", "last_name": "Nguyễn Văn", "phone": "0900 000 001"}


@on_both_engines
@pytest.mark.rule("TG-4.1a")
async def test_a_request_with_a_photo_becomes_a_case(program: Program) -> None:
    code = await program.reported(photo=photo(), lat=16.4637, long=107.5909, **WHO, **{"attribute[consent]": "1"})
    (state,) = await rows(program.world, "case", "state")

    assert state["code"] == code
    assert state["category"] or state["reports"]
    assert await rows(program.world, "conversation", "account") == [NAME]
    assert (await program("GET", f"requests/{code}.json")).body[0]["status"] == "open"


async def test_the_same_key_and_content_are_one_request(program: Program) -> None:
    first, again = [await program.post(key="mot-lan", description="Đèn đường hỏng.") for _ in range(2)]
    await program.world.settle()

    assert first.body == again.body
    assert len(await rows(program.world, "case")) == 1


async def test_xml_answers_say_the_same(program: Program) -> None:
    sent = await program.post("requests.xml")

    assert (sent.status, sent.body.tag) == (201, "service_requests")
    code = sent.body.findtext("request/service_request_id")
    await program.world.settle()
    assert (await program("GET", f"requests/{code}.xml")).body.findtext("request/service_request_id") == code


RUBBISH: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"api_key": None}, (403, "app_unknown")),
    ({"api_key": "la_khac_x"}, (403, "app_unknown")),
    ({"service_code": None}, (400, "service_code_missing")),
    ({"service_code": "khong-co"}, (404, "service_code_unknown")),
    ({"description": ""}, (400, "data_missing")),
    ({"address_string": None}, (400, "data_missing")),
    ({"lat": "bắc", "long": "nam"}, (400, "data_invalid")),
    ({"lat": "1e400", "long": "0"}, (400, "data_invalid")),
    ({"phone": "12"}, (400, "data_missing")),
    (WHO, (400, "data_missing")),
    ({"description": "x" * 9000}, (400, "data_invalid")),
    ({"description": "a\x00b"}, (400, "json_invalid")),
    ({"description": "Tôi tố cáo ông A, cán bộ phường, nhận hối lộ của dân."}, (400, "diverted")),
]


@pytest.mark.rule("VN-1", "VN-2")
async def test_rubbish_is_refused_and_changes_nothing(program: Program) -> None:
    """In the specification's form, as JSON and as XML."""
    for changes, refusal in RUBBISH:
        for form in ("json", "xml"):
            answer = await program.post(f"requests.{form}", **changes)
            assert (answer.status, answer.refusal) == (refusal[0], refusal), changes
    await program.world.settle()

    assert await rows(program.world, "inbox_item", "id") == []


async def test_a_body_that_is_no_form_is_refused(program: Program) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
        answer = await program("POST", "requests.json", data=b"{rubbish", headers={"Content-Type": kind})
        assert answer.status == 400, kind


async def test_a_key_that_was_ended_opens_nothing(program: Program) -> None:
    await revoke_app(program.world.deployment.database, NAME)
    assert (await program.post()).refusal == (403, "app_unknown")


async def test_another_place_is_told_so(tmp_path: Path) -> None:
    async with program_on(tmp_path, open311={"jurisdiction": "hue.example.vn"}) as program:
        elsewhere = await program("GET", "services.json?jurisdiction_id=city.example")
        assert elsewhere.refusal == (404, "jurisdiction_unknown")
        assert (await program.post(jurisdiction_id="city.example")).refusal == (404, "jurisdiction_unknown")
        assert (await program("GET", "services.json?jurisdiction_id=hue.example.vn")).status == 200
        assert (await program.post(jurisdiction_id="hue.example.vn")).status == 201


async def test_a_picture_is_fetched_from_where_the_request_says(tmp_path: Path) -> None:
    """From a host that the deployment names; from anywhere else nothing is fetched, and no report is lost for it."""
    asked = list[str]()

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=photo(), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/{name}", serve)
    async with TestServer(app) as pictures:
        origin = f"http://127.0.0.1:{pictures.port}"
        async with program_on(tmp_path, open311={"sandbox": origin}) as program:
            codes = [await program.reported(media_url=f"{one}/anh.jpg") for one in (origin, "https://other.example")]
            assert program.client.app is not None
            desk = program.client.app[PORTAL].desk
            views = [await desk.follow(code) for code in codes]

    assert asked == ["/anh.jpg"]
    assert [[file.name for file in view.files] for view in views if view] == [["anh.jpg"], []]
    assert [view.content.endswith("/anh.jpg") for view in views if view] == [True, True]


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_where_a_number_must_be_proved_a_token_comes_first(tmp_path: Path) -> None:
    """The token leads to no id until the password came back; afterwards to the case."""
    who = {"first_name": "An", "last_name": "Nguyễn Văn", "phone": WRITTEN, "email": "an@example.vn"}
    async with program_on(tmp_path, regulation="quang_binh") as program:
        phones = with_phones(program.world)
        sent = await program.post(**who, **{"attribute[consent]": "1", "attribute[occurred]": "sáng nay"})
        assert sent.status == 202, sent
        await program.world.settle()
        token = sent.body[0]["token"]

        waiting = await program("GET", f"tokens/{token}.json")
        assert waiting.body == [{"token": token, "service_request_id": None}]
        typed = {"api_key": program.key, "otp": "khong dung"}
        assert (await program("POST", f"tokens/{token}.json", data=typed)).refusal == (400, "password_refused")
        typed["otp"] = phones.codes()[-1]
        taken = await program("POST", f"tokens/{token}.json", data=typed)
        await program.world.settle()

        assert taken.status == 201
        code = taken.body[0]["service_request_id"]
        assert (await program("GET", f"tokens/{token}.json")).body[0]["service_request_id"] == code
        assert (await program("GET", f"requests/{code}.json")).status == 200
