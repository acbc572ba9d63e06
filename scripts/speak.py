"""
Speaks sentences with eSpeak NG: the placeholders of the hotline until people have recorded them.

Run by set-up in an environment of its own (`requirements/voice.txt`), or with the library of this machine. eSpeak NG is
GPL-3: the product never imports it, it only keeps what was spoken.

Reads lines of JSON: {"file": "/path/to.wav", "text": "…", "language": "vi"}. Writes 16-bit mono WAV. Exit 3: no eSpeak.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import sys
import wave

RETRIEVAL = 1  # samples are given to our callback, nothing is played
UTF8 = 1
BY_CHARACTER = 1
RATE_PARAMETER = 1
WORDS_A_MINUTE = 145
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Speaker:
    """The library, started once."""

    def __init__(self, library: str, data: str | None) -> None:
        self._library = ctypes.CDLL(library)
        self.rate = self._library.espeak_Initialize(RETRIEVAL, 0, data.encode() if data else None, 0)
        if self.rate <= 0:
            raise OSError("eSpeak NG did not start")
        self._samples = bytearray()
        self._callback = CALLBACK(self._keep)  # kept alive as long as the library may call it
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_SetParameter(RATE_PARAMETER, WORDS_A_MINUTE, 0)

    def speak(self, text: str, language: str) -> bytes:
        """Samples of one sentence. Raises: OSError."""
        self._samples.clear()
        encoded = text.encode()
        if self._library.espeak_SetVoiceByName(language.encode()) or self._library.espeak_Synth(
            encoded, len(encoded) + 1, 0, BY_CHARACTER, 0, UTF8, None, None
        ):
            raise OSError(f"eSpeak NG does not speak {language}")
        self._library.espeak_Synchronize()
        return bytes(self._samples)

    def _keep(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0


def find() -> tuple[str, str | None] | None:
    """(library, its data): the wheel's, or this machine's."""
    try:
        import espeakng_loader  # type: ignore[import-not-found]
    except ImportError:
        library = ctypes.util.find_library("espeak-ng")
        return (library, None) if library else None
    return espeakng_loader.get_library_path(), espeakng_loader.get_data_path()


def main() -> int:
    """Exit code."""
    found = find()
    if found is None:
        print("eSpeak NG is not installed.", file=sys.stderr)
        return 3
    speaker = Speaker(*found)
    for line in sys.stdin:
        wanted = json.loads(line)
        with wave.open(wanted["file"], "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(speaker.rate)
            file.writeframes(speaker.speak(wanted["text"], wanted["language"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
