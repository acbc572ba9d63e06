"""linphone 5 (GPL, a program of its own) at its command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.phones.phone import HOTLINE, NUMBER, Phone, linear, microphone, start

CONFIG = """
[sip]
sip_port={port}
sip_tcp_port=0
sip_tls_port=0
contact="An" <sip:{number}@127.0.0.1:{port}>
guess_hostname=0
media_encryption=none
[net]
firewall_policy=0
[rtp]
audio_rtp_port={rtp}
[sound]
echocancellation=0
agc=0
[audio_codec_0]
mime=PCMA
rate=8000
channels=1
enabled=1
"""


async def linphone(folder: Path, *, port: int, hotline: int, calls: bool) -> Phone:
    """A telephone that calls, or takes a call; its sound comes from a file and goes to one."""
    heard = folder / "heard.wav"
    (folder / ".local" / "share" / "linphone").mkdir(parents=True)
    (folder / "linphonerc").write_text(CONFIG.format(port=port, number=NUMBER, rtp=port + 1))
    command = ["linphonec", "-a", "-c", str(folder / "linphonerc")]
    phone = await start(folder, command, port=port, heard=partial(linear, heard))
    await phone.type("soundcard use files", f"play {microphone(folder)}", f"record {heard}")
    await phone.ready()
    if calls:
        await phone.type(f"call sip:{HOTLINE}@127.0.0.1:{hotline}")
    return phone
