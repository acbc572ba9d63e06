"""Calls over a line at Twilio, both ways: sound, keys, endings, streams that break, transfers, refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import aiohttp
import pytest
from pydantic import SecretStr
from yarl import URL

from channels.call_center.ports import Answered, Call, CallFailed, CallGone, Ended, KeyPressed, TrunkState
from channels.call_center.sandbox import Answer, Phone
from channels.call_center.twilio.call import TwilioCall
from channels.call_center.twilio.tests.line import ACCOUNT, AN, NUMBER, Line, a_line
from channels.playing import twilio_signature
from channels.twilio import Account
from tests.support.waiting import until


async def answered(line: Line) -> tuple[Phone, TwilioCall]:
    """Somebody on the line."""
    phone = line.twilio.call(AN)
    call = await line.taken()
    await call.answer()
    assert isinstance(call, TwilioCall)
    return phone, call


async def test_a_caller_hears_prompts_presses_keys_and_is_heard() -> None:
    """And the call ends as soon as all that was said has been heard."""
    async with a_line() as line:
        phone, call = await answered(line)
        events = call.events()
        assert (call.remote, call.called, call.trunk) == (AN, NUMBER, "twilio")
        assert await anext(events) == Answered()
        await call.media.play(["440"])
        phone.press("1")
        assert await call.media.collect(1, first_s=5, next_s=1) == "1"
        assert await anext(events) == KeyPressed("1")
        phone.speak(b"\x80\x00" * 800)
        await until(lambda: call.media.stats().received > 50, "sound")
        await call.media.play(["880"])
        await call.hangup()
        await until(phone.over.is_set, "the end")

        assert await anext(events) == Ended("us")
        assert len(phone.heard) >= 8000  # both tones, half a second each, to their last sample
        assert phone.status == "completed"
        assert line.trunk.status().calls == 0


async def test_a_caller_who_hangs_up_ends_the_call() -> None:
    async with a_line() as line:
        phone, call = await answered(line)
        phone.hang_up()
        assert [event async for event in call.events()][-1] == Ended("them")
        await call.hangup()  # nothing is left to do
        with pytest.raises(CallGone):
            await call.answer()


async def test_a_stream_that_breaks_comes_back_into_the_same_call() -> None:
    """Twilio opens none by itself: the hook behind the stream gives it another."""
    async with a_line() as line:
        phone, call = await answered(line)
        phone.lose_stream()
        await until(lambda: phone.streams == 2, "another stream")
        before = len(phone.heard)
        await call.media.play(["440"])
        await until(lambda: len(phone.heard) > before + 3000, "a prompt")
        assert line.trunk.status().counters["resumed"] >= 1
        assert line.trunk.status().calls == 1


async def test_a_stream_is_let_in_once_by_its_name_and_signature() -> None:
    """Nobody else may listen to a call, or speak in it."""
    async with a_line() as line:
        phone, call = await answered(line)
        settings = line.trunk.settings
        token = line.trunk._tokens.give(call)

        async def status(signature: str, name: str = token) -> int:
            url = URL(line.twilio.world._really(settings.stream(name)))
            async with aiohttp.ClientSession() as session:
                try:
                    async with session.ws_connect(url, headers={"X-Twilio-Signature": signature}):
                        return 101
                except aiohttp.WSServerHandshakeError as error:
                    return error.status

        good = twilio_signature(settings.account.token.get_secret_value(), settings.stream(token), {})
        unknown = twilio_signature(settings.account.token.get_secret_value(), settings.stream("1-nobody"), {})
        assert await status("") == 403
        assert await status(good[::-1]) == 403
        assert await status(unknown, "1-nobody") == 404
        assert await status(good) == 101
        assert await status(good) == 404
        phone.hang_up()


async def test_a_call_of_ours_is_taken_and_shows_our_number() -> None:
    async with a_line() as line:
        call = await line.trunk.dial(AN, caller="", ring_s=5)
        phone = await line.twilio.exchange.rung.get()
        await call.media.play(["440"])
        await until(lambda: len(phone.heard) > 3000, "a prompt")
        asked = line.twilio.asked[0]
        assert (asked["To"], asked["From"], asked["Timeout"]) == (AN, NUMBER, "5")
        await call.hangup()
        await until(phone.over.is_set, "the end")


@pytest.mark.parametrize(("answer", "code"), [(Answer.BUSY, 486), (Answer.NOBODY, 408), (Answer.FAILED, 404)], ids=str)
async def test_a_call_of_ours_that_nobody_takes_says_why(answer: Answer, code: int) -> None:
    async with a_line() as line:
        line.twilio.world.answers[AN] = answer
        with pytest.raises(CallFailed) as refused:
            await line.trunk.dial(AN, caller="", ring_s=5)
        assert refused.value.code == code
        assert line.trunk.status().calls == 0


async def test_what_twilio_refuses_and_what_is_not_ours_to_show() -> None:
    async with a_line() as line:
        with pytest.raises(CallFailed) as unknown:
            await line.trunk.dial("113", caller="")
        with pytest.raises(CallFailed) as shown:
            await line.trunk.dial(AN, caller="+84900000002")
    assert (unknown.value.code, shown.value.code) == (404, 403)


@pytest.mark.parametrize("trouble", [429, 500])
async def test_trouble_at_twilio_says_something_of_the_line(trouble: int) -> None:
    """So that another line is tried; a call that is up ends without it."""
    async with a_line() as line:
        phone, call = await answered(line)
        line.twilio.world.trouble = trouble
        with pytest.raises(CallFailed) as refused:
            await line.trunk.dial(AN, caller="")
        await call.hangup()
        await until(phone.over.is_set, "the end")
    assert refused.value.code == 503


async def test_a_call_that_is_given_up_rings_no_more() -> None:
    async with a_line() as line:
        dialling = asyncio.create_task(line.trunk.dial(AN, caller="", ring_s=30))
        await until(lambda: line.twilio.exchange.lines, "it rings")
        dialling.cancel()
        await asyncio.gather(dialling, return_exceptions=True)
        (one,) = line.twilio.exchange.lines.values()
        await until(one.phone.over.is_set, "no more")


@pytest.mark.parametrize(("answer", "talked"), [(Answer.TAKEN, True), (Answer.BUSY, False)])
async def test_a_caller_is_put_through_with_their_own_number(answer: Answer, *, talked: bool) -> None:
    """And is with us again afterwards, whatever came of it."""
    async with a_line() as line:
        phone, call = await answered(line)
        line.twilio.world.answers["114"] = answer
        if talked:
            await call.put_through("114")
        else:
            with pytest.raises(CallFailed):
                await call.put_through("114")
        assert line.twilio.line(phone).carrying.dialled == ["114"]
        before = len(phone.heard)
        await call.media.play(["440"])
        await until(lambda: len(phone.heard) > before + 3000, "a prompt")


async def refuse(line: Line, code: int) -> None:
    call: Call = await line.taken()
    await call.reject(code)
    await call.media.close()


@pytest.mark.parametrize(("code", "status"), [(404, "failed"), (503, "busy")])
async def test_whoever_leads_a_call_may_refuse_it_before_it_is_answered(code: int, status: str) -> None:
    async with a_line() as line:
        phone = line.twilio.call(AN)
        await refuse(line, code)
        await until(phone.over.is_set, "refused")
        assert (phone.status, phone.streams) == (status, 0)


async def test_more_calls_than_channels_are_refused() -> None:
    async with a_line(channels=1) as line:
        await answered(line)
        other = line.twilio.call("+84900000002")
        await until(other.over.is_set, "refused")
        assert other.status == "busy"
        assert line.trunk.status().counters["refused"] == 1
        with pytest.raises(CallFailed):
            await line.trunk.dial(AN, caller="")


async def test_the_line_is_up_while_twilio_takes_our_key() -> None:
    async with a_line() as line:
        await until(lambda: line.trunk.status().state is TrunkState.UP, "up")
    async with a_line(account=Account(ACCOUNT, SecretStr("another"))) as line:
        await until(lambda: line.trunk.status().state is TrunkState.DOWN, "down")
        assert "Twilio" in line.trunk.status().problem


CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING)
START = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


def start(sid: str, account: str = ACCOUNT) -> str:
    named = {"streamSid": "MZ1", "callSid": sid, "accountSid": account, "mediaFormat": START}
    return json.dumps({"event": "start", "streamSid": "MZ1", "start": named})


@pytest.mark.parametrize(
    "says",
    [
        lambda call: start("CA" + "f" * 32),
        lambda call: start(call.id, account="AC" + "f" * 32),
        lambda call: '{"event":"media","media":{"payload":"AAAA"}}',
        lambda call: "{",
        lambda call: "x" * 100_000,
        lambda call: b"binary",
    ],
    ids=["another call", "another account", "no start", "no message", "too long", "binary"],
)
async def test_a_stream_that_is_not_the_calls_is_closed_and_the_call_goes_on(
    says: Callable[[TwilioCall], str | bytes],
) -> None:
    """Even one that has a name of ours and Twilio's signature."""
    async with a_line() as line:
        phone, call = await answered(line)
        settings, world = line.trunk.settings, line.twilio.world
        address, said = settings.stream(line.trunk._tokens.give(call)), says(call)
        async with aiohttp.ClientSession() as session, world.socket(session, address) as socket:
            await (socket.send_str(said) if isinstance(said, str) else socket.send_bytes(said))
            assert (await asyncio.wait_for(socket.receive(), 10)).type in CLOSED
        before = len(phone.heard)
        await call.media.play(["440"])
        await until(lambda: len(phone.heard) > before + 3000, "a prompt")
        assert phone.streams == 1
