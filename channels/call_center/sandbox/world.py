"""What all played calls share: who we are to Twilio, who answers how, what was recorded, and the way to the gateway."""

from __future__ import annotations

import io
import struct
import wave
from bisect import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from channels.playing import twilio_signature

ULAW_SILENCE = b"\xff"
RATE = 8000


class Answer(StrEnum):
    """What becomes of a call to somebody, in Twilio's words."""

    TAKEN = "in-progress"
    BUSY = "busy"
    NOBODY = "no-answer"
    FAILED = "failed"


@dataclass
class World:
    """
    One account and its telephones.

    `public_url` begins every address that the gateway names, and `gateway` is where it is really found; signatures are
    made over the public address. `answers`: how numbers take calls, others as `otherwise`. `patience`: how long
    silences and timeouts last, compared with the real ones. `tells`: how often each news is told. `trouble`: the status
    by which everything that the gateway wants is refused; 0: none.
    """

    account: str
    token: str = field(repr=False)
    number: str
    public_url: str
    gateway: str
    answers: dict[str, Answer] = field(default_factory=dict)
    otherwise: Answer = Answer.TAKEN
    patience: float = 1.0
    tells: int = 1
    trouble: int = 0
    recordings: dict[str, bytes] = field(default_factory=dict)
    refused: list[tuple[str, int]] = field(default_factory=list)

    @property
    def voice_hook(self) -> str:
        """What was written into the number's page at Twilio."""
        return f"{self.public_url}/hooks/twilio/{self.account}/voice"

    @property
    def status_hook(self) -> str:
        """The number's own status callback."""
        return f"{self.public_url}/hooks/twilio/{self.account}/status"

    async def tell(self, url: str, fields: Mapping[str, str]) -> None:
        """News, to which nothing is to be answered."""
        for _ in range(self.tells):
            await self.post(url, fields)

    async def post(self, url: str, fields: Mapping[str, str]) -> str | None:
        """Call one of the gateway's hooks; the document it answers, None where it is away or refuses."""
        given = dict(fields)
        headers = {
            "X-Twilio-Signature": twilio_signature(self.token, url, given),
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        }
        there, data = URL(self._really(url), encoded=True), urlencode(given).encode()
        try:
            async with aiohttp.ClientSession() as session, session.post(there, data=data, headers=headers) as got:
                if got.status >= 400:
                    self.refused.append((url, got.status))
                    return None
                return await got.text()
        except (aiohttp.ClientError, TimeoutError):
            self.refused.append((url, 0))
            return None

    def socket(self, session: aiohttp.ClientSession, url: str) -> aiohttp.client._WSRequestContextManager:
        """Open a stream, as the documentation says: the address is signed, a query is not kept."""
        bare = url.partition("?")[0]
        headers = {"X-Twilio-Signature": twilio_signature(self.token, bare, {})}
        return session.ws_connect(URL(self._really(bare), encoded=True), headers=headers)

    def _really(self, url: str) -> str:
        """Where a public address is found on this machine."""
        for scheme in ("http", "ws"):
            public = scheme + self.public_url.removeprefix("http")
            if url.startswith(public):
                return scheme + self.gateway.removeprefix("http") + url.removeprefix(public)
        return url


def wav(ulaw: bytes) -> bytes:
    """A recording as Twilio keeps it: 16 bit, one channel."""
    samples = struct.pack(f"<{len(ulaw)}h", *(linear(byte) for byte in ulaw))
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples)
    return made.getvalue()


def ulaw(samples: Iterable[int]) -> bytes:
    """Linear sound in µ-law: each sample by the value that lies nearest."""
    return bytes(_nearest(sample) for sample in samples)


def _nearest(sample: int) -> int:
    place = bisect(_VALUES, sample)
    return min(_CODES[max(0, place - 1) : place + 1], key=lambda code: abs(linear(code) - sample))


def linear(byte: int) -> int:
    """One sample of µ-law (ITU-T G.711), as a textbook has it."""
    inverted = ~byte & 0xFF
    size = (((inverted & 0x0F) << 3) + 0x84) << ((inverted & 0x70) >> 4)
    return 0x84 - size if inverted & 0x80 else size - 0x84


_CODES = sorted(range(256), key=linear)
_VALUES = [linear(code) for code in _CODES]
