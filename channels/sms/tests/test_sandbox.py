"""The sandbox by its own form: phones, moods, and what its phones show."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from channels.sms import segments
from channels.sms.sandbox import Mood, SmsSandbox, phones
from channels.sms.tests.builders import CITIZEN, Store, outbound, sandboxed
from core.contract.errors import OutcomeUnknown


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[SmsSandbox]:
    """A sandbox without a gateway."""
    sandbox = SmsSandbox("esms")
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def test_a_phone_shows_what_was_really_sent() -> None:
    """Characters, alphabet, segments; forgotten on demand."""
    async with sandboxed("esms", marks=False) as (opened, sandbox), ClientSession(sandbox.url) as session:
        await opened.send(outbound("Ổ gà đã được vá. " * 12, name="esms"))
        async with session.get("/phones") as answer:
            shown = await answer.json()
        async with session.delete("/phones") as answer:
            assert answer.status == 204

    [message] = shown["84900000001"]
    assert message["text"] == ("O ga da duoc va. " * 12).strip()
    assert (message["alphabet"], message["segments"], message["sender"]) == ("gsm-7", 2, "LANGNGHE")
    assert sandbox.network.phones.view() == {}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"text": "bao o ga"}, "bao o ga"),
        ({"button": 2}, "2"),
        ({"place": {"latitude": 16.46, "longitude": 107.59}}, "https://maps.google.com/?q=16.46,107.59"),
        ({"text": "o day", "place": {"latitude": 1, "longitude": 2}}, "o day https://maps.google.com/?q=1,2"),
    ],
)
async def test_a_citizen_writes_by_the_form(wanted: dict[str, object], words: str) -> None:
    """Words, a choice, a place as a link."""
    store = Store()
    async with (
        sandboxed("smpp", store=store) as (opened, sandbox),
        ClientSession(sandbox.url) as session,
        session.post("/phones/0900000001/say", json=wanted) as answer,
    ):
        assert (answer.status, await answer.json()) == (200, {"status": 0})

    [(delivery, [item])] = store.kept
    [message] = opened.parse(delivery, item)
    assert (message.sender.value, message.text) == (CITIZEN, words)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wanted", [b"no JSON", b"[]", b'{"place": {}}', b'{"photo": "!"}', b'{"photo": "AAAA"}', b'{"place": 5}']
)
async def test_what_no_phone_can_say_is_refused(sandbox: SmsSandbox, wanted: bytes) -> None:
    """Only Twilio carries pictures."""
    async with ClientSession(sandbox.url) as session, session.post("/phones/84900000001/say", data=wanted) as answer:
        assert answer.status == 400


async def test_the_mood_is_set_by_the_form(sandbox: SmsSandbox) -> None:
    """And told, with all there are."""
    async with ClientSession(sandbox.url) as session:
        async with session.post("/mood", json={"mood": "slow", "seconds": 0.01}) as answer:
            told = await answer.json()
        async with session.post("/mood", json={"mood": "sulky"}) as answer:
            refused = answer.status
        async with session.get("/mood") as answer:
            again = await answer.json()

    assert told == again == {"mood": "slow", "seconds": 0.01, "moods": [str(mood) for mood in Mood]}
    assert refused == 400


@pytest.mark.parametrize("name", ["twilio", "esms", "speedsms"])
async def test_a_slow_provider_still_answers(name: str) -> None:
    """And the message is there once."""
    async with sandboxed(name) as (opened, sandbox):
        sandbox.network.mood, sandbox.network.seconds = Mood.SLOW, 0.02
        await opened.send(outbound("x", name=name))

    assert len(sandbox.network.phones.shown) == 1


@pytest.mark.parametrize("name", ["twilio", "speedsms"])
async def test_a_lost_answer_means_the_phone_has_it(name: str) -> None:
    """That is what makes its outcome unknown."""
    async with sandboxed(name) as (opened, sandbox):
        sandbox.network.mood = Mood.CUT_AFTER
        with pytest.raises(OutcomeUnknown):
            await opened.send(outbound("x", name=name))

    assert len(sandbox.network.phones.shown) == 1


@given(st.text(alphabet=st.sampled_from("aéàÉ€[]~|ế đ\n😀Ω@_"), max_size=400))
def test_the_sandbox_counts_as_we_do(text: str) -> None:
    """Two readings of one standard."""
    composed = unicodedata.normalize("NFC", text)

    assert phones.segments_of(composed) == segments.measure(composed).segments
    assert phones.is_small(composed) == (segments.alphabet_of(composed) is segments.Alphabet.GSM)
    if phones.is_small(composed):
        assert phones.unpack(segments.to_gsm(composed)) == composed
