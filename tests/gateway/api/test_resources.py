"""Reading over HTTP: lists with cursors, masked people, files, conversations, what stopped, and who may see it."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from channels.email.sandbox import Mood
from core.contract.ports import ItemKey, RawDelivery
from core.storage import people
from core.storage.tables import diversion, inbox_raw
from gateway.portal.on_behalf import GROUNDS
from tests.gateway.api.conftest import Caller
from tests.gateway.api.staffing import LIGHTS, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import received, write_mail


async def test_lists_go_on_where_the_cursor_says(world: World, ioc: Caller) -> None:
    """Every case once, page by page; a broken cursor is a mistake of the client."""
    made = set()
    for number in (21, 22, 23):
        made.add(await report(world, f"Rác chất đống trước số {number} Lê Lợi, phường Vĩnh Ninh."))
        await world.pass_time(minutes=1)
    seen: list[str] = []
    cursor = ""
    while True:
        page = await ioc.get("/cases", params={"limit": "1", "cursor": cursor})
        seen += [line["id"] for line in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert sorted(seen) == sorted(made)
    for wrong in ("x", "W10", "WyJhIiwgMV0", "WzEsICIiLCAzXQ"):
        answer = await ioc("GET", "/cases", params={"cursor": wrong})
        assert (answer.status, answer.json["code"]) == (400, "cursor_invalid")


async def test_a_case_is_masked_until_revealed(world: World, ioc: Caller, lights: Caller) -> None:
    """Reading a person is logged; an agency without a part is told there is no such case."""
    case_id = await report(world)
    masked = await ioc.get(f"/cases/{case_id}")
    clear = await ioc.get(f"/cases/{case_id}", params={"reveal": "true"})
    assert masked["reports"][0]["reporter"]["name"] == "N*** V** A*"
    assert clear["reports"][0]["reporter"]["name"] == "Nguyễn Văn An"
    logged = await world.deployment.database.read(partial(people.accesses, ref=case_id))
    assert [(who, what) for _, who, what in logged] == [(ioc.member.id, "identity")]
    assert (await lights("GET", f"/cases/{case_id}")).status == 404


async def test_one_report_by_id_and_by_code(world: World, ioc: Caller) -> None:
    """What one reporter told us."""
    case_id = await report(world)
    told = (await ioc.get(f"/cases/{case_id}"))["reports"][0]
    assert await ioc.get(f"/reports/{told['id']}") == told
    assert (await ioc.get(f"/reports/{told['code'].replace(' ', '')}"))["id"] == told["id"]
    assert (await ioc("GET", "/reports/unknown")).status == 404


NEW = {
    "content": "Nước tràn ra đường trước chợ.",
    "place": {"text": "Chợ Đầm Xanh"},
    "reporter": {"name": "Trần Văn Bảy", "phone": "0900 000 002"},
    "consent": True,
}


@on_both_engines
async def test_reception_writes_a_report_down(world: World, ioc: Caller) -> None:
    """Durably taken, with code and PIN; the case stands in the queue a moment later; a repeat is the same report."""
    first = await ioc("POST", "/reports", json=NEW, headers={"Idempotency-Key": "r1"})
    again = await ioc("POST", "/reports", json=NEW, headers={"Idempotency-Key": "r1"})
    other = await ioc("POST", "/reports", json=NEW | {"content": "Khác."}, headers={"Idempotency-Key": "r1"})
    await world.settle()

    assert first.status == again.status == 202
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    (line,) = (await ioc.get("/queue"))["items"]
    assert line["code"] == first.json["code"]
    told = await ioc.get(f"/reports/{first.json['code'].replace(' ', '')}", params={"reveal": "true"})
    assert told["reporter"]["phones"] == ["+84900000002"]
    assert told["place"]["text"] == "Chợ Đầm Xanh"
    assert told["consent"]["covers"] == ["name", "phone"]
    assert "nói với cán bộ tiếp nhận là đồng ý" in told["consent"]["wording"]


async def test_a_report_that_lacks_what_the_regulation_asks_for_is_refused(
    world: World, ioc: Caller, lights: Caller
) -> None:
    """Each field with its sentence; an agency takes no reports."""
    answer = await ioc("POST", "/reports", json={"content": "", "reporter": {"phone": "12"}})
    assert (answer.status, answer.json["code"]) == (422, "data_missing")
    assert {"content", "place", "phone", "consent"} <= set(answer.json["details"]["fields"])
    assert (await lights("POST", "/reports", json=NEW)).status == 403


@pytest.mark.rule("VN-1", "VN-2")
async def test_a_denunciation_is_not_written_down(world: World, ioc: Caller) -> None:
    """Reception hears where to send the citizen, and is asked for nothing about them; a counter is all that stays."""
    said = "Tôi tố cáo ông Trần Văn Canary, cán bộ địa chính phường, nhận hối lộ 50 triệu đồng."
    answer = await ioc("POST", "/reports", json={"content": said})
    await world.settle()

    assert (answer.status, answer.json["code"]) == (422, "diverted")
    assert "anh/chị" in answer.json["message"].lower()
    kept, taken = select(diversion.c.kind), select(func.count()).select_from(inbox_raw)
    assert await world.deployment.database.read(lambda db: db.scalars(kept).all()) == [answer.json["details"]["kind"]]
    assert await world.deployment.database.read(lambda db: db.scalar(taken)) == 0
    assert (await ioc.get("/cases"))["items"] == []


@pytest.mark.rule("VN-1", "VN-2")
@pytest.mark.parametrize("ground", GROUNDS)
async def test_reception_takes_what_was_only_taken_for_a_complaint(world: World, ioc: Caller, ground: str) -> None:
    """With a ground, which is logged with who gave it; the case is there, and only the refusal was counted."""
    said = NEW | {"content": "Tôi khiếu nại quyết định đặt biển báo sai ở ngã tư."}
    refused = await ioc("POST", "/reports", json=said)
    assert refused.json["code"] == "diverted"
    assert refused.json["details"]["none_of_these"] == dict(GROUNDS)
    assert (await ioc("POST", "/reports", json=said | {"none_of_these": "because"})).status == 422

    taken = await ioc("POST", "/reports", json=said | {"none_of_these": ground})
    await world.settle()

    code = taken.json["code"].replace(" ", "")
    assert (await ioc.get(f"/reports/{code}"))["content"] == said["content"]
    logged = await world.deployment.database.read(partial(people.accesses, ref=code))
    assert [what for _, _, what in logged] == [f"diversion_overridden:complaint:{ground}"]
    counted = await world.deployment.database.read(lambda db: db.scalars(select(diversion.c.kind)).all())
    assert counted == ["complaint"]  # of the first try, which was refused


async def test_evidence_is_stored_and_opened_by_those_who_may(world: World, ioc: Caller, lights: Caller) -> None:
    """A file becomes part of the case by a command, and only then can it be opened."""
    case_id = await report(world)
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    kind = {"Content-Type": "application/octet-stream"}
    stored = await lights("POST", f"/cases/{case_id}/files?name=bien-ban.pdf", data=pdf, headers=kind)
    assert (stored.status, stored.json["media_type"]) == (201, "application/pdf")
    key = stored.json["stored_key"]
    assert (await ioc("GET", f"/cases/{case_id}/files/{key}")).status == 404

    await lights.issue(case_id, "accept_dispatch")
    await lights.issue(case_id, "submit_result", result="Đã xử lý.", evidence=[key])
    opened = await ioc("GET", f"/cases/{case_id}/files/{key}")

    assert (opened.status, opened.json) == (200, pdf)
    assert opened.headers["Content-Disposition"] == "attachment"
    media = next(move for move in (await lights.get(f"/cases/{case_id}"))["files"] if move["key"] == key)
    assert media["label"].startswith("Minh chứng của")
    refused = await lights("POST", f"/cases/{case_id}/files", data=b"MZ\x90\x00" + bytes(60), headers=kind)
    assert refused.status == 422
    assert (await lights("POST", f"/cases/{case_id}/files", data=b"", headers=kind)).status == 422


@on_both_engines
async def test_a_conversation_is_answered(world: World, ioc: Caller, lights: Caller) -> None:
    """Listed, replied to once per key, taken over, handed back; agencies find none."""
    await report(world)
    talk = (await ioc.get(f"/cases/{(await ioc.get('/queue'))['items'][0]['id']}"))["conversations"][0]
    path = f"/conversations/{talk['id']}"
    say = partial(ioc, "POST", f"{path}/reply", headers={"Idempotency-Key": "c1"})

    first = await say(json={"text": "Chào anh, chúng tôi đang xem."})
    again = await say(json={"text": "Chào anh, chúng tôi đang xem."})
    other = await say(json={"text": "Khác"})
    await world.settle()

    assert [one.status for one in (first, again, other)] == [200, 200, 422]
    assert len([text for text in received(world) if "đang xem" in text]) == 1
    assert [one["id"] for one in (await ioc.get("/conversations"))["items"]] == [talk["id"]]
    shown = await ioc.get(path)
    assert shown["mode"] == "person"
    assert shown["messages"][-1]["delivery"]["state"] == "sent"
    assert (await ioc("POST", f"{path}/hand-back")).status == 200
    assert (await ioc.get(path))["mode"] == "bot"
    assert (await ioc("POST", f"{path}/take-over")).status == 200
    assert (await lights("GET", path)).status == 404
    assert (await lights("POST", f"{path}/take-over")).status == 403
    assert (await ioc("POST", "/conversations/unknown/take-over")).status == 404


async def test_a_contact(world: World, ioc: Caller, admin: Caller) -> None:
    """Masked; in clear for the centre alone."""
    case_id = await report(world)
    contact = (await ioc.get(f"/cases/{case_id}"))["reports"][0]["reporter"]["contact_id"]
    assert (await ioc.get(f"/contacts/{contact}"))["reporter"]["phones"] == ["***001"]
    clear = await ioc.get(f"/contacts/{contact}", params={"reveal": "1"})
    assert clear["reporter"]["phones"] == ["+84900000001"]
    assert (await admin("GET", f"/contacts/{contact}", params={"reveal": "1"})).status == 403
    assert (await ioc("GET", f"/contacts/{'0' * 32}")).status == 404


@on_both_engines
async def test_what_could_not_be_read_is_read_again(world: World, ioc: Caller, admin: Caller, lights: Caller) -> None:
    """Quarantine, for the centre and administrators."""
    broken = RawDelivery("web", "portal", b"not json", received_at=world.clock())
    await world.deployment.inbox.accept(broken, [ItemKey("d", "c")], quarantine="no submission")
    (item,) = (await admin.get("/quarantine"))["items"]
    assert item["channel"] == "web"
    assert item["reason"]
    again = await ioc("POST", f"/quarantine/{item['id']}/replay")
    assert again.status == 202
    assert (await admin.get("/quarantine"))["items"] == []
    assert (await ioc("POST", f"/quarantine/{item['id']}/replay")).status == 404
    assert (await ioc("POST", "/quarantine/x/replay")).status == 404
    assert (await lights("GET", "/quarantine")).status == 403


@on_both_engines
async def test_what_could_not_be_sent_is_sent_again(world: World, ioc: Caller, lights: Caller) -> None:
    """A refusal of the citizen's provider stops a message; a person decides to try again."""
    world.mail.mood = Mood.REFUSE
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng.")
    (entry,) = (await ioc.get("/outbox"))["items"]
    assert entry["state"] == "failed"
    world.mail.mood = Mood.NORMAL
    assert (await lights("POST", f"/outbox/{entry['id']}/resend")).status == 403
    world.deployment.clerk.changed.clear()
    assert (await ioc("POST", f"/outbox/{entry['id']}/resend")).status == 202
    assert world.deployment.clerk.changed.is_set()  # whoever sends looks at once
    await world.settle()
    assert (await ioc.get("/outbox"))["items"] == []
    assert len(received(world)) == 1
    assert (await ioc("POST", f"/outbox/{entry['id']}/resend")).status == 404


async def test_the_catalogue(world: World, lights: Caller) -> None:
    """The regulation in force and the agencies of today, in pages."""
    rules = await lights.get("/regulation")
    assert rules["id"] == "thua_thien_hue"
    assert "HUE-2" in next(one for one in rules["limits"] if one["id"] == "acceptance")["rules"]
    assert {"accept", "publish"} <= {move["command"] for move in rules["moves"]}
    first = await lights.get("/agencies", params={"limit": "3"})
    second = await lights.get("/agencies", params={"limit": "3", "cursor": first["next"]})
    assert len(first["items"]) == 3
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in second["items"]}
    found = (await lights.get("/agencies", params={"q": "dien luc"}))["items"]
    assert [one["id"] for one in found] == [LIGHTS]


async def test_who_i_am(world: World, lights: Caller) -> None:
    """Name, roles with their agency, and what waits."""
    me = await lights.get("/me")
    assert (me["name"], me["by_token"], me["waiting"]) == ("Lê Văn Cường", True, {})
    assert {(one["role"]["id"], one["agency"]["id"]) for one in me["grants"]} == {
        ("leader", LIGHTS),
        ("officer", LIGHTS),
    }
