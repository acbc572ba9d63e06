"""The channel as the gateway uses it: windows, files, health, grants, secrets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from channels.zalo.adapter import ZaloChannel
from channels.zalo.sandbox import Mood
from channels.zalo.tests.builders import (
    NOON,
    OA,
    SECRET,
    USER,
    Clock,
    Set,
    delivery,
    event,
    outbound,
    running,
    settings,
)
from core.contract.errors import (
    ChannelMisconfigured,
    NotFound,
    OutcomeUnknown,
    PayloadInvalid,
    QuotaSpent,
    SignatureInvalid,
    WindowClosed,
)
from core.contract.ports import CarriesCodes, Fate, FetchesFiles, Greets, HookedChannel, ListeningChannel, NeedsGrant
from core.contract.schema import Attachment, AttachmentKind, OutboundMessage
from tests.support.tokens import MemoryTokens


def heard(**ago: float) -> OutboundMessage:
    """An answer to somebody who wrote so long ago."""
    return outbound("Chào", last_heard=NOON - timedelta(**ago))


class OneFile:
    """A media store that holds one file."""

    async def get(self, stored_key: str) -> bytes:
        if stored_key != "k1":
            raise NotFound
        return b"the bytes"


def file(media_type: str = "image/jpeg", *, key: str = "k1", size: int = 9, name: str = "anh.jpg") -> Attachment:
    """Something to send along."""
    kind = AttachmentKind.IMAGE if media_type.startswith("image") else AttachmentKind.FILE
    return Attachment(kind=kind, media_type=media_type, size=size, sha256="0" * 64, stored_key=key, name=name)


def test_it_offers_every_port(zalo: Set) -> None:
    """By the shape of its methods."""
    ports = (HookedChannel, ListeningChannel, Greets, FetchesFiles, CarriesCodes, NeedsGrant)

    assert [isinstance(zalo.channel, port) for port in ports] == [True] * len(ports)
    assert zalo.channel.greet({}) == ""
    assert (zalo.channel.codes_to, zalo.channel.codes_from) == ("phone", OA)


def test_without_a_template_it_carries_no_codes() -> None:
    """A one-time password needs an approved one."""
    assert ZaloChannel(settings(templates={}), tokens=MemoryTokens(Clock())).codes_to == ""


def test_old_and_new_secret_are_accepted_while_one_is_reset() -> None:
    """And a third is not."""
    channel = ZaloChannel(settings(oa_secret="fresh", old_oa_secret=SECRET), tokens=MemoryTokens(Clock()))
    body = event("user_send_text", {"msg_id": "1", "text": "Chào"})
    channel.verify(delivery(body, secret="fresh"))
    channel.verify(delivery(body))
    with pytest.raises(SignatureInvalid):
        channel.verify(delivery(body, secret="stale"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"oa_id": "12abc"},
        {"app_secret": ""},
        {"oa_secret": ""},
        {"api_url": "http://openapi.zalo.me"},
        {"oauth_url": "ftp://127.0.0.1"},
        {"template_mode": "live"},
        {"buttons": 6},
        {"templates": {"otp": {"id": "abc", "fields": {}}}},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, Any]) -> None:
    """Are refused at the start."""
    with pytest.raises(ValidationError):
        settings(**wrong)


async def test_within_48_hours_it_is_free(zalo: Set) -> None:
    """No quota is asked for."""
    zalo.sandbox.quota = 0
    await zalo.channel.send(heard(hours=47, minutes=59))

    assert zalo.shown() == ["Chào"]


async def test_after_48_hours_it_costs_and_the_quota_is_looked_at(zalo: Set) -> None:
    """Something left: it goes; nothing left: another way."""
    await zalo.channel.send(heard(hours=49))
    zalo.sandbox.quota = 0
    with pytest.raises(QuotaSpent):
        await zalo.channel.send(heard(hours=49))

    assert zalo.shown() == ["Chào"]


async def test_whoever_does_not_pay_writes_for_48_hours_only() -> None:
    """A setting of the province."""
    async with running(pays=False) as zalo:
        with pytest.raises(WindowClosed):
            await zalo.channel.send(heard(hours=49))


async def test_after_seven_days_the_window_is_closed(zalo: Set) -> None:
    """Nothing is asked of the provider."""
    with pytest.raises(WindowClosed):
        await zalo.channel.send(heard(days=7, minutes=1))

    assert zalo.sandbox.requests == []


async def test_when_only_a_beginning_went_out_nobody_repeats_it(zalo: Set) -> None:
    """The second piece is refused: a person looks."""
    words = "chữ " * 900
    taken = zalo.channel.api.message

    async def once(payload: Any, *, path: str) -> str:
        sent = await taken(payload, path=path)
        zalo.sandbox.mood = Mood.REFUSE
        return sent

    zalo.channel.api.message = once  # type: ignore[method-assign]
    with pytest.raises(OutcomeUnknown) as failed:
        await zalo.channel.send(outbound(words))

    assert failed.value.provider_code == "-213"
    assert len(zalo.shown()) == 1


async def test_files_follow_the_words() -> None:
    """Uploaded before a word is said."""
    async with running(media=OneFile()) as zalo:
        documents = (file(), file("application/pdf", name="ket-qua.pdf"))
        await zalo.channel.send(outbound("Kết quả đây ạ.", attachments=documents))
        words, *files = next(iter(zalo.sandbox.phones.values())).shown

        assert words.text == "Kết quả đây ạ."
        assert [zalo.sandbox.uploaded(name) for one in files for name in one.files] == [b"the bytes"] * 2


@pytest.mark.parametrize(
    "unfit",
    [file("video/mp4"), file(size=2_000_000), file(key="gone"), file(key="")],
    ids=["type", "size", "erased", "none"],
)
async def test_a_file_that_cannot_come_along_is_named(unfit: Attachment) -> None:
    """The words tell."""
    async with running(media=OneFile()) as zalo:
        await zalo.channel.send(outbound("Kết quả đây ạ.", attachments=(unfit,)))

        assert zalo.shown() == ["Kết quả đây ạ.\n\n(Không gửi kèm được qua Zalo: anh.jpg.)"]


async def test_a_file_that_does_not_follow_is_no_reason_to_say_it_twice() -> None:
    """The words are out."""
    async with running(media=OneFile()) as zalo:
        taken = zalo.channel.api.message

        async def once(payload: Any, **options: Any) -> str:
            sent = await taken(payload, **options)
            zalo.sandbox.mood = Mood.REFUSE
            return sent

        zalo.channel.api.message = once  # type: ignore[method-assign]
        result = await zalo.channel.send(outbound("Kết quả đây ạ.", attachments=(file(),)))

        assert result.provider_message_id
        assert zalo.shown() == ["Kết quả đây ạ."]


async def test_health_tells_when_the_refresh_token_would_end(zalo: Set) -> None:
    """Three months after the pair came."""
    health = await zalo.channel.check_health()

    assert health.ok
    assert health.expires == {"token": NOON + timedelta(days=90)}


async def test_a_look_at_the_health_keeps_an_idle_account_alive(zalo: Set) -> None:
    """Its tokens are renewed without anybody writing."""
    zalo.clock.at += timedelta(hours=24)
    health = await zalo.channel.check_health()

    assert (await zalo.pair()).generation == 2
    assert health.expires == {"token": zalo.clock() + timedelta(days=90)}


async def test_health_asks_for_a_person_when_only_one_can_help(zalo: Set) -> None:
    """In words for staff."""
    zalo.clock.at += timedelta(hours=24)
    zalo.sandbox.mood = Mood.REFRESH_CUT_AFTER
    health = await zalo.channel.check_health()

    assert not health.ok
    assert "kết nối lại" in health.detail


@pytest.mark.parametrize(
    ("query", "error"),
    [({}, PayloadInvalid), ({"code": ""}, PayloadInvalid), ({"code": "c", "oa_id": "1"}, ChannelMisconfigured)],
)
async def test_a_grant_that_is_none(zalo: Set, query: dict[str, str], error: type[Exception]) -> None:
    """Nobody agreed, or for another official account: what stands is left alone."""
    before = await zalo.pair()
    with pytest.raises(error):
        await zalo.channel.redeem(query, verifier="v" * 43)

    assert await zalo.pair() == before


async def test_what_was_said_during_an_outage_is_fetched_under_the_same_keys(zalo: Set) -> None:
    """Words, photos and places; twice over, the same keys, and signed like an event."""
    sandbox, channel = zalo.sandbox, zalo.channel
    for wanted in (
        {"text": "Đường ngập"},
        {"photo": "AAAA", "text": "Ảnh đây"},
        {"place": {"latitude": 17.4689, "longitude": 106.6223}},
    ):
        zalo.clock.at += timedelta(minutes=1)
        await sandbox.say("2460000000000000003", wanted, deliver=False)
    found = [await channel.catch_up(zalo.accept), await channel.catch_up(zalo.accept)]
    for given, _ in zalo.heard:
        channel.verify(given)
    parsed = [channel.parse(given, item)[0] for given, item in zalo.heard[:3]]

    assert found == [3, 3]
    assert [item.dedupe_key for _, item in zalo.heard[:3]] == [item.dedupe_key for _, item in zalo.heard[3:]]
    assert [getattr(one, "text", None) for one in parsed] == ["Đường ngập", "Ảnh đây", ""]
    assert parsed[2].place.point.latitude == 17.4689  # type: ignore[union-attr]


async def test_the_event_of_a_message_and_its_catching_up_have_one_key(zalo: Set) -> None:
    """So that whoever came through the webhook is not heard twice."""
    said = await zalo.sandbox.say("2460000000000000003", {"text": "Đường ngập"})
    await zalo.channel.catch_up(zalo.accept)
    [body] = zalo.sandbox.webhooks.undelivered
    [by_event] = zalo.channel.split(delivery(body))

    assert said in by_event.dedupe_key
    assert [item.dedupe_key for _, item in zalo.heard] == [by_event.dedupe_key]


async def test_catching_up_looks_back_so_far_and_no_further(zalo: Set) -> None:
    """Yesterday's chat is over; thirty messages of today are on three pages."""
    await zalo.sandbox.say("2460000000000000003", {"text": "hôm qua"}, deliver=False)
    zalo.clock.at += timedelta(hours=25)
    for number in range(30):
        await zalo.sandbox.say("2460000000000000009", {"text": f"tin {number}"}, deliver=False)
    await zalo.channel.catch_up(zalo.accept)
    texts = [zalo.channel.parse(given, item)[0] for given, item in zalo.heard]

    assert sorted(getattr(one, "text", "") for one in texts) == sorted(f"tin {number}" for number in range(30))


async def test_a_start_catches_up_and_a_stop_ends_it(zalo: Set) -> None:
    """Also where the provider is away: it is tried again later."""
    from tests.support.waiting import until

    await zalo.sandbox.say("2460000000000000003", {"text": "Đường ngập"}, deliver=False)
    await zalo.channel.start(zalo.accept)
    await until(lambda: zalo.heard, "catching up")
    await zalo.channel.stop()
    zalo.sandbox.mood = Mood.ERROR
    await zalo.channel.start(zalo.accept)
    await zalo.channel.stop()

    assert len(zalo.heard) == 1


async def test_received_at_is_when_we_took_it(zalo: Set) -> None:
    """Deadlines start from there (A-7), also for what was fetched later."""
    await zalo.sandbox.say("2460000000000000003", {"text": "Đường ngập"}, deliver=False)
    zalo.clock.at += timedelta(hours=3)
    await zalo.channel.catch_up(zalo.accept)
    [(given, item)] = zalo.heard
    [message] = zalo.channel.parse(given, item)

    assert message.received_at == zalo.clock()  # type: ignore[union-attr]
    assert message.provider_time == NOON  # type: ignore[union-attr]
    assert replace(given, received_at=None).body == given.body


async def test_what_became_of_words_whose_answer_was_lost_can_be_asked(zalo: Set) -> None:
    """The provider lists the chat; what never arrived is not there, and nothing older counts."""
    began = zalo.clock()
    zalo.sandbox.mood = Mood.CUT_AFTER
    with pytest.raises(OutcomeUnknown):
        await zalo.channel.send(outbound("Chào anh"))
    zalo.sandbox.mood = Mood.NORMAL

    found = await zalo.channel.asked(outbound("Chào anh"), since=began)
    never = await zalo.channel.asked(outbound("Chào chị"), since=began)
    long_ago = await zalo.channel.asked(outbound("Chào anh"), since=began + timedelta(hours=1))

    assert found == Fate("taken", zalo.sandbox.phone(USER).shown[0].id)
    assert (never, long_ago) == (Fate("unknown"), Fate("unknown"))
