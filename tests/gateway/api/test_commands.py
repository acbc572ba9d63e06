"""Commands over HTTP: carried out once, refused with a reason, on both engines."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.api.conftest import Answer, Caller
from tests.gateway.api.staffing import LIGHTS, WATER, hire, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import received

AS_FILE = {"Content-Type": "application/octet-stream"}


@on_both_engines
async def test_the_whole_way_of_a_case(world: World, ioc: Caller, lights: Caller) -> None:
    """From the queue to the published answer, which the citizen receives."""
    case_id = await report(world)
    (line,) = (await ioc.get("/queue"))["items"]
    assert line["id"] == case_id

    done = await ioc.issue(case_id, "accept")
    assert done["command"] == "accept"
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])
    page = await lights.get(f"/cases/{case_id}")
    assert "accept_dispatch" in [move["command"] for move in page["moves"]]
    await lights.issue(case_id, "accept_dispatch")
    await lights.issue(case_id, "submit_result", result="Đã thay bóng đèn.")
    await lights.issue(case_id, "approve")
    last = await ioc.issue(case_id, "publish", text="Đơn vị đã thay bóng đèn ngày 23/11/2026.")
    await world.settle()

    assert last["version"] == (await ioc.get(f"/cases/{case_id}"))["version"]
    assert "Đơn vị đã thay bóng đèn" in received(world)[-1]


def command(caller: Caller, case_id: str, name: str, key: str = "", **extra: object):  # type: ignore[no-untyped-def]
    """One command, with a key."""
    headers = {**({"Idempotency-Key": key} if key else {}), **extra.pop("headers", {})}  # type: ignore[dict-item]
    return caller("POST", f"/cases/{case_id}/commands/{name}", headers=headers, json=extra.pop("json", {}))


@on_both_engines
async def test_a_key_makes_a_command_happen_once(world: World, ioc: Caller) -> None:
    """The second time the first answer comes back, word for word, and says so; another body is refused."""
    case_id = await report(world)
    note = {"text": "Chúng tôi đang kiểm tra."}

    first = await command(ioc, case_id, "notify_reporter", "k1", json=note)
    again = await command(ioc, case_id, "notify_reporter", "k1", json=note)
    other = await command(ioc, case_id, "notify_reporter", "k1", json={"text": "Khác."})
    elsewhere = await command(ioc, case_id, "accept", "k1")

    assert first.status == again.status == 200
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert [one.status for one in (other, elsewhere)] == [422, 422]
    assert other.json["code"] == "idempotency_key_reused"
    await world.settle()
    assert len([text for text in received(world) if "đang kiểm tra" in text]) == 1


@on_both_engines
async def test_one_key_sent_many_times_at_once_is_one_command(world: World, ioc: Caller) -> None:
    """Whoever loses the race gets the winner's answer."""
    case_id = await report(world)

    answers = await asyncio.gather(
        *(command(ioc, case_id, "notify_reporter", "k2", json={"text": "Đã nhận."}) for _ in range(6))
    )

    assert [one.status for one in answers] == [200] * 6
    assert len({one.json["version"] for one in answers}) == 1
    timeline = (await ioc.get(f"/cases/{case_id}/timeline"))["items"]
    assert len([entry for entry in timeline if entry["kind"] == "reporter_notified"]) == 1


@on_both_engines
async def test_commands_at_once_without_a_version_are_tried_again(world: World, ioc: Caller) -> None:
    """A lost race is nobody's mistake while nobody said which version they saw."""
    case_id = await report(world)

    answers = await asyncio.gather(
        *(command(ioc, case_id, "notify_reporter", json={"text": f"Tin {n}."}) for n in range(3))
    )

    assert [one.status for one in answers] == [200] * 3


async def test_a_key_belongs_to_its_token(world: World, ioc: Caller, calling) -> None:  # type: ignore[no-untyped-def]
    """Another program of the same person may use the same key for its own."""
    case_id = await report(world)
    second = await calling(ioc.member)
    await command(ioc, case_id, "notify_reporter", "same", json={"text": "Một."})
    answer = await command(second, case_id, "notify_reporter", "same", json={"text": "Hai."})
    assert answer.status == 200
    assert "Idempotency-Replayed" not in answer.headers


async def test_a_version_that_is_gone_is_refused(world: World, ioc: Caller) -> None:
    """If-Match is the ETag of what was read; a stale one is 409 and changes nothing."""
    case_id = await report(world)
    read = await ioc("GET", f"/cases/{case_id}")
    tag = read.headers["ETag"]

    taken = await command(ioc, case_id, "accept", headers={"If-Match": tag})
    stale = await command(ioc, case_id, "dispatch", headers={"If-Match": tag}, json={"agencies": [LIGHTS]})
    broken = await command(ioc, case_id, "dispatch", headers={"If-Match": "seven"})

    assert taken.status == 200
    assert taken.headers["ETag"] == f'"{taken.json["version"]}"'
    assert (stale.status, stale.json["code"]) == (409, "version_conflict")
    assert (broken.status, broken.json["code"]) == (400, "if_match_invalid")
    fresh = await command(
        ioc, case_id, "dispatch", headers={"If-Match": taken.headers["ETag"]}, json={"agencies": [LIGHTS]}
    )
    assert fresh.status == 200


@pytest.mark.rule("HUE-4b", "HUE-5")
async def test_refusals_say_who_when_and_with_what(world: World, ioc: Caller, lights: Caller) -> None:
    """403 somebody else's, 409 not now, 422 not complete; each with its rule and a sentence."""
    case_id = await report(world)
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])

    def said(answer: Answer) -> tuple[int, str, bool]:
        assert set(answer.json) == {"code", "message", "rules", "details"}
        return answer.status, answer.json["code"], answer.json["message"].endswith(".")

    whose = await command(ioc, case_id, "approve")
    when = await command(ioc, case_id, "publish", json={"text": "Xong."})
    what = await command(lights, case_id, "send_back", json={})
    nothing = await command(ioc, case_id, "notify_reporter", json={"text": "   "})
    unknown = await command(ioc, case_id, "not_a_command")
    internal = await command(ioc, case_id, "fire_clock", json={"clock_id": "acceptance:x"})

    assert said(whose) == (403, "role_not_allowed", True)
    assert "HUE-4b" in whose.json["rules"]
    assert whose.json["details"]["roles"] == ["leader"]
    assert said(when) == (409, "stage_not_allowed", True)
    assert "HUE-5" in when.json["rules"]
    assert said(what) == (422, "data_invalid", True)
    assert "reason" in what.json["details"]["fields"]
    assert what.json["message"] == "Thông tin nhập cho “Trả lại” chưa hợp lệ (Lý do). Vui lòng kiểm tra lại."
    assert said(nothing)[:2] == (422, "data_invalid")
    assert said(unknown) == (404, "command_unknown", True)
    assert "accept" in unknown.json["details"]["commands"]
    assert said(internal)[:2] == (404, "command_unknown")


async def test_somebody_of_every_agency_acts_for_the_part_that_is_meant(world: World, ioc: Caller, calling) -> None:  # type: ignore[no-untyped-def]
    """The dispatch named in the command decides; naming an agency one does not belong to is 403."""
    case_id = await report(world)
    both = await calling(await hire(world, "Phạm Thị Dung", ("officer", WATER), ("officer", LIGHTS)))
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS, WATER])
    parts = {one["agency"]["id"]: one["id"] for one in (await ioc.get(f"/cases/{case_id}"))["dispatches"]}

    assert (await command(both, case_id, "accept_dispatch", json={"dispatch_id": parts[LIGHTS]})).status == 200
    named = await command(both, case_id, "accept_dispatch", headers={"X-Acting-Agency": WATER})
    foreign = await command(both, case_id, "accept_dispatch", headers={"X-Acting-Agency": "so_y_te"})

    assert named.status == 200
    assert (foreign.status, foreign.json["code"]) == (403, "not_your_agency")


async def test_what_a_person_may_not_see_they_cannot_touch(world: World, lights: Caller, admin: Caller) -> None:
    """404 for another agency's case; the administrator sees it and may do nothing."""
    case_id = await report(world)
    assert (await command(lights, case_id, "accept")).status == 404
    assert (await command(admin, case_id, "accept")).status == 403
    assert (await command(admin, "f" * 32, "accept")).status == 404


@on_both_engines
async def test_a_key_alone_opens_no_file_of_another_case(world: World, ioc: Caller, lights: Caller) -> None:
    """It cannot be brought into a case of one's own, neither from a case nor from its reporter's conversation."""
    theirs, own = await report(world), await report(world, "Đèn đường số 5 Trần Phú hỏng. Tôi là Lê Hoa, 0900 000 002.")
    stored = await ioc("POST", f"/cases/{theirs}/files", data=b"bien ban", headers=AS_FILE)
    (one,) = (await ioc.get(f"/cases/{theirs}"))["reports"]
    said = await world.deployment.media.put_file(b"anh", subject_id=one["reporter"]["contact_id"], name="")
    for name, fields in (("accept", {}), ("dispatch", {"agencies": [LIGHTS]})):
        await ioc.issue(own, name, **fields)
    await lights.issue(own, "accept_dispatch")

    for key in (stored.json["stored_key"], said.stored_key):
        done = {"result": "Đã thay bóng đèn.", "evidence": [key]}
        refused = await command(lights, own, "submit_result", json=done)
        assert (refused.status, list(refused.json["details"]["fields"])) == (422, ["evidence"])
        assert (await lights("GET", f"/cases/{own}/files/{key}")).status == 404

    mine = (await lights("POST", f"/cases/{own}/files", data=b"da thay", headers=AS_FILE)).json["stored_key"]
    await lights.issue(own, "submit_result", result="Đã thay bóng đèn.", evidence=[mine])
    assert (await lights("GET", f"/cases/{own}/files/{mine}")).json == b"da thay"
