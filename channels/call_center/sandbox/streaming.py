"""
`<Stream>` as Twilio carries it out: a websocket that brings the microphone and takes what is to be heard.

What arrives is played at the speed of sound, one piece after another; marks come back when it is their turn.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp

from channels.call_center.sandbox.phone import FRAME_S, Phone
from channels.call_center.sandbox.world import RATE, World

if TYPE_CHECKING:
    Socket = aiohttp.ClientWebSocketResponse[bool]


class Streaming:
    """One stream of one call. `run` returns when the other end closes it, and raises what kept it from being opened."""

    def __init__(self, world: World, phone: Phone, url: str, parameters: dict[str, str]) -> None:
        self._world, self._phone, self._url, self._parameters = world, phone, url, parameters
        self._sid = "MZ" + secrets.token_hex(16)
        self._sequence = self._chunk = 0
        self._playing: asyncio.Queue[bytes | str] = asyncio.Queue()
        self.cleared = 0

    async def run(self) -> None:
        """From the first message to the last. Raises: aiohttp.ClientError."""
        async with aiohttp.ClientSession() as session, self._world.socket(session, self._url) as socket:
            self._phone.streams += 1
            await socket.send_json({"event": "connected", "protocol": "Call", "version": "1.0.0"})
            await self._tell(socket, "start", start=self._start())
            tasks = [asyncio.create_task(work(socket)) for work in (self._speak, self._press, self._play)]
            try:
                await self._until_over(socket)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                if not self._phone.cut.is_set():
                    await self._stop(socket)
                self._phone.cut.clear()

    def _start(self) -> dict[str, Any]:
        return {
            "accountSid": self._world.account,
            "streamSid": self._sid,
            "callSid": self._phone.sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1},
            "customParameters": self._parameters,
        }

    async def _stop(self, socket: Socket) -> None:
        with suppress(ConnectionError, RuntimeError, aiohttp.ClientError):
            ended = {"accountSid": self._world.account, "callSid": self._phone.sid}
            await self._tell(socket, "stop", stop=ended)

    async def _until_over(self, socket: Socket) -> None:
        """The other end closes it, or the connection breaks."""
        ends = [asyncio.create_task(self._listen(socket)), asyncio.create_task(self._phone.cut.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)

    async def _listen(self, socket: Socket) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            told = json.loads(message.data)
            assert told["streamSid"] == self._sid, "another stream's message"
            if told["event"] == "media":
                self._playing.put_nowait(base64.b64decode(told["media"]["payload"], validate=True))
            elif told["event"] == "mark":
                self._playing.put_nowait(str(told["mark"]["name"]))
            elif told["event"] == "clear":
                await self._clear(socket)

    async def _clear(self, socket: Socket) -> None:
        self.cleared += 1
        while not self._playing.empty():
            waiting = self._playing.get_nowait()
            if isinstance(waiting, str):
                await self._tell(socket, "mark", mark={"name": waiting})

    async def _play(self, socket: Socket) -> None:
        until = time.monotonic()
        while True:
            piece = await self._playing.get()
            if isinstance(piece, str):
                await self._tell(socket, "mark", mark={"name": piece})
                continue
            self._phone.heard += piece
            until = max(until, time.monotonic()) + len(piece) / RATE
            await asyncio.sleep(until - time.monotonic())

    async def _speak(self, socket: Socket) -> None:
        due = began = time.monotonic()
        while True:
            self._chunk += 1
            said = {
                "track": "inbound",
                "chunk": str(self._chunk),
                "timestamp": str(round((due - began) * 1000)),
                "payload": base64.b64encode(self._phone.frame()).decode(),
            }
            await self._tell(socket, "media", media=said)
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _press(self, socket: Socket) -> None:
        while True:
            key = await self._phone.keys.get()
            await self._tell(socket, "dtmf", dtmf={"track": "inbound_track", "digit": key})

    async def _tell(self, socket: Socket, event: str, **more: Any) -> None:
        self._sequence += 1
        head = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": self._sid}
        await socket.send_json(head | more)
