"""TwiML carried out on one telephone, verb after verb, as the documentation says."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from xml.etree.ElementTree import Element, fromstring

import aiohttp

from channels.call_center.sandbox.phone import FRAME_S, Phone
from channels.call_center.sandbox.streaming import Streaming
from channels.call_center.sandbox.world import Answer, World, wav

MOST_DOCUMENTS = 20
KNOWN = frozenset({"Say", "Pause", "Gather", "Record", "Connect", "Dial", "Redirect", "Reject", "Hangup"})


class Over(Exception):
    """The call ends here, with this status."""


class Elsewhere(Exception):
    """The rest of the document is forgotten: another one counts."""

    def __init__(self, document: str | None) -> None:
        super().__init__()
        self.document = document


class Carrying:
    """Carries documents out for a telephone. `dialled` are the numbers that `<Dial>` rang."""

    def __init__(self, world: World, phone: Phone) -> None:
        self._world, self._phone = world, phone
        self._verbs: Mapping[str, Callable[[Element], Awaitable[None]]] = {
            "Say": self._say,
            "Pause": self._pause,
            "Gather": self._gather,
            "Record": self._record,
            "Connect": self._connect,
            "Dial": self._dial,
            "Redirect": self._redirect,
            "Reject": self._reject,
            "Hangup": self._hangup,
        }
        self.dialled: list[str] = []

    async def run(self, document: str | None) -> str:
        """All of it, and whatever it leads to; the status at the end."""
        try:
            for _ in range(MOST_DOCUMENTS):
                try:
                    await self._document(document)
                    return "completed"
                except Elsewhere as other:
                    document = other.document
        except Over as over:
            return str(over)
        return "failed"  # a document that leads to itself

    async def ask(self, url: str, **more: str) -> str | None:
        """What a hook wants next."""
        return await self._world.post(url, fields_of(self._world, self._phone) | more)

    async def _document(self, document: str | None) -> None:
        if document is None:
            raise Over("failed")  # "an application error has occurred"
        root = fromstring(document)  # noqa: S314 - our own gateway wrote it
        assert root.tag == "Response", root.tag
        for verb in root:
            assert verb.tag in KNOWN, f"Twilio knows no <{verb.tag}>"
            self._phone.verbs.append(verb.tag)
            await self._verbs[verb.tag](verb)

    async def _say(self, verb: Element) -> None:
        self._phone.said.append(verb.text or "")

    async def _pause(self, verb: Element) -> None:
        await asyncio.sleep(float(verb.get("length", "1")) * self._world.patience)

    async def _gather(self, verb: Element) -> None:
        for child in verb:
            await self._verbs[child.tag](child)
        keys, ends = "", verb.get("finishOnKey", "#")
        try:
            while True:
                async with asyncio.timeout(float(verb.get("timeout", "5")) * self._world.patience):
                    key = await self._phone.keys.get()
                if key in ends:
                    break
                keys += key
        except TimeoutError:
            pass
        if keys:
            raise Elsewhere(await self.ask(verb.attrib["action"], Digits=keys))

    async def _record(self, verb: Element) -> None:
        """Until a key, silence or the end of the call; silence alone is no recording."""
        said, keys = await self._take(verb)
        if not said:
            return
        name = "RE" + secrets.token_hex(16)
        self._world.recordings[name] = wav(said)
        seconds, below = str(max(1, round(len(said) / 8000))), f"/2010-04-01/Accounts/{self._world.account}/Recordings"
        about = {"RecordingSid": name, "RecordingUrl": f"https://api.twilio.com{below}/{name}"}
        told = about | {"RecordingDuration": seconds}
        if url := verb.get("recordingStatusCallback"):
            status = {"RecordingStatus": "completed", "RecordingChannels": "1", "RecordingSource": "RecordVerb"}
            await self._world.tell(url, fields_of(self._world, self._phone) | told | status)
        raise Elsewhere(await self.ask(verb.attrib["action"], **told, Digits=keys))

    async def _take(self, verb: Element) -> tuple[bytes, str]:
        silent, said, spoke = 0.0, bytearray(), False
        ends, longest = verb.get("finishOnKey", "1234567890*#"), float(verb.get("maxLength", "3600"))
        patience = float(verb.get("timeout", "5")) * self._world.patience
        while len(said) / 8000 < longest and silent < patience:
            if not self._phone.keys.empty() and (key := self._phone.keys.get_nowait()) in ends:
                return bytes(said) if spoke else b"", key
            speaks = self._phone.speaks
            said += self._phone.frame()
            spoke, silent = spoke or speaks, 0.0 if speaks else silent + FRAME_S
            if self._phone.gone.is_set() and not speaks:
                return bytes(said) if spoke else b"", "hangup"
            await asyncio.sleep(FRAME_S)
        return bytes(said) if spoke else b"", ""

    async def _connect(self, verb: Element) -> None:
        """A stream that cannot be opened is none: the document goes on."""
        (noun,) = verb
        assert noun.tag == "Stream", noun.tag
        parameters = {one.attrib["name"]: one.attrib["value"] for one in noun.findall("Parameter")}
        try:
            await Streaming(self._world, self._phone, noun.attrib["url"], parameters).run()
        except (aiohttp.ClientError, OSError, TimeoutError):
            self._phone.verbs.append("31920")

    async def _dial(self, verb: Element) -> None:
        number = (verb.findtext("Number") or verb.text or "").strip()
        self.dialled.append(number)
        answer = self._world.answers.get(number, self._world.otherwise)
        await asyncio.sleep(0.05)
        status = "completed" if answer is Answer.TAKEN else str(answer)
        if url := verb.get("action"):
            raise Elsewhere(await self.ask(url, DialCallStatus=status))

    async def _redirect(self, verb: Element) -> None:
        raise Elsewhere(await self.ask((verb.text or "").strip()))

    async def _reject(self, verb: Element) -> None:
        raise Over("busy" if verb.get("reason") == "busy" else "failed")

    async def _hangup(self, _verb: Element) -> None:
        raise Over("completed")


def fields_of(world: World, phone: Phone) -> dict[str, str]:
    """What every request about a call says."""
    ours = phone.direction != "inbound"
    return {
        "CallSid": phone.sid,
        "AccountSid": world.account,
        "ApiVersion": "2010-04-01",
        "Direction": phone.direction,
        "CallStatus": phone.status,
        "From": phone.other if ours else phone.number,
        "To": phone.number if ours else phone.other,
    }
