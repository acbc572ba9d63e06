"""One-time passwords: sent once, right once, the same answer whoever asks, gone when they have served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.contract.errors import ConnectionFailed
from core.otp.challenge import TRIES
from core.privacy.errors import Erased
from core.service.carrying import Carriers
from core.service.proving import ACCEPTED, ASKED, REFUSED, Limited, Sent, Wanted
from core.storage import tables
from tests.support.canary import find_in_files
from tests.support.codes import PHONE, Phones, with_phones
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import received

ABROAD = "+442079460018"
"""Whoever has such a number earns from what is sent to it or calls it, and anybody may have it typed in."""
OFFICE, HOME = "203.0.113.7", "198.51.100.9"


def wanted(world: World, *addresses: str, client: str = OFFICE, named: str = "") -> Wanted:
    """Somebody wants a password for an address, or for what nobody knows."""
    return Wanted("send:1", world.deployment.proving.carriers.way(addresses), client, named)


async def asked(world: World, *addresses: str, **options: str) -> str:
    """Ask, and have it delivered; the challenge."""
    answer = await world.deployment.proving.request(wanted(world, *addresses, **options))
    assert isinstance(answer, Sent), answer
    await world.settle()
    return answer.challenge_id


async def rows(world: World, table: str, *columns: str) -> list[Any]:
    """What stands in a table."""
    wanted = [tables.metadata.tables[table].c[name] for name in columns]
    return list(await world.deployment.database.read(lambda connection: connection.execute(select(*wanted)).all()))


@on_both_engines
@pytest.mark.rule("QB-QD.III.1.1a")
async def test_the_password_comes_by_phone_and_is_right_once(world: World) -> None:
    phones, proving = with_phones(world), world.deployment.proving
    challenge = await asked(world, PHONE, "an@example.vn")
    (code,) = phones.codes()
    (message,) = phones.sent

    assert (message.purpose, message.fields, message.account) == ("otp", {"otp": code}, "brand")
    assert message.text.isascii()
    assert not await proving.check(challenge, code, purpose="send:2")
    assert await proving.check(challenge, code, purpose="send:1")
    assert not await proving.check(challenge, code, purpose="send:1")
    whats = [what for what, ref in await rows(world, "access_log", "what", "ref") if ref == challenge]
    assert whats == [ASKED, REFUSED, ACCEPTED]


async def test_where_only_mail_carries_it_a_mail_address_is_proved(world: World) -> None:
    challenge = await asked(world, PHONE, "an@example.vn")
    (mail,) = received(world)

    code = mail.split()[0]
    assert await world.deployment.proving.check(challenge, code, purpose="send:1")


@on_both_engines
async def test_five_wrong_answers_end_it_also_for_the_right_one(world: World) -> None:
    phones, proving = with_phones(world), world.deployment.proving
    challenge = await asked(world, PHONE)
    (code,) = phones.codes()
    wrong = "000000" if code != "000000" else "111111"

    guesses = [proving.check(challenge, wrong, purpose="send:1") for _ in range(2 * TRIES)]
    assert not any(await asyncio.gather(*guesses))
    assert not await proving.check(challenge, code, purpose="send:1")
    tried = [what for what, ref in await rows(world, "access_log", "what", "ref") if ref == challenge]
    assert tried == [ASKED] + [REFUSED] * TRIES


@on_both_engines
async def test_of_eight_right_answers_at_once_one_wins(world: World) -> None:
    phones = with_phones(world)
    challenge = await asked(world, PHONE)
    (code,) = phones.codes()

    answers = [world.deployment.proving.check(challenge, code, purpose="send:1") for _ in range(8)]

    assert (await asyncio.gather(*answers)).count(True) == 1


async def test_it_is_right_for_five_minutes(world: World) -> None:
    phones, proving = with_phones(world), world.deployment.proving
    challenge = await asked(world, PHONE)
    world.clock.advance(minutes=5)

    assert not await proving.check(challenge, phones.codes()[0], purpose="send:1")


async def test_a_new_one_ends_the_one_before(world: World) -> None:
    phones, proving = with_phones(world), world.deployment.proving
    first = await asked(world, PHONE)
    world.clock.advance(seconds=60)
    second = await asked(world, PHONE)
    old, new = phones.codes()

    assert not await proving.check(first, old, purpose="send:1")
    assert await proving.check(second, new, purpose="send:1")


async def test_who_asks_again_gets_it_by_the_next_carrier(world: World) -> None:
    """The first may have brought nothing; after a quarter of an hour it begins with the first again."""
    sms, zalo, proving = with_phones(world, "sms"), with_phones(world, "zalo"), world.deployment.proving
    for _ in range(3):
        challenge = await asked(world, PHONE)
        world.clock.advance(seconds=60)
    by_both = (len(sms.codes()), len(zalo.codes()))
    right = await proving.check(challenge, sms.codes()[-1], purpose="send:1")
    world.clock.advance(minutes=15)
    await asked(world, PHONE)

    assert (by_both, right) == ((2, 1), True)
    assert (len(sms.codes()), len(zalo.codes())) == (3, 1)


@on_both_engines
async def test_a_number_gets_one_a_minute_and_eight_a_day_whoever_asks(world: World) -> None:
    phones, proving = with_phones(world), world.deployment.proving
    at_once = [proving.request(wanted(world, PHONE, client=f"198.51.100.{n}")) for n in range(6)]

    answers = await asyncio.gather(*at_once)
    assert [isinstance(one, Sent) for one in answers].count(True) == 1
    assert {one.retry_after for one in answers if isinstance(one, Limited)} == {timedelta(seconds=60)}
    await world.settle()
    for _ in range(24):
        world.clock.advance(minutes=20)
        await proving.request(wanted(world, PHONE, client=HOME))
        await world.settle()
    assert len(phones.codes()) == 8


async def test_one_client_gets_ten_in_a_quarter_of_an_hour_and_its_network_sixty(world: World) -> None:
    proving = world.deployment.proving
    with_phones(world)
    numbers = (f"+849000001{n:02d}" for n in range(100))

    answers = [await proving.request(wanted(world, next(numbers))) for _ in range(12)]
    assert [isinstance(one, Sent) for one in answers] == [True] * 10 + [False] * 2
    neighbours = [
        await proving.request(wanted(world, next(numbers), client=f"203.0.113.{100 + n // 10}")) for n in range(60)
    ]
    assert [isinstance(one, Sent) for one in neighbours].count(True) == 50


def counted(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, int]]:
    """Counts what is asked of the database and the key store."""
    seen: dict[str, int] = {}
    for of, name in (
        (world.deployment.database, "read"),
        (world.deployment.database, "write"),
        (world.deployment.safe, "make"),
        (world.deployment.safe, "seal"),
        (world.deployment.safe, "bring"),
    ):
        real = getattr(of, name)

        def noted(*given: Any, real: Any = real, name: str = name, **options: Any) -> Any:
            seen[name] = seen.get(name, 0) + 1
            return real(*given, **options)

        monkeypatch.setattr(of, name, noted)

    def taken() -> dict[str, int]:
        found = dict(seen)
        seen.clear()
        return found

    return taken


async def test_nobody_learns_whether_an_address_is_known(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer, the same limits told, and the same work for what is not there."""
    phones, proving = with_phones(world), world.deployment.proving
    work = counted(world, monkeypatch)

    known = await proving.request(wanted(world, PHONE, named="a"))
    of_known = work()
    unknown = await proving.request(wanted(world, named="b"))
    of_unknown = work()
    again = [await proving.request(wanted(world, *who, named=name)) for who, name in (((PHONE,), "a"), ((), "b"))]

    assert (type(known), type(unknown)) == (Sent, Sent)
    assert of_known == of_unknown
    assert again == [Limited(timedelta(seconds=60))] * 2
    await world.settle()
    assert len(phones.codes()) == 1


async def test_limits_of_the_number_itself_are_kept_in_silence(world: World) -> None:
    """Another code of the same person: whoever asks is answered as always, and the phone does not ring again."""
    phones = with_phones(world)
    await asked(world, PHONE, named="a")
    challenge = await asked(world, PHONE, named="b")

    assert len(phones.codes()) == 1
    assert not await world.deployment.proving.check(challenge, phones.codes()[0], purpose="send:1")


@on_both_engines
async def test_once_sent_nothing_of_it_can_be_read(world: World) -> None:
    with_phones(world)
    challenge = await asked(world, PHONE)

    assert [one.payload_sealed for one in await rows(world, "outbox", "payload_sealed")] == [None]
    with pytest.raises(Erased):
        await asyncio.to_thread(world.deployment.safe.keys.existing, challenge)
    assert find_in_files(world.deployment.settings.data, [PHONE, "0900000001"]) == []


async def test_one_that_cannot_be_sent_in_time_is_not_sent_at_all(world: World) -> None:
    phones = with_phones(world)
    phones.problem = ConnectionFailed("the carrier is away")
    await asked(world, PHONE)
    await world.pass_time(seconds=10)
    await world.pass_time(seconds=60)
    phones.problem = None
    await world.pass_time(seconds=230)

    assert phones.sent == []
    (entry,) = await rows(world, "outbox", "state", "reason", "payload_sealed")
    assert tuple(entry) == ("failed", "expired", None)


@on_both_engines
async def test_what_is_over_is_swept_with_its_keys(world: World) -> None:
    proving = world.deployment.proving
    challenge = await asked(world, named="nobody")
    world.clock.advance(minutes=6)

    assert await proving.sweep() == 1
    assert await proving.sweep() == 0
    assert await rows(world, "otp_challenge", "id") == []
    with pytest.raises(Erased):
        await asyncio.to_thread(world.deployment.safe.keys.existing, challenge)


async def test_the_log_holds_no_password_and_no_number(world: World, caplog: pytest.LogCaptureFixture) -> None:
    phones = with_phones(world)
    challenge = await asked(world, PHONE)
    code = phones.codes()[0]
    await world.deployment.proving.check(challenge, code, purpose="send:1")

    assert code not in caplog.text
    assert PHONE not in caplog.text
    assert "900000001" not in caplog.text


async def test_an_answer_to_no_challenge_is_wrong(world: World) -> None:
    assert not await world.deployment.proving.check("none", "123456", purpose="send:1")


def test_a_phone_goes_before_a_mail_and_the_order_of_the_settings_holds() -> None:
    sms, zalo, mail = Phones(name="sms"), Phones(name="zalo"), Phones(name="email", codes_to="email")
    channels = {"email": mail, "zalo": zalo, "sms": sms}
    carriers = Carriers(channels, order=("sms", "zalo", "email"), mail_stands_in=False)

    def by(*addresses: str) -> str | None:
        way = carriers.way(addresses)
        return way.to.channel if way else None

    assert by("an@example.vn", PHONE) == "sms"
    sms.codes_to = ""
    assert by(PHONE) == "zalo"
    zalo.codes_to = ""
    assert by(PHONE) is None
    assert by(PHONE, "an@example.vn") == "email"
    assert carriers.way_to_reporter(phone=PHONE, email="an@example.vn") is None
    sms.codes_to = "phone"
    assert by(ABROAD) is None
    assert by(ABROAD, "an@example.vn") == "email"
    sms.codes_to = ""
    assert not carriers.any
    assert carriers.reaches_anybody
