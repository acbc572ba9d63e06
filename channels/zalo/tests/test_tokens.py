"""Renewing tokens: in time, once for all who ask, and never twice with one refresh token."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from channels.zalo.sandbox import Mood
from channels.zalo.tests.builders import OA, Set, outbound, running
from core.contract.errors import ConnectionFailed, NeedsReauth
from core.contract.ports import SendResult
from tests.support.waiting import until

NOBODY = "http://127.0.0.1:9"


async def test_a_pair_with_hours_left_is_left_alone(zalo: Set) -> None:
    """Nothing is asked of the token server."""
    before = await zalo.pair()
    await zalo.channel.send(outbound("Chào"))

    assert zalo.sandbox.tokens.refreshes == 0
    assert await zalo.pair() == before


async def test_a_pair_that_ends_soon_is_renewed_first(zalo: Set) -> None:
    """Under two hours: a new pair is stored before anybody uses it."""
    zalo.clock.at += timedelta(hours=23, minutes=1)
    await zalo.channel.send(outbound("Chào"))
    pair = await zalo.pair()

    assert (pair.generation, pair.access) == (2, zalo.sandbox.tokens.access)
    assert pair.expires == zalo.clock() + timedelta(seconds=90_000)
    assert zalo.shown() == ["Chào"]


async def test_many_who_ask_at_once_share_one_renewal(zalo: Set) -> None:
    """Forty sends, one refresh token, used once."""
    zalo.clock.at += timedelta(hours=30)
    await asyncio.gather(*(zalo.channel.send(outbound(f"Tin {number}")) for number in range(40)))

    assert zalo.sandbox.tokens.refreshes == 1
    assert zalo.sandbox.tokens.burnt == set()
    assert len(zalo.shown()) == 40


async def test_a_dead_access_token_is_renewed_and_the_message_sent_once(zalo: Set) -> None:
    """Refused in the middle of a send: renew, and resend what was refused."""
    zalo.sandbox.tokens.expire()
    await zalo.channel.send(outbound("Chào"))

    assert zalo.shown() == ["Chào"]
    assert zalo.sandbox.tokens.refreshes == 1


async def test_a_newer_pair_of_another_process_is_taken_without_renewing(zalo: Set) -> None:
    """The generation has moved: the next send goes with what stands."""
    await zalo.channel.api.keeper.usable()
    old = await zalo.pair()
    await zalo.connect()
    found = await zalo.channel.api.keeper.after_refusal(old)

    assert found == await zalo.pair()
    assert zalo.sandbox.tokens.refreshes == 0


async def test_whoever_finds_the_lease_taken_waits_for_the_others_pair(zalo: Set) -> None:
    """Another process renews: its pair is used as soon as it stands."""
    zalo.clock.at += timedelta(hours=30)
    lease = await zalo.store.lease(OA, generation=1, seconds=60)
    assert lease is not None
    sending = asyncio.create_task(zalo.channel.send(outbound("Chào")))
    access, refresh = zalo.sandbox.tokens.grant()
    await zalo.store.renewed(lease, access=access, refresh=refresh, expires=zalo.clock() + timedelta(hours=25))
    await sending

    assert zalo.sandbox.tokens.refreshes == 0
    assert zalo.shown() == ["Chào"]


async def test_a_lease_elsewhere_holds_up_nobody_whose_token_still_works(zalo: Set) -> None:
    """An hour is left: go on with the old one."""
    zalo.clock.at += timedelta(hours=24)
    await zalo.store.lease(OA, generation=1, seconds=60)
    await zalo.channel.send(outbound("Chào"))

    assert zalo.shown() == ["Chào"]


async def test_a_cut_before_the_renewal_burns_nothing(zalo: Set) -> None:
    """The old access token still works, so the refresh token is unused: it serves a little later."""
    zalo.clock.at += timedelta(hours=24)
    zalo.sandbox.mood = Mood.REFRESH_CUT_BEFORE
    await zalo.channel.send(outbound("một"))
    zalo.sandbox.mood = Mood.NORMAL
    await zalo.channel.send(outbound("hai"))
    early = zalo.sandbox.tokens.refreshes
    zalo.clock.at += timedelta(minutes=6)
    await zalo.channel.send(outbound("ba"))

    assert zalo.shown() == ["một", "hai", "ba"]
    assert (early, zalo.sandbox.tokens.refreshes, zalo.sandbox.tokens.burnt) == (0, 1, set())


async def test_a_cut_after_the_renewal_ends_with_a_person(zalo: Set) -> None:
    """The old access token is dead and the refresh token used: tried once more, then an administrator is needed."""
    zalo.clock.at += timedelta(hours=24)
    zalo.sandbox.mood = Mood.REFRESH_CUT_AFTER
    with pytest.raises(NeedsReauth):
        await zalo.channel.send(outbound("Chào"))
    zalo.sandbox.mood = Mood.NORMAL
    with pytest.raises(NeedsReauth):
        await zalo.channel.send(outbound("Chào"))

    assert (await zalo.pair()).needs_reauth
    assert zalo.sandbox.tokens.refreshes == 2
    assert zalo.shown() == []


async def test_connecting_again_heals(zalo: Set) -> None:
    """With a new grant everything goes on."""
    zalo.clock.at += timedelta(hours=24)
    zalo.sandbox.mood = Mood.REFRESH_CUT_AFTER
    with pytest.raises(NeedsReauth):
        await zalo.channel.send(outbound("Chào"))
    zalo.sandbox.mood = Mood.NORMAL
    await zalo.connect()
    await zalo.channel.send(outbound("Chào lại"))

    assert zalo.shown() == ["Chào lại"]


async def test_a_token_server_that_is_away_stops_nobody_whose_token_still_works() -> None:
    """Every message goes out with the old one."""
    async with running(oauth_url=NOBODY) as zalo:
        zalo.clock.at += timedelta(hours=24)
        for text in ("một", "hai"):
            await zalo.channel.send(outbound(text))

        assert zalo.shown() == ["một", "hai"]
        assert not (await zalo.pair()).needs_reauth


async def test_a_token_server_that_is_away_when_it_is_needed_is_waited_for() -> None:
    """Nothing left us: the message is tried again later, the refresh token is unused and free for the next try."""
    async with running(oauth_url=NOBODY) as zalo:
        zalo.clock.at += timedelta(hours=30)
        with pytest.raises(ConnectionFailed):
            await zalo.channel.send(outbound("Chào"))
        lease = await zalo.store.lease(OA, generation=1, seconds=60)

    assert lease is not None
    assert not lease.interrupted


async def test_a_pair_is_not_lost_while_the_database_is_away(zalo: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only copy is in our hand: storing is tried again."""
    monkeypatch.setattr("channels.zalo.tokens._STORING_PAUSES", (0.0, 0.0))
    zalo.store.failures = [OSError("away"), OSError("away")]
    zalo.clock.at += timedelta(hours=30)
    await zalo.channel.send(outbound("Chào"))

    assert (await zalo.pair()).access == zalo.sandbox.tokens.access


async def broken_off(zalo: Set) -> asyncio.Task[SendResult]:
    """A send that is given up while the provider renews the tokens for it."""
    zalo.clock.at += timedelta(hours=30)
    zalo.sandbox.mood, zalo.sandbox.seconds = Mood.SLOW, 0.1
    sending = asyncio.create_task(zalo.channel.send(outbound("Chào")))
    await until(lambda: zalo.sandbox.tokens.refreshes == 1, "the renewal")
    sending.cancel()
    return sending


async def test_a_renewal_outlives_whoever_asked_for_it(zalo: Set) -> None:
    """A send that is broken off while tokens are renewed loses no pair."""
    sending = await broken_off(zalo)
    await until(lambda: zalo.store.generation(OA) == 2, "the new pair")

    assert sending.cancelled()
    assert (await zalo.pair()).access == zalo.sandbox.tokens.access


async def test_a_stop_waits_for_a_renewal_that_is_under_way(zalo: Set) -> None:
    """The provider has ended the old pair: cutting the answer off would burn the new one."""
    await broken_off(zalo)
    await zalo.channel.stop()

    assert (await zalo.pair()).access == zalo.sandbox.tokens.access
    assert (await zalo.pair()).generation == 2


async def test_a_fresh_token_that_is_refused_ends_with_a_person(zalo: Set) -> None:
    """No loop: refused, renewed, refused again."""
    zalo.sandbox.tokens.expire()
    grant = zalo.sandbox.tokens.grant

    def useless() -> tuple[str, str]:
        pair = grant()
        zalo.sandbox.tokens.expire()
        return pair

    zalo.sandbox.tokens.grant = useless  # type: ignore[method-assign]
    with pytest.raises(NeedsReauth):
        await zalo.channel.send(outbound("Chào"))

    assert (await zalo.pair()).needs_reauth
    assert zalo.sandbox.tokens.refreshes == 1


async def test_an_account_nobody_connected_sends_nothing() -> None:
    """And says what is missing."""
    async with running(is_connected=False) as zalo:
        with pytest.raises(NeedsReauth):
            await zalo.channel.send(outbound("Chào"))
        health = await zalo.channel.check_health()

    assert (health.ok, "Chưa kết nối" in health.detail) == (False, True)


async def test_whatever_ails_the_tokens_is_no_unknown_outcome(zalo: Set) -> None:
    """The message never left, so it may be tried again."""
    zalo.clock.at += timedelta(hours=30)
    zalo.sandbox.mood = Mood.REFRESH_CUT_BEFORE
    zalo.sandbox.tokens.expire()
    with pytest.raises(ConnectionFailed):
        await zalo.channel.send(outbound("Chào"))
