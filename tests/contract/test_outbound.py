"""What every channel must do on the way out: deliver, or say exactly what went wrong, and keep quiet about whom."""

from __future__ import annotations

import pytest
import structlog

from core.contract.errors import (
    ConnectionFailed,
    OutcomeUnknown,
    PermanentSendError,
    ProviderRefused,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import Channel, FetchesFiles
from core.contract.schema import OutboundMessage
from tests.contract.cases import each, having
from tests.contract.subject import ProviderMood, Subject

ANSWER = "Ông/Bà vui lòng cho biết số nhà ạ. <Cảm ơn> & chào!"


async def _sent(subject: Subject, mood: ProviderMood | str) -> SendError:
    """The error of one send in this mood."""
    assert subject.provider is not None
    assert subject.outbound is not None
    async with subject.provider() as provider:
        await provider.set_mood(mood)
        with pytest.raises(SendError) as failure:
            await provider.channel.send(subject.outbound(ANSWER))
    return failure.value


def _message(subject: Subject) -> OutboundMessage:
    assert subject.outbound is not None
    return subject.outbound(ANSWER)


@having("provider")
async def test_words_arrive_as_they_were_written(subject: Subject) -> None:
    """The citizen reads exactly our words, and we hold the provider's id."""
    async with subject.provider() as provider:
        result = await provider.channel.send(_message(subject))

        assert [text.strip() for text in provider.received()] == [ANSWER]
        assert result.provider_message_id


@having("provider")
async def test_a_provider_that_is_down_can_be_tried_again(subject: Subject) -> None:
    """Nothing left us: safe to repeat."""
    failure = await _sent(subject, ProviderMood.DOWN)

    assert isinstance(failure, ConnectionFailed)
    assert failure.retryable


@having("provider")
async def test_a_temporary_refusal_can_be_tried_again(subject: Subject) -> None:
    """The provider asks for patience."""
    failure = await _sent(subject, ProviderMood.TEMPORARY)

    assert isinstance(failure, TemporarySendError)
    assert failure.provider_code


@having("provider")
async def test_a_refusal_for_good_is_not_tried_again(subject: Subject) -> None:
    """The address is gone."""
    failure = await _sent(subject, ProviderMood.REFUSED)

    assert isinstance(failure, PermanentSendError)
    assert not failure.retryable
    assert failure.provider_code


@having("provider")
async def test_a_cut_after_handing_over_leaves_the_outcome_unknown(subject: Subject) -> None:
    """It may have arrived: nobody resends blindly, unless the provider knows the second by our id."""
    failure = await _sent(subject, ProviderMood.CUT)

    assert isinstance(failure, TemporarySendError if subject.takes_once else OutcomeUnknown)
    assert failure.retryable == subject.takes_once


@each("failures")
async def test_each_failure_is_told_as_what_it_is(subject: Subject, case: tuple[str, type[SendError]]) -> None:
    """The router waits, takes another way, or calls an official: by the class alone."""
    mood, meaning = case
    failure = await _sent(subject, mood)

    assert type(failure) is meaning
    assert failure.provider_code or isinstance(failure, OutcomeUnknown)
    assert not isinstance(failure, Throttled) or 0 < failure.retry_after <= 86_400


@having("impatient")
async def test_an_answer_that_comes_too_late_leaves_the_outcome_unknown(subject: Subject) -> None:
    """The provider works on it, and we no longer wait: as with a lost answer, nobody resends blindly."""
    assert subject.impatient is not None
    async with subject.impatient() as provider:
        await provider.set_mood("slow")
        with pytest.raises(SendError) as failure:
            await provider.channel.send(_message(subject))

    assert isinstance(failure.value, TemporarySendError if subject.takes_once else OutcomeUnknown)


@having("gone")
async def test_a_file_that_the_provider_no_longer_has_is_gone(subject: Subject) -> None:
    """Said at once, so that the citizen can send it again; nobody asks for it all day."""
    assert subject.provider is not None
    async with subject.provider() as provider:
        channel = provider.channel
        assert isinstance(channel, FetchesFiles)
        with pytest.raises(ProviderRefused) as failure:
            await channel.fetch(subject.gone.format(url=provider.url), most=1000)

    assert failure.value.provider_code


@having("takes_once")
async def test_a_provider_that_takes_a_message_once_shows_it_once(subject: Subject) -> None:
    """The answer was lost, the send is repeated, the citizen reads it one time."""
    assert subject.provider is not None
    async with subject.provider() as provider:
        await provider.set_mood(ProviderMood.CUT)
        with pytest.raises(SendError):
            await provider.channel.send(_message(subject))
        await provider.set_mood(ProviderMood.NORMAL)
        await provider.channel.send(_message(subject))

        assert len(provider.received()) == 1


@having("provider")
@pytest.mark.parametrize("mood", [mood for mood in ProviderMood if mood is not ProviderMood.NORMAL])
async def test_errors_and_logs_name_nobody(subject: Subject, mood: ProviderMood) -> None:
    """Neither the address nor the words appear in what operators read."""
    with structlog.testing.capture_logs() as lines:
        failure = await _sent(subject, mood)

    told = f"{failure!r} {failure.__cause__!r} {lines}"
    assert _message(subject).recipient.value not in told
    assert "Ông/Bà" not in told


@having("provider")
async def test_health_follows_the_provider(subject: Subject) -> None:
    """Good while it answers, bad with a Vietnamese sentence when it does not."""
    async with subject.provider() as provider:
        good = await provider.channel.check_health()
        await provider.set_mood(ProviderMood.DOWN)
        bad = await provider.channel.check_health()

    assert (good.ok, bad.ok) == (True, False)
    assert not bad.detail.isascii()


@having("provider")
async def test_it_works_again_after_trouble(subject: Subject) -> None:
    """No state of a failed send is kept."""
    async with subject.provider() as provider:
        channel: Channel = provider.channel
        await provider.set_mood(ProviderMood.TEMPORARY)
        with pytest.raises(SendError):
            await channel.send(_message(subject))
        await provider.set_mood(ProviderMood.NORMAL)
        await channel.send(_message(subject))

        assert len(provider.received()) == 1
