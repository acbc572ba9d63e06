"""A report followed in an app: what a code alone opens, what its own reporter sees and does, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.identity.codes import new_code
from tests.gateway.api.app.phone import Answer, Phone, app_on
from tests.gateway.portal.citizen import CONTENT, PLACE, File, photo
from tests.gateway.portal.test_follow import ANSWER, issue, work_through
from tests.support.codes import WRITTEN, with_phones
from tests.support.databases import on_both_engines
from tests.support.deployments import World

OTHER = "Cống trước chợ bị nghẹt, nước tràn ra đường."


def told(answer: Answer) -> tuple[int, str]:
    """How it was refused."""
    return answer.status, answer.code


@on_both_engines
@pytest.mark.rule("HUE-C", "A-5")
async def test_from_sending_to_rating_in_one_app(phone: Phone) -> None:
    """The whole way: arriving, open, a word and a photo more, the answer, a rating once, and a clarification."""
    sent = await phone.report(confidential=False)
    mine = replace(phone, token=sent.json["session"]["token"])
    code = sent.json["code"].replace(" ", "")
    assert (await mine.see(code))["arriving"] is True
    await phone.world.settle()

    more = await mine.send(f"/reports/{code}/messages", {"text": "Có thêm ảnh."}, File("anh.jpg", photo()))
    assert more.status == 202
    await phone.world.settle()
    await work_through(phone.world)

    seen = (await mine.see(code))["own"]
    assert (seen["content"], seen["place"], seen["channel"]) == (CONTENT, PLACE, "app")
    assert "Có thêm ảnh." in [line["text"] for line in seen["messages"] if not line["ours"]]
    assert seen["answers"][-1]["text"] == ANSWER
    assert any(ANSWER in line["text"] for line in seen["messages"] if line["ours"])
    key = next(file["key"] for line in seen["messages"] for file in line["files"])
    assert (await mine("GET", f"/reports/{code}/files/{key}")).status == 200

    level = seen["levels"][0]["id"]
    rated = await mine("POST", f"/reports/{code}/rating", json={"level": level, "comment": "Cảm ơn."})
    assert rated.json["own"]["answers"][-1]["level"] == seen["levels"][0]["label"]
    assert (await mine("POST", f"/reports/{code}/rating", json={"level": level})).status in (409, 422)
    asked = await mine("POST", f"/reports/{code}/clarification", json={"text": "Còn nắp bên kia?"})
    assert asked.status == 200, asked


@pytest.mark.rule("A-4")
async def test_a_code_alone_opens_what_everybody_may_see(phone: Phone) -> None:
    _, code, _ = await phone.reported(name="Nguyễn Văn An", phone=WRITTEN, consent=True)
    shown = await phone.see(code)

    assert shown["own"] is None
    assert shown["steps"]
    for secret in ("Nguyễn Văn An", "900000001", "900 000 001", CONTENT):
        assert secret not in str(shown).replace(shown["code"], "")


async def test_code_and_pin_open_it_on_another_phone(phone: Phone) -> None:
    """Also a report that came by another app, or by our own page."""
    _, code, pin = await phone.reported()
    other = await app_on(phone.world, phone.client, "another")

    opened = await other("POST", "/sessions", json={"code": f"{code[:4]} {code[4:8]} {code[8:]}", "pin": pin})
    assert opened.status == 200
    assert (await replace(other, token=opened.json["token"]).see(code))["own"]["content"] == CONTENT


async def test_a_wrong_pin_and_a_code_that_is_nobodys_look_the_same(phone: Phone) -> None:
    """Word for word; and five mistakes make both wait."""
    _, code, pin = await phone.reported()
    bad = "000000" if pin != "000000" else "111111"
    seen = []
    for wanted in (code, new_code()):
        answers = [await phone("POST", "/sessions", json={"code": wanted, "pin": bad}) for _ in range(7)]
        seen.append([(one.status, one.code, one.json["message"]) for one in answers])

    assert seen[0] == seen[1]
    assert seen[0][0][:2] == (422, "code_or_pin_wrong")
    assert seen[0][-1][:2] == (429, "too_many_attempts")
    assert (await phone("POST", "/sessions", json={"code": code, "pin": pin})).status == 429


async def test_a_password_opens_it_without_the_pin(phone: Phone, world: World) -> None:
    """Whether the code exists, or its reporter left a number, is not told by asking."""
    numbers = with_phones(world)
    _, code, _ = await phone.reported(phone=WRITTEN, consent=True)
    _, silent, _ = await phone.reported(content=OTHER)
    asked = [await phone("POST", "/sessions/challenges", json={"code": one}) for one in (code, silent, new_code())]
    await world.settle()

    assert {(one.status, one.json["message"]) for one in asked} == {(202, asked[0].json["message"])}
    (password,) = numbers.codes()
    typed = {"code": code, "challenge": asked[0].json["challenge"], "otp": password}
    assert told(await phone("POST", "/sessions", json=typed | {"code": silent})) == (422, "password_refused")
    opened = await phone("POST", "/sessions", json=typed)
    assert (await replace(phone, token=opened.json["token"]).see(code))["own"]["content"] == CONTENT


ACTS = (
    ("POST", "messages", {"text": "Của ai?"}),
    ("POST", "rating", {"level": "satisfied"}),
    ("POST", "clarification", {"text": "Vì sao?"}),
    ("POST", "confidentiality", {"confidential": True}),
    ("POST", "withdrawal", None),
    ("POST", "devices", {"endpoint": "https://push.example.vn/1", "p256dh": "x", "auth": "y"}),
    ("DELETE", "devices", {"endpoint": "https://push.example.vn/1"}),
    ("GET", "files/" + "0" * 64, None),
)


async def test_nobody_acts_on_the_report_of_another(phone: Phone) -> None:
    """Neither without a token, nor with that of another report; a report that exists and one that does not alike."""
    mine, _, _ = await phone.reported()
    theirs, code, _ = await phone.reported(content=OTHER)
    before = await theirs.see(code)

    for wanted in (code, new_code()):
        for method, act, body in ACTS:
            assert told(await phone(method, f"/reports/{wanted}/{act}", json=body)) == (401, "session_over"), act
            assert told(await mine(method, f"/reports/{wanted}/{act}", json=body)) == (403, "not_your_report"), act
    await phone.world.settle()
    assert await theirs.see(code) == before
    assert (await mine.see(code))["own"] is None


async def test_a_file_of_another_report_is_not_found(phone: Phone) -> None:
    mine, code, _ = await phone.reported()
    sent = await phone.report(File("anh.jpg", photo()), content=OTHER)
    await phone.world.settle()
    theirs = replace(phone, token=sent.json["session"]["token"])
    their_code = sent.json["code"].replace(" ", "")
    key = (await theirs.see(their_code))["own"]["files"][0]["key"]

    assert (await theirs("GET", f"/reports/{their_code}/files/{key}")).status == 200
    assert (await mine("GET", f"/reports/{code}/files/{key}")).status == 404


async def test_a_token_ends_and_is_of_one_app(phone: Phone) -> None:
    mine, code, _ = await phone.reported()
    another = await app_on(phone.world, phone.client, "another")

    assert told(await replace(another, token=mine.token)("GET", f"/reports/{code}")) == (401, "session_over")
    assert told(await replace(mine, token=mine.token[:-3])("GET", f"/reports/{code}")) == (401, "session_over")
    phone.world.clock.advance(minutes=31)
    assert told(await mine("GET", f"/reports/{code}")) == (401, "session_over")
    assert (await phone.see(code))["own"] is None


async def test_what_the_regulation_refuses_is_told_in_its_words(phone: Phone) -> None:
    """Rating before there is an answer: the stable code, its rule, a sentence."""
    mine, code, _ = await phone.reported()
    early = await mine("POST", f"/reports/{code}/rating", json={"level": "satisfied"})

    assert early.status == 409
    assert early.json["rules"]
    assert early.json["message"]


async def test_what_was_asked_for_is_added_by_a_message(phone: Phone) -> None:
    """The centre asks; the app shows what; words and a photo answer it."""
    mine, code, _ = await phone.reported()
    await issue(phone.world, "request_supplement", fields=["place"], note="Xin cho biết rõ nơi.")
    asked = (await mine.see(code))["own"]
    assert asked["asked_for"]

    await mine.send(f"/reports/{code}/messages", {"text": "Trước số 15 đường Lê Lợi, phường Vĩnh Ninh"}, key="more")
    await mine.send(f"/reports/{code}/messages", {"text": "Trước số 15 đường Lê Lợi, phường Vĩnh Ninh"}, key="more")
    await phone.world.settle()
    seen = (await mine.see(code))["own"]

    assert [line["text"] for line in seen["messages"] if not line["ours"]].count(
        "Trước số 15 đường Lê Lợi, phường Vĩnh Ninh"
    ) == 1
    assert seen["asked_for"] == []


async def test_an_unknown_code_is_not_found(phone: Phone) -> None:
    for code in (new_code(), "123", "abc"):
        assert told(await phone("GET", f"/reports/{code}")) == (404, "not_found")


async def test_secrecy_and_taking_back_are_the_reporters_own(phone: Phone) -> None:
    mine, code, _ = await phone.reported()

    kept = await mine("POST", f"/reports/{code}/confidentiality", json={"confidential": True})
    assert kept.json["own"]["confidential"] is True
    assert (await mine("POST", f"/reports/{code}/confidentiality", json={"confidential": True})).status == 200
    gone = await mine("POST", f"/reports/{code}/withdrawal")
    assert gone.json["own"]["ended"] is True
