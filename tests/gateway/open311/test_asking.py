"""What a client learns before anybody writes: where, what, and which fields; in both forms."""

from __future__ import annotations

from tests.gateway.open311.conftest import Program


async def test_it_says_where_it_is_and_how_it_is_spoken_to(program: Program) -> None:
    async with program.client.get("/open311/discovery.json") as response:
        found = await response.json()
    (endpoint,) = found["endpoints"]

    assert endpoint["url"] == f"{program.world.deployment.settings.public_url}/open311/v2"
    assert endpoint["formats"] == ["application/json", "text/xml"]
    xml = (await program("GET", "discovery.xml")).body
    assert xml.find("endpoints/endpoint/url").text == endpoint["url"]
    assert [one.text for one in xml.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


async def test_services_are_the_categories_of_the_regulation(program: Program) -> None:
    services = (await program("GET", "services.json")).body
    xml = (await program("GET", "services.xml")).body

    assert [one["service_code"] for one in services] == program.services
    assert {one["type"] for one in services} == {"realtime"}
    assert [one.findtext("service_code") for one in xml.findall("service")] == program.services
    assert xml.tag == "services"
    assert xml.find("service").findtext("metadata") == "true"


async def test_a_definition_names_what_the_regulation_wants(program: Program) -> None:
    code = program.services[0]
    found = (await program("GET", f"services/{code}.json")).body
    xml = (await program("GET", f"services/{code}.xml")).body

    assert found["service_code"] == code
    named = {one["code"]: one for one in found["attributes"]}
    assert named["consent"]["values"] == [{"key": "1", "name": "Đồng ý"}]
    assert program.world.deployment.settings.office in named["consent"]["description"]
    assert {"content", "place", "phone", "email", "name"}.isdisjoint(named)
    assert [one.findtext("code") for one in xml.findall("attributes/attribute")] == list(named)
    assert xml.findtext("attributes/attribute[code='consent']/values/value/key") == "1"


ABSENT = {
    "services/khong-co.json": (404, "not_found"),
    "services/khong-co.xml": (404, "not_found"),
    "khong-co.json": (404, "not_found"),
    "requests/123456789012.xml": (404, "not_found"),
    "requests.json?start_date=hom-qua": (400, "date_invalid"),
    "requests.json?cursor=x": (400, "cursor_invalid"),
    f"tokens/{'0' * 32}.json": (404, "not_found"),
}


async def test_what_is_not_there_is_refused_in_the_specifications_form(program: Program) -> None:
    for path, refusal in ABSENT.items():
        answer = await program("GET", path)
        assert (answer.status, answer.refusal) == (refusal[0], refusal), path
