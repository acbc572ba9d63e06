"""A leg tick by tick: prompts, keys, messages, partners. Nothing here waits for time."""

from __future__ import annotations

import asyncio
import os
import struct
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from channels.call_center.media import g711
from channels.call_center.media.recorder import Recorder
from channels.call_center.media.tests.phone import strength, tone
from channels.call_center.media.tests.rig import MU_PLAN, PLAN, Rig, wav
from channels.call_center.ports import CallGone, Direction, KeyPressed, Played, SoundBack, SoundLost

SPEECH = tone(440, seconds=10)
HALF_SECOND = 25


async def test_prompts_follow_each_other_without_a_hole(rig: Rig) -> None:
    """Half a second each, then it is told that it is over."""
    playing = asyncio.create_task(rig.leg.play(["700", "900"]))
    await asyncio.sleep(0)
    ticks = await rig.until(playing.done)

    sent = g711.decode(rig.sent_sound(), "PCMA")
    assert playing.result() == Played("")
    assert ticks == 2 * HALF_SECOND + 1
    assert strength(sent[:8000], 700) > 7000
    assert strength(sent[8000:16000], 900) > 7000


async def test_a_key_ends_a_prompt_that_lets_it_and_is_kept(rig: Rig) -> None:
    """Barge-in; `collect` then finds the key."""
    playing = asyncio.create_task(rig.leg.play(["700"], barge_in=True))
    await rig.run(5)
    rig.leg.press("2")
    await rig.run(2)

    assert playing.done()
    assert playing.result() == Played("2")
    assert await rig.leg.play(["700"], barge_in=True) == Played("2")
    collecting = asyncio.create_task(rig.leg.collect(1, first_s=1, next_s=1))
    await rig.run(2)
    assert collecting.result() == "2"
    assert rig.events == [KeyPressed("2")]


async def test_a_key_does_not_end_a_prompt_that_must_be_heard(rig: Rig) -> None:
    """The notice of recording; the key is kept all the same."""
    rig.leg.press("1")
    playing = asyncio.create_task(rig.leg.play(["700"]))
    await rig.run(HALF_SECOND + 2)

    assert playing.result() == Played("")


@pytest.mark.parametrize(
    ("keys", "most", "collected"),
    [
        pytest.param("123456", 4, "1234", id="as many as wanted"),
        pytest.param("12#4", 4, "12", id="until the end key"),
        pytest.param("12", 4, "12", id="until a pause"),
        pytest.param("", 4, "", id="nothing came"),
        pytest.param("#", 4, "", id="the end key alone"),
    ],
)
async def test_keys_are_collected(rig: Rig, keys: str, most: int, collected: str) -> None:
    """Those pressed before count."""
    for key in keys:
        rig.leg.press(key)
    collecting = asyncio.create_task(rig.leg.collect(most, first_s=2, next_s=1))
    await rig.until(collecting.done)

    assert collecting.result() == collected


async def test_the_pause_before_the_first_key_may_be_longer(rig: Rig) -> None:
    """Two seconds, then one."""
    collecting = asyncio.create_task(rig.leg.collect(4, first_s=2, next_s=1))
    await rig.run(99)
    rig.leg.press("7")
    ticks = await rig.until(collecting.done)

    assert collecting.result() == "7"
    assert 50 <= ticks <= 53


async def test_keys_in_the_sound_are_told_once(rig: Rig) -> None:
    """Three ends, one key."""
    for duration, flags in ((160, 10), (320, 10), (480, 0x8A), (480, 0x8A), (480, 0x8A)):
        rig.cable.bring(rig.caller.pack(struct.pack("!BBH", 11, flags, duration), 101))
    await rig.run(1)

    assert rig.events == [KeyPressed("#", 20)]


async def test_music_goes_on_until_a_prompt(rig: Rig) -> None:
    """Again and again; `None` ends it too."""
    rig.leg.music("700")
    await rig.run(100)
    assert strength(g711.decode(rig.sent_sound(), "PCMA"), 700) > 7000

    await asyncio.gather(rig.leg.play(["900"]), rig.run(30))
    rig.cable.sent.clear()
    await rig.run(10)
    assert rig.sent_sound() == g711.SILENCE["PCMA"] * 10


@pytest.mark.parametrize(
    ("does", "ended", "seconds"),
    [
        pytest.param("speaks, then is silent", "silence", 5.0, id="silence"),
        pytest.param("presses #", "key", 1.0, id="key"),
        pytest.param("never stops", "longest", 8.0, id="longest"),
        pytest.param("hangs up", "gone", 1.0, id="gone"),
    ],
)
async def test_a_message_ends_when_it_is_over(rig: Rig, tmp_path: Path, does: str, ended: str, seconds: float) -> None:
    """What the caller does, how it ended, how long it was; a key before the tone ends nothing."""
    rig.leg.press("#")
    taking = asyncio.create_task(rig.leg.take_message(wav(tmp_path), longest_s=8, silence_s=2))
    await rig.run(HALF_SECOND + 2)
    assert strength(g711.decode(rig.sent_sound(), "PCMA"), 1000) > 7000
    await rig.run(50, SPEECH)
    if does == "presses #":
        rig.leg.press("1")
        rig.leg.press("#")
    elif does == "never stops":
        await rig.run(400, SPEECH)
    elif does == "hangs up":
        await rig.leg.close()
    else:
        await rig.run(100, SPEECH)
    await rig.run(150)
    recorded = await taking

    assert recorded.ended == ended
    assert recorded.seconds == pytest.approx(seconds, abs=0.5)
    assert recorded.spoken_seconds >= 0.5 * recorded.seconds
    assert recorded.path.stat().st_size == 44 + recorded.seconds * 32000


async def test_a_cancelled_wait_leaves_the_leg_usable_and_the_file_whole(rig: Rig, tmp_path: Path) -> None:
    """The flow is cancelled when the caller hangs up; then the leg is closed."""
    taking = asyncio.create_task(rig.leg.take_message(wav(tmp_path), longest_s=9, silence_s=9))
    await rig.run(HALF_SECOND + 52, SPEECH)
    taking.cancel()
    playing = asyncio.create_task(rig.leg.play(["700"]))
    await rig.run(1)
    playing.cancel()
    await asyncio.gather(taking, playing, return_exceptions=True)
    rig.cable.sent.clear()
    await rig.run(5)
    assert rig.sent_sound() == g711.SILENCE["PCMA"] * 5
    assert await rig.leg.close() is None

    assert wav(tmp_path).stat().st_size == 44 + 51 * 640


async def test_a_message_is_finished_though_nobody_waits_for_it(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled while the disk is slow: the leg is closed only when the file is whole."""
    go_on = threading.Event()
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (go_on.wait(10), sync(file)))
    taking = asyncio.create_task(rig.leg.take_message(wav(tmp_path), longest_s=1, silence_s=9))
    await rig.run(HALF_SECOND + 60, SPEECH)
    taking.cancel()
    closing = asyncio.create_task(rig.leg.close())
    for _ in range(20):
        await asyncio.sleep(0)
    assert taking.cancelled()
    assert not closing.done()
    go_on.set()
    await closing

    assert wav(tmp_path).stat().st_size == 44 + 50 * 640


async def test_a_new_recording_ends_the_one_before(rig: Rig, tmp_path: Path) -> None:
    """Both are whole."""
    rig.leg.record(tmp_path / "a.wav")
    await rig.run(10, SPEECH)
    rig.leg.record(tmp_path / "b.wav")
    await rig.run(15, SPEECH)
    stopped = await rig.leg.stop_recording()
    assert await rig.leg.stop_recording() is None
    await rig.leg.close()

    assert stopped is not None
    assert (stopped.path.name, stopped.seconds, stopped.ended) == ("b.wav", 0.3, "stopped")
    assert [(tmp_path / name).stat().st_size for name in ("a.wav", "b.wav")] == [44 + 10 * 640, 44 + 15 * 640]


async def test_a_closed_leg_raises_and_stays_closed(rig: Rig, tmp_path: Path) -> None:
    """Whoever waits is told; nobody spins."""
    playing = asyncio.create_task(rig.leg.play(["700"]))
    await rig.run(2)
    rig.leg.press("1")
    await rig.leg.close()
    await rig.leg.close()
    rig.leg.record(wav(tmp_path))
    assert await rig.leg.close() is None
    rig.leg.talk(PLAN)

    for waiting in (
        playing,
        rig.leg.play(["700"], barge_in=True),
        rig.leg.collect(1, first_s=1, next_s=1),
        rig.leg.send_keys("1"),
        rig.leg.take_message(wav(tmp_path), longest_s=1, silence_s=1),
    ):
        with pytest.raises(CallGone):
            await waiting
    assert rig.on_stage == []
    assert rig.cable.closed == 1
    assert not wav(tmp_path).exists()


async def test_lost_sound_is_told_once_and_so_is_its_return(rig: Rig) -> None:
    """After five seconds, also where none ever came."""
    await rig.run(600)
    assert rig.events == [SoundLost(5.0)]
    await rig.run(3, SPEECH)
    await rig.run(300)

    assert rig.events == [SoundLost(5.0), SoundBack(), SoundLost(5.0)]


@pytest.mark.parametrize(
    ("direction", "sends", "misses"),
    [("sendrecv", True, True), ("sendonly", True, False), ("recvonly", False, True), ("inactive", False, False)],
)
async def test_hold_is_a_matter_of_direction(rig: Rig, direction: Direction, sends: bool, misses: bool) -> None:
    """We neither send to whoever does not want it nor miss what we do not want; numbering goes on."""
    await rig.run(1)
    rig.leg.talk(replace(PLAN, direction=direction))
    await rig.run(299)
    rig.leg.talk(PLAN)
    await rig.run(1)

    first, last = rig.cable.sent[0], rig.cable.sent[-1]
    assert len(rig.cable.sent) == (301 if sends else 2)
    assert (last.sequence - first.sequence) & 0xFFFF == len(rig.cable.sent) - 1
    assert (last.stamp - first.stamp) & 0xFFFFFFFF == 160 * 300
    assert bool(rig.events) == misses


async def test_a_prompt_waits_while_the_other_side_holds_the_call(rig: Rig) -> None:
    """Whoever comes back hears the rest."""
    playing = asyncio.create_task(rig.leg.play(["700"]))
    await rig.run(10)
    rig.leg.talk(replace(PLAN, direction="recvonly"))
    await rig.run(100)
    assert not playing.done()
    rig.leg.talk(PLAN)
    await rig.run(17)

    assert playing.done()
    assert strength(g711.decode(rig.sent_sound()[: 25 * 160], "PCMA"), 700) > 7000


async def test_a_change_of_law_goes_on_in_the_middle_of_a_prompt(rig: Rig) -> None:
    """A re-INVITE: same SSRC, same numbering, other law."""
    playing = asyncio.create_task(rig.leg.play(["700"]))
    await rig.run(10)
    rig.leg.talk(MU_PLAN)
    await rig.run(17)

    assert playing.done()
    sound = b"".join(
        g711.decode(packet.payload, "PCMA" if packet.payload_type == 8 else "PCMU") for packet in rig.cable.sent[:25]
    )
    assert strength(sound, 700) > 7500
    assert strength(sound, 2100) < 100
    assert len({packet.ssrc for packet in rig.cable.sent}) == 1


async def test_keys_that_we_press_reach_the_other_side(rig: Rig, recorder: Recorder) -> None:
    """Sound goes on before and after, with its own time."""
    other = Rig(recorder)
    pressing = asyncio.create_task(rig.leg.send_keys("42#"))
    await rig.until(pressing.done)
    events = [packet for packet in rig.cable.sent if packet.payload_type == 101]
    assert (len({packet.stamp for packet in events}), rig.cable.marks) == (3, 4)
    for packet in rig.cable.sent:
        other.cable.bring(other.caller.pack(packet.payload, packet.payload_type, stamp=packet.stamp))
    await other.run(1)

    assert [event.key for event in other.events if isinstance(event, KeyPressed)] == ["4", "2", "#"]
    with pytest.raises(ValueError, match="substring"):
        await rig.leg.send_keys("x")


async def test_a_line_without_events_gets_tones(recorder: Recorder) -> None:
    """Low and high, as every exchange hears them."""
    rig = Rig(recorder, plan=replace(PLAN, dtmf_type=None))
    pressing = asyncio.create_task(rig.leg.send_keys("1#"))
    await rig.run(28)

    assert pressing.done()
    sound = g711.decode(rig.sent_sound(), "PCMA")
    one, hash_key = sound[: 8 * 320], sound[13 * 320 : 21 * 320]
    assert min(strength(one, 697), strength(one, 1209)) > 4000
    assert min(strength(hash_key, 941), strength(hash_key, 1477)) > 4000
    assert strength(one, 1477) < 500
    with pytest.raises(ValueError, match="substring"):
        await rig.leg.send_keys("x")


async def test_a_key_that_is_told_twice_is_pressed_once(rig: Rig) -> None:
    """In the sound and by signalling; whoever presses it again presses it again."""
    for number in range(2):
        rig.cable.bring(rig.caller.pack(struct.pack("!BBH", 5, 10, 160), 101, stamp=16000 * number))
        await rig.run(5)
        rig.leg.press("5")
    assert rig.events == [KeyPressed("5", 20)] * 2
    await rig.run(25)
    rig.leg.press("5")
    rig.leg.press("5")
    rig.leg.press("6")

    assert [event.key for event in rig.events[2:] if isinstance(event, KeyPressed)] == ["5", "5", "6"]


# Partners


async def run_together(rigs: list[Rig], ticks: int, **said: bytes) -> None:
    """All legs tick, each caller says the sound given as `a`, `b`, `c`."""
    for at in range(ticks):
        for name, rig in zip("abc", rigs, strict=False):
            sound = g711.encode(said.get(name, b""), rig.plan.law)[at * 160 : at * 160 + 160]
            if sound:
                rig.say(sound)
            rig.leg.tick()
        await asyncio.sleep(0)


async def test_two_of_one_law_hear_each_other_bit_by_bit(rig: Rig, recorder: Recorder) -> None:
    """What passes is the very payload; apart there is silence again."""
    other = Rig(recorder)
    rig.leg.bridge(other.leg)
    spoken = g711.encode(SPEECH, "PCMA")
    await run_together([rig, other], 50, a=SPEECH)

    assert spoken[: 160 * 40] in other.sent_sound()
    assert set(rig.sent_sound()) == set(g711.SILENCE["PCMA"])
    rig.leg.bridge(None)
    other.cable.sent.clear()
    await run_together([rig, other], 10, a=SPEECH)
    assert set(other.sent_sound()) == set(g711.SILENCE["PCMA"])


async def test_two_laws_are_translated(rig: Rig, recorder: Recorder) -> None:
    """One table between them."""
    other = Rig(recorder, plan=MU_PLAN)
    rig.leg.bridge(other.leg)
    await run_together([rig, other], 100, a=tone(700, seconds=2), b=tone(900, seconds=2))

    assert strength(g711.decode(other.sent_sound(), "PCMU"), 700) > 7000
    assert strength(g711.decode(rig.sent_sound(), "PCMA"), 900) > 7000
    assert strength(g711.decode(rig.sent_sound(), "PCMA"), 700) < 100


async def test_a_new_partner_takes_the_place_of_the_old(rig: Rig, recorder: Recorder) -> None:
    """A transfer: the one before hears nothing more. A leg that is closed leaves silence."""
    second, third = Rig(recorder), Rig(recorder)
    rig.leg.bridge(second.leg)
    third.leg.bridge(rig.leg)
    await run_together([rig, second, third], 50, a=SPEECH)
    assert set(second.sent_sound()) == set(g711.SILENCE["PCMA"])
    assert strength(g711.decode(third.sent_sound(), "PCMA"), 440) > 7000

    await rig.leg.close()
    assert third.leg.stream.sources == ()
    third.cable.sent.clear()
    await third.run(5)
    assert set(third.sent_sound()) == set(g711.SILENCE["PCMA"])


async def test_only_legs_of_the_engine_are_joined(rig: Rig) -> None:
    """Others have no tick."""
    with pytest.raises(TypeError, match="one engine"):
        rig.leg.bridge(object())  # type: ignore[arg-type]


async def test_a_prompt_to_one_is_not_heard_by_the_other(rig: Rig, recorder: Recorder) -> None:
    """A whisper before the talk; it replaces the partner's voice meanwhile."""
    other = Rig(recorder)
    rig.leg.bridge(other.leg)
    playing = asyncio.create_task(other.leg.play(["700"]))
    await asyncio.sleep(0)
    await run_together([rig, other], 25, a=SPEECH)
    await run_together([rig, other], 2)

    assert playing.done()
    assert strength(g711.decode(other.sent_sound()[:4000], "PCMA"), 700) > 7000
    assert strength(g711.decode(rig.sent_sound(), "PCMA"), 700) < 100


async def test_a_supervisor_hears_both_and_whispers_to_one(rig: Rig, recorder: Recorder) -> None:
    """Whom a leg hears is its own affair: nobody hears who only listens."""
    agent, supervisor = Rig(recorder, plan=MU_PLAN), Rig(recorder)
    rig.leg.bridge(agent.leg)
    supervisor.leg.hear([rig.leg, agent.leg])
    spoken = {"a": tone(500, seconds=1), "b": tone(700, seconds=1), "c": tone(1100, seconds=1)}
    await run_together([rig, agent, supervisor], 50, **spoken)
    heard = g711.decode(supervisor.sent_sound(), "PCMA")
    assert min(strength(heard, 500), strength(heard, 700)) > 6000
    assert strength(heard, 1100) < 100

    agent.leg.hear([rig.leg, supervisor.leg])
    agent.cable.sent.clear()
    await run_together([rig, agent, supervisor], 50, **spoken)
    whispered = g711.decode(agent.sent_sound(), "PCMU")
    assert min(strength(whispered, 500), strength(whispered, 1100)) > 6000
    assert strength(g711.decode(rig.sent_sound(), "PCMA"), 1100) < 100

    await rig.leg.close()
    supervisor.cable.sent.clear()
    await run_together([agent, supervisor], 10)
    assert supervisor.sent_sound()[-160:] == g711.SILENCE["PCMA"]
