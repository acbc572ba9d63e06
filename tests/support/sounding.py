"""Sound for tests in a browser: a microphone that hums, an ear on the page, prompts that are tones."""

from __future__ import annotations

import wave
from pathlib import Path

from channels.call_center.media.g711 import encode
from channels.call_center.media.tests.phone import tone
from channels.call_center.ports import Law

AGENT_HERTZ, CALLER_HERTZ, MUSIC_HERTZ = 440, 1000, 700
FAKE_MICROPHONE = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
)
RAW_SOUND = """
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = () => real({
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
});
"""
NO_MICROPHONE = """
() => void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError")))
"""
LISTEN = """
() => {
  const audio = document.querySelector("[data-audio]"), context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 8192;
  context.createMediaStreamSource(audio.srcObject).connect(ear);
  window.loudness = (hertz) => {
    const levels = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(levels);
    const level = levels[Math.round(hertz * ear.fftSize / context.sampleRate)];
    (window.levels ??= {})[hertz] = level;
    return level;
  };
}
"""


def loud(hertz: int) -> str:
    """Expression for a page that listens: this tone is heard."""
    return f"window.loudness({hertz}) > -50"


def quiet(hertz: int) -> str:
    """
    Expression for a page that listens: this tone is not heard.

    What is left at its frequency where another one is loud: on a machine that is busy a tone is not pure.
    """
    return f"window.loudness({hertz}) < -65"


class Hum:
    """Every prompt, music too, is a tone that nobody else makes."""

    def sound(self, slot: str, law: Law) -> bytes:
        """Half a second of it."""
        return encode(tone(MUSIC_HERTZ, seconds=0.5), law)


def microphone(folder: Path) -> tuple[str, ...]:
    """Switches for a browser whose microphone hears 440 Hz."""
    path = write_wave(folder / "microphone.wav", tone(AGENT_HERTZ, seconds=5, height=16000))
    return (*FAKE_MICROPHONE, f"--use-file-for-fake-audio-capture={path}")


def write_wave(path: Path, linear: bytes) -> Path:
    """Linear sound as a file: mono, 16 bit, 8 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(linear)
    return path
