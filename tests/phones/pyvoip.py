"""
pyVoIP 1.6 (GPL-3), a telephone in Python: in an environment and a process of its own, which no code of ours is part of.

It has sound of 8 bit, says µ-law whatever was agreed, and answers only whom it was set up with.
"""

from __future__ import annotations

from array import array
from functools import partial
from pathlib import Path

from scripts.setup import phone_python
from tests.phones.phone import HOTLINE, NUMBER, Phone, microphone, start

SCRIPT = Path(__file__).parent / "apart" / "pyvoip_phone.py"


async def pyvoip(folder: Path, *, port: int, hotline: int, calls: bool) -> Phone:
    """A telephone that calls, or takes a call."""
    heard, whom = folder / "heard.raw", [HOTLINE] if calls else []
    given = [NUMBER, str(port), str(hotline), str(microphone(folder)), str(heard), *whom]
    command = [str(phone_python()), str(SCRIPT), *given]
    return await start(folder, command, port=port, heard=partial(_heard, heard))


def _heard(path: Path) -> bytes:
    """It keeps 8 bit sound."""
    kept = path.read_bytes() if path.exists() else b""
    return array("h", ((sample - 128) * 256 for sample in kept)).tobytes()
