"""
pyVoIP (GPL-3) taking every call with sound, for a comparison: run by an environment of its own, imported by nobody.

    python pyvoip_answers.py PORT CALLER_PORT

It answers only whom it was set up with. Says a line when it listens, and ends with its standard input.
"""

import json
import random
import sys

from pyVoIP.VoIP import VoIPPhone

SOUND = random.Random(711).randbytes(8000 * 120)


def take(call) -> None:  # type: ignore[no-untyped-def]
    """Answer and speak; two minutes are enough."""
    call.answer()
    call.write_audio(SOUND)


def main(port: str, caller: str) -> None:
    """Until nobody listens to us any more."""
    ports = {"sipPort": int(port), "rtpPortLow": 10_000, "rtpPortHigh": 19_998}
    phone = VoIPPhone("127.0.0.1", int(caller), "1022", "", myIP="127.0.0.1", callCallback=take, **ports)
    phone.sip.register = lambda: True
    phone.sip.deregister = lambda: True
    phone.start()
    print(json.dumps({"port": int(port)}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
