"""The played provider: both ways over real SMTP, and its JSON API."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from channels.email.adapter import EmailChannel
from channels.email.sandbox import MailSandbox, Mood
from channels.email.settings import RelaySettings
from channels.email.tests.builders import ADDRESS, CITIZEN, CONVERSATION, Store, outbound, payload, settings
from core.contract.errors import SendError
from core.contract.schema import DeliveryReceipt, InboundMessage, Parsed


@dataclass
class World:
    """Gateway's mail channel, sandbox and a browser."""

    channel: EmailChannel
    sandbox: MailSandbox
    store: Store
    http: aiohttp.ClientSession

    def meanings(self) -> list[Parsed]:
        return [
            meaning for found, items in self.store.kept for item in items for meaning in self.channel.parse(found, item)
        ]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """All of it, running."""
    sandbox, store = MailSandbox(gateway=("127.0.0.1", 0)), Store()
    await sandbox.start()
    relay = RelaySettings(host=sandbox.smtp[0], port=sandbox.smtp[1], tls="none")
    channel = EmailChannel(settings(relay=relay))
    await channel.start(store.accept)
    sandbox.gateway = channel.listening_on["smtp"]
    async with aiohttp.ClientSession(f"http://{sandbox.http[0]}:{sandbox.http[1]}") as http:
        yield World(channel, sandbox, store, http)
    await channel.stop()
    await sandbox.stop()


def letter(**changes: object) -> dict[str, object]:
    return {"from": f"Nguyễn Văn An <{CITIZEN}>", "to": ADDRESS, "subject": "Ngập", "text": "Đường ngập.", **changes}


async def test_a_citizen_writes(world: World) -> None:
    """By the API, over SMTP, into the gateway; with HTML, a photo and headers of their own."""
    photo = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(9000)).decode()
    files = [{"name": "ảnh.jpg", "type": "image/jpeg", "base64": photo}]
    headers = {"Auto-Submitted": "no"}
    async with world.http.post("/send", json=letter(attachments=files, html="<p>x</p>", headers=headers)) as reply:
        answer = await reply.json()
    [message] = world.meanings()
    assert isinstance(message, InboundMessage)

    assert answer == {"sent": True, "reply": "2.0.0 OK, stored"}
    assert (message.sender.value, message.sender_name, message.text) == (CITIZEN, "Nguyễn Văn An", "Đường ngập.")
    assert [file.name for file in message.attachments] == ["ảnh.jpg"]


async def test_a_raw_mail_is_sent_as_it_is(world: World) -> None:
    """Any bytes, to see what the gateway makes of them."""
    raw = base64.b64encode(payload("person__tcvn3").body).decode()
    async with world.http.post("/send", json={"raw": raw, "from": CITIZEN, "to": [ADDRESS]}) as reply:
        assert reply.status == 200
    [message] = world.meanings()

    assert isinstance(message, InboundMessage)
    assert message.subject == "Phản ánh tiếng ồn"


async def test_the_gateways_refusal_is_shown(world: World) -> None:
    """As the provider would report it."""
    async with world.http.post("/send", json=letter(to="nguoi.khac@example.vn")) as reply:
        answer = await reply.json()

    assert (reply.status, answer["sent"]) == (502, False)
    assert "550" in answer["reply"]


@pytest.mark.parametrize(
    "body", [b"not json", b"[]", b"{}", b'{"from": "a@b.vn"}', b'{"raw": "%", "to": "a@b.vn"}', b'{"to": 5, "raw": ""}']
)
async def test_a_wrong_request_is_the_callers_fault(world: World, body: bytes) -> None:
    """400, never 500."""
    async with world.http.post("/send", data=body, headers={"Content-Type": "application/json"}) as reply:
        assert reply.status == 400


async def test_a_conversation_there_and_back(world: World) -> None:
    """We answer, the citizen reads it and answers again: it joins the conversation by its proved token."""
    await world.channel.send(outbound("Xin cho biết số nhà."))
    async with world.http.get("/mails", params={"to": CITIZEN}) as reply:
        [shown] = await reply.json()
    async with world.http.post(f"/mails/{shown['id']}/reply", json={"text": "Số 12 ạ."}) as reply:
        assert (await reply.json())["sent"]
    [message] = world.meanings()
    assert isinstance(message, InboundMessage)

    assert (shown["subject"], shown["text"].strip()) == ("[PA-123456] Đã tiếp nhận", "Xin cho biết số nhà.")
    assert (message.text, message.conversation_hint) == ("Số 12 ạ.", CONVERSATION)
    assert message.thread_hints[0] == shown["headers"]["Message-ID"]
    assert "Xin cho biết số nhà." in message.full_text


async def test_a_late_bounce_comes_back(world: World) -> None:
    """Accepted first, reported later: a receipt about our mail."""
    async with world.http.put("/mood", json={"mood": "bounce"}) as reply:
        assert (await reply.json())["mood"] == "bounce"
    sent = await world.channel.send(outbound())
    await world.sandbox.stop()
    [receipt] = world.meanings()
    assert isinstance(receipt, DeliveryReceipt)

    assert receipt.provider_message_id == sent.provider_message_id
    assert (receipt.permanent, receipt.address) == (True, CITIZEN)


@pytest.mark.parametrize("mood", [Mood.TEMPORARY, Mood.REFUSE, Mood.FULL, Mood.CUT_BEFORE, Mood.CUT_AFTER])
async def test_moods_are_felt(world: World, mood: Mood) -> None:
    """Each makes a send fail; only one keeps the mail nevertheless."""
    async with world.http.put("/mood", json={"mood": mood}) as reply:
        assert reply.status == 200
    with pytest.raises(SendError):
        await world.channel.send(outbound())

    assert len(world.sandbox.mails) == (1 if mood is Mood.CUT_AFTER else 0)


async def test_an_unknown_mood_is_refused(world: World) -> None:
    """And changes nothing."""
    async with world.http.put("/mood", json={"mood": "sleepy"}) as reply:
        assert reply.status == 400
    async with world.http.get("/mood") as reply:
        assert (await reply.json())["mood"] == "normal"


async def test_mails_can_be_read_raw_and_forgotten(world: World) -> None:
    """For a look at the headers, and for the next try."""
    await world.channel.send(outbound())
    async with world.http.get("/mails/1/raw") as reply:
        raw = await reply.read()
    async with world.http.delete("/mails") as reply:
        assert reply.status == 204
    async with world.http.get("/mails/1/raw") as reply:
        assert reply.status == 404

    assert raw.startswith(b"Message-ID: <c.")
    assert world.sandbox.mails == []
