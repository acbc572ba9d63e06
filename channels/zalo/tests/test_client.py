"""The provider's answers → our errors, over the real wire to the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels.zalo.errors import MEANINGS, code_of, failure, until_morning
from channels.zalo.sandbox import Mood
from channels.zalo.tests.builders import NOON, PHONE, USER, Set, outbound, running, to_phone
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    MessageInvalid,
    NeedsReauth,
    OutcomeUnknown,
    ProviderRefused,
    QuotaSpent,
    RecipientOptedOut,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
    WindowClosed,
)

TABLE = {
    TemporarySendError: (-200, -100),
    Throttled: (-32, -133, -234),
    ChannelMisconfigured: (
        *(-204, -205, -209, -212, -219, -221, -223, -224, -235, -242, -320, -321),
        *(-109, -131, -146),
    ),
    WindowClosed: (-230, -232),
    QuotaSpent: (-211, -218, -115, -126, -144, -147, -160),
    RecipientUnreachable: (-213, -217, -227, -108, -114, -118, -119, -139, -141),
    RecipientOptedOut: (-244,),
    MessageInvalid: (-201, -210, -214, -233, -237, -238, -240, -241, -248, -249, -403, -1340, -1341, -132),
    ProviderRefused: (-9999, -1),
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in TABLE.items() for code in codes])
def test_every_code_has_its_meaning(kind: type[SendError], code: int) -> None:
    """And is kept for whoever looks into it."""
    error = failure(code, now=NOON)

    assert type(error) is kind
    assert error.provider_code == str(code)


def test_no_code_of_the_table_is_untried() -> None:
    """The table above is the whole one."""
    assert set(MEANINGS) <= {code for codes in TABLE.values() for code in codes}


@pytest.mark.parametrize(
    ("answer", "code"), [({}, 0), ({"error": "0"}, 0), ({"error": -32}, -32), ({"error": "x"}, -1)]
)
def test_codes_are_read_however_they_are_written(answer: dict[str, object], code: int) -> None:
    """HTTP says 200 to all of them."""
    assert code_of(answer) == code


@pytest.mark.parametrize(
    ("at", "hours"),
    [("2026-11-16T15:00", 8), ("2026-11-16T22:59", 1 / 60), ("2026-11-16T23:00", 24), ("2026-11-16T16:30", 6.5)],
)
def test_the_night_ends_at_six_in_vietnam(at: str, hours: float) -> None:
    """Times given in UTC, seven hours behind."""
    assert until_morning(datetime.fromisoformat(at).replace(tzinfo=UTC)) == pytest.approx(hours * 3600)


@pytest.mark.parametrize(
    ("mood", "kind"),
    [
        (Mood.BUSY, Throttled),
        (Mood.THROTTLED, Throttled),
        (Mood.ERROR, OutcomeUnknown),
        (Mood.BROKEN, OutcomeUnknown),
        (Mood.REFUSE, RecipientUnreachable),
        (Mood.WINDOW, WindowClosed),
        (Mood.NO_QUOTA, QuotaSpent),
        (Mood.CUT_AFTER, OutcomeUnknown),
    ],
)
async def test_moods_of_the_provider(zalo: Set, mood: Mood, kind: type[SendError]) -> None:
    """What nobody answered is unknown; everything else is as it was said."""
    zalo.sandbox.mood = mood
    with pytest.raises(SendError) as failed:
        await zalo.channel.send(outbound("Chào"))

    assert type(failed.value) is kind


async def test_a_provider_that_is_too_slow_leaves_the_outcome_unknown() -> None:
    """It may have taken the message."""
    async with running(seconds=0.05) as zalo:
        zalo.sandbox.mood, zalo.sandbox.seconds = Mood.SLOW, 0.5
        with pytest.raises(OutcomeUnknown):
            await zalo.channel.send(outbound("Chào"))


async def test_a_429_says_how_long(zalo: Set) -> None:
    """And we wait as long."""
    zalo.sandbox.mood = Mood.THROTTLED
    with pytest.raises(Throttled) as failed:
        await zalo.channel.send(outbound("Chào"))

    assert failed.value.retry_after == 7


@pytest.mark.parametrize("mood", [Mood.ERROR, Mood.BROKEN])
async def test_asking_can_always_be_repeated(zalo: Set, mood: Mood) -> None:
    """A question whose answer was lost leaves nothing unknown."""
    zalo.sandbox.mood = mood
    with pytest.raises(ConnectionFailed):
        await zalo.channel.api.account()


async def test_calls_are_proved_by_the_apps_secret(zalo: Set) -> None:
    """The sandbox works out the proof by itself."""
    assert (await zalo.channel.api.account())["data"]["name"] == "Trung tâm phản ánh"


async def test_a_wrong_secret_is_a_setting_of_ours() -> None:
    """-242."""
    async with running(app_secret="another-secret") as zalo:
        with pytest.raises(ChannelMisconfigured) as failed:
            await zalo.channel.send(outbound("Chào"))

    assert failed.value.provider_code == "-242"


async def test_a_one_time_password_by_phone_number(zalo: Set) -> None:
    """An approved template on the phone with this number."""
    phone = zalo.sandbox.phone(USER)
    phone.number = PHONE.removeprefix("+")
    sent = await zalo.channel.send(to_phone())

    assert [one.template for one in phone.shown] == [{"id": "300001", "otp": "123456"}]
    assert sent.provider_message_id == phone.shown[0].id


async def test_a_number_without_zalo_goes_another_way(zalo: Set) -> None:
    """The router tries the next."""
    with pytest.raises(RecipientUnreachable) as failed:
        await zalo.channel.send(to_phone())

    assert failed.value.provider_code == "-118"


async def test_files_come_only_from_where_the_provider_keeps_them() -> None:
    """Away from home nothing but its own hosts, over https."""
    async with running(api_url="https://openapi.zalo.me") as zalo:
        for source in ("https://evil.example.vn/x", "http://127.0.0.1/x", "https://zdn.vn.example.vn/x", "file:///x"):
            with pytest.raises(MessageInvalid):
                await zalo.channel.fetch(source, most=10)


async def test_a_grant_is_exchanged_with_the_verifier_that_was_promised(zalo: Set) -> None:
    """PKCE, over the wire: a wrong verifier gets nothing, and the code is gone."""
    from aiohttp import ClientSession

    link = zalo.channel.grant_link(state="s1", verifier="v" * 43)
    async with ClientSession() as browser, browser.get(link, allow_redirects=False) as answer:
        back = answer.headers["Location"]
    query = dict(part.split("=") for part in back.partition("?")[2].split("&"))

    assert back.startswith("https://phananh.example.vn/oauth/zalo/callback?")
    assert query["state"] == "s1"
    with pytest.raises(NeedsReauth):
        await zalo.channel.redeem(query, verifier="w" * 43)
    with pytest.raises(NeedsReauth):
        await zalo.channel.redeem(query, verifier="v" * 43)
