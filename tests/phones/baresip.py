"""baresip 1.0 (BSD), libre's own telephone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.phones.phone import HOTLINE, NUMBER, Phone, linear, microphone, start

CONFIG = """
module_path {modules}
sip_listen 127.0.0.1:{port}
audio_source aufile,{says}
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
module stdio.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module account.so
module menu.so
snd_path heard
"""
ACCOUNT = "<sip:{number}@127.0.0.1:{port}>;regint=0;answermode=auto;audio_codecs=PCMA\n"
MODULES = ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules")


async def baresip(folder: Path, *, port: int, hotline: int, calls: bool) -> Phone:
    """A telephone that calls, or takes a call. It has little room for the name of a file, so that one is relative."""
    heard = folder / "heard"
    heard.mkdir()
    modules = next(path for path in MODULES if Path(path).exists())
    config = CONFIG.format(modules=modules, port=port, says=microphone(folder))
    (folder / "config").write_text(config)
    (folder / "accounts").write_text(ACCOUNT.format(number=NUMBER, port=port))
    (folder / "contacts").touch()
    call = ["-e", f"d sip:{HOTLINE}@127.0.0.1:{hotline}"] if calls else []
    return await start(folder, ["baresip", "-f", str(folder), *call], port=port, heard=partial(_heard, heard))


def _heard(folder: Path) -> bytes:
    """It keeps what it decoded beside what it encoded."""
    return b"".join(map(linear, folder.glob("*-dec.wav")))
