"""What we answer Twilio is what its published package writes, and says what the law wants said."""

from __future__ import annotations

from xml.etree.ElementTree import canonicalize, fromstring

import pytest
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from channels.call_center.twilio import twiml
from channels.call_center.twilio.tests.line import HOOKS, TOKEN, settings
from channels.playing import twilio_signature
from channels.twilio import check

STREAM = HOOKS.replace("https", "wss") + "/stream/1-a_b-c"


def same(ours: str, theirs: VoiceResponse) -> bool:
    """Whether two documents say the same, however they are written."""
    return canonicalize(ours) == canonicalize(str(theirs))


def recorded(response: VoiceResponse) -> VoiceResponse:
    response.record(
        action=f"{HOOKS}/recorded",
        max_length=180,
        timeout=5,
        finish_on_key="#",
        play_beep=True,
        trim="do-not-trim",
        recording_status_callback=f"{HOOKS}/recording",
        recording_status_callback_event="completed",
    )
    response.hangup()
    return response


def test_a_call_is_connected_with_a_stream_and_then_asks_again() -> None:
    theirs = VoiceResponse()
    connecting = Connect()
    connecting.stream(url=STREAM)
    theirs.append(connecting)
    theirs.redirect(f"{HOOKS}/after", method="POST")

    assert same(twiml.connect(settings(), "1-a_b-c"), theirs)


def test_a_call_is_put_through_or_refused_or_ended() -> None:
    dialling, refusing, ending = VoiceResponse(), VoiceResponse(), VoiceResponse()
    dial = Dial(action=f"{HOOKS}/after", timeout=20)
    dial.number("114")
    dialling.append(dial)
    refusing.reject(reason="busy")
    ending.hangup()

    assert same(twiml.dial(settings(), "114", ring_s=20), dialling)
    assert same(twiml.reject("busy"), refusing)
    assert same(twiml.hang_up(), ending)


@pytest.mark.rule("VN-5")
@pytest.mark.parametrize("why", ["full", "away", "broken"])
def test_a_message_is_taken_after_it_was_said_that_it_is_recorded(why: twiml.Why) -> None:
    """And whom to call where help is needed this minute."""
    ours = settings(voice="Google.vi-VN-Standard-A")
    theirs, words = VoiceResponse(), f"{twiml.GREETING} {twiml.WHY[why]} {twiml.URGENT} {twiml.NOTICE} {twiml.SPEAK}"
    theirs.say(words, language="vi-VN", voice="Google.vi-VN-Standard-A")

    assert same(twiml.capture(ours, why), recorded(theirs))
    verbs = [verb.tag for verb in fromstring(twiml.capture(ours, why))]
    assert verbs.index("Say") < verbs.index("Record")
    assert all(number in words for number in ("113", "114", "115"))
    assert words.index("ghi âm") < words.index("tiếng bíp")


def test_whoever_shows_no_number_is_asked_for_one() -> None:
    """Silence there costs nothing: the message is taken all the same."""
    theirs = VoiceResponse()
    gather = Gather(input="dtmf", finish_on_key="#", timeout=8, action=f"{HOOKS}/gather")
    words = f"{twiml.GREETING} {twiml.WHY['away']} {twiml.URGENT} {twiml.NOTICE} {twiml.YOUR_NUMBER}"
    gather.say(words, language="vi-VN")
    theirs.append(gather)
    theirs.say(twiml.SPEAK, language="vi-VN")

    assert same(twiml.capture(settings(), "away", asks_number=True), recorded(theirs))


def test_a_stream_is_signed_over_its_wss_address() -> None:
    """As the published validator computes it; with the port that goes without saying, too."""
    validator = RequestValidator(TOKEN)
    for url in (STREAM, STREAM.replace("gw.example.vn", "gw.example.vn:443")):
        signature = validator.compute_signature(url, {})
        check(signature, url=STREAM, body=b"", fields={}, tokens=[TOKEN])
    assert twilio_signature(TOKEN, STREAM, {}) == validator.compute_signature(STREAM, {})
