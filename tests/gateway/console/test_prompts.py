"""An administrator hears what the hotline says, and replaces it by a person's voice."""

from __future__ import annotations

import io
import wave

import av
import pytest

from channels.call_center.media.tests.phone import strength
from channels.call_center.prompts.live import LivePrompts
from channels.call_center.prompts.made import tone
from gateway.console.prompts import LONGEST, NO_FILE, NO_SOUND, PAGE, TOO_BIG
from gateway.telephony.sentences import catalogue_of, folders_of
from tests.gateway.api.staffing import centre, hire
from tests.gateway.console.office import Answer, Office

SLOT = "emergency_114"


def mp3(sound: bytes) -> bytes:
    """Linear sound (8 kHz) as an MP3 of 44.1 kHz, the way a recorder writes it."""
    into = io.BytesIO()
    with av.open(into, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=44100, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(sound) // 2)
        frame.sample_rate = 8000
        frame.planes[0].update(sound)
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=44100, frame_size=1152)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return into.getvalue()


def linear(answer: Answer) -> bytes:
    """The sound of a WAV that was sent."""
    with wave.open(io.BytesIO(answer.body)) as file:
        assert (file.getframerate(), file.getnchannels()) == (8000, 1)
        return file.readframes(file.getnframes())


@pytest.mark.rule("VN-8")
async def test_a_sentence_is_recorded_heard_and_taken_back(office: Office) -> None:
    """Shown as a machine's before, warned of where it is for emergencies, heard by calls without a restart."""
    admin = await hire(office.world, "quan_tri", ("admin", ""))
    settings = office.world.deployment.settings
    prompts = LivePrompts(catalogue_of(settings), folders_of(settings))
    async with office.desk(admin) as desk:
        before = await desk.get(PAGE)
        sent = await desk.send(PAGE, f"{PAGE}/{SLOT}", tep=("thu.mp3", mp3(tone(440, seconds=1.5))))
        after = await desk.get(sent.location.partition("#")[0])
        heard = linear(await desk.get(f"{PAGE}/{SLOT}.wav"))
        renewed = prompts.refresh()
        taken_back = await desk.send(PAGE, f"{PAGE}/{SLOT}/bo")
        at_last = await desk.get(PAGE)

    assert "câu khẩn cấp chưa có người đọc" in before.text
    assert f"{PAGE}/{SLOT}/bo" not in before.forms()
    assert (sent.status, sent.location) == (303, f"{PAGE}?xong=thu-loi-thoai#{SLOT}")
    assert "người gọi nghe bản này từ câu nói kế tiếp" in after.text
    assert "Người đọc" in after.text
    assert admin.id not in after.text
    assert strength(heard, 440) > 8000
    assert len(heard) / 16000 == pytest.approx(1.5, abs=0.1)
    assert renewed == (SLOT,)
    assert taken_back.status == 303
    assert "Người đọc" not in at_last.text
    assert prompts.refresh() == (SLOT,)


async def test_what_is_no_sound_is_told_beside_its_sentence(office: Office) -> None:
    admin = await hire(office.world, "quan_tri", ("admin", ""))
    async with office.desk(admin) as desk:
        page = await desk.get(PAGE)
        action = f"{PAGE}/{SLOT}"
        picture = await desk.submit(page, action, tep=("anh.png", b"\x89PNG and nothing more"))
        nothing = await desk.submit(page, action, tep=("", b""))
        huge = await desk.submit(page, action, tep=("a.wav", bytes(LONGEST + 1)))

    assert (picture.status, NO_SOUND in picture.text) == (422, True)
    assert (nothing.status, NO_FILE in nothing.text) == (422, True)
    assert (huge.status, TOO_BIG in huge.text) == (413, True)
    assert not list(folders_of(office.world.deployment.settings).own.glob("*"))


@pytest.mark.parametrize("path", [f"{PAGE}/no_such_slot.wav", f"{PAGE}/..%2fsecret.wav"])
async def test_only_slots_are_played(office: Office, path: str) -> None:
    admin = await hire(office.world, "quan_tri", ("admin", ""))
    async with office.desk(admin) as desk:
        assert (await desk.get(path)).status == 404


async def test_only_administrators_change_what_the_hotline_says(office: Office) -> None:
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        assert (await desk.get(PAGE)).status == 403
        assert (await desk.get(f"{PAGE}/{SLOT}.wav")).status == 403
        assert (await desk.post(f"{PAGE}/{SLOT}")).status == 403
