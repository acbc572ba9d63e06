"""
One telephone for one call, on pyVoIP (GPL-3): run by the interpreter of an environment of its own, imported by nobody.

    python pyvoip_phone.py NUMBER PORT HOTLINE_PORT SAYS.wav HEARD.raw [NUMBER_TO_CALL]

With a number it calls; else it takes the first call. It ends with the call. Sound is 8 bit, 8 kHz, unsigned.
"""

import sys
import wave
from array import array
from pathlib import Path
from threading import Event

from pyVoIP.VoIP import CallState, VoIPPhone


def main(number: str, port: str, hotline: str, says: str, heard: str, *wanted: str) -> None:
    """Until the call is over."""
    calls: list = []
    came = Event()

    def take(call) -> None:  # type: ignore[no-untyped-def]
        call.answer()
        calls.append(call)
        came.set()

    phone = VoIPPhone("127.0.0.1", int(hotline), number, "", myIP="127.0.0.1", sipPort=int(port), callCallback=take)
    phone.sip.register = lambda: True  # a hotline is no registrar
    phone.sip.deregister = lambda: True
    phone.start()
    if wanted:
        calls.append(phone.call(wanted[0]))
    else:
        came.wait(60)
    talk(calls[0], _sound(says), Path(heard))
    phone.stop()


def talk(call, sound: bytes, heard: Path) -> None:  # type: ignore[no-untyped-def]
    """Say all of it, and keep what is heard."""
    while call.state in (CallState.DIALING, CallState.RINGING):
        Event().wait(0.02)
    call.write_audio(sound)
    with heard.open("wb", buffering=0) as kept:
        while call.state is CallState.ANSWERED:
            kept.write(call.read_audio(160, blocking=True))


def _sound(path: str) -> bytes:
    with wave.open(path) as file:
        samples = array("h", file.readframes(file.getnframes()))
    return bytes((sample >> 8) + 128 for sample in samples)


if __name__ == "__main__":
    main(*sys.argv[1:])
