"""
The provider, played: citizens with Messenger, posts with comments, and the Graph API that our messages go to.

It signs what it sends, checks the token and the proof of what it gets, and keeps the windows as the real one does; the
gateway's own code is what is tried. It shares no code with the adapter. The Graph API itself is in `sandbox_graph`.

| method | path | what |
|---|---|---|
| GET | /phones | citizens, and what their phones show, oldest first |
| POST | /phones/{id}/say | text, photo (base64), place {latitude, longitude}, button {title, payload}; comment: true |
| POST | /phones/{id}/staff | text: a person answers in the Page's own inbox |
| POST | /phones/{id}/look | the citizen reads what is there |
| GET, POST | /mood | mood, seconds (for slow) |
"""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from channels.facebook.sandbox_graph import graph_routes
from channels.facebook.sandbox_state import Comment, Mood, Phone, Shown, batch, signature, written
from channels.playing import read_object

HOST = "127.0.0.1"
APP_ID = "900001"
OTHER_APP = "263902037430900"
TRIES = 4


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class FacebookSandbox:
    """
    The provider as an object. `hook`: the gateway's address for events; empty: they are only kept in `events`.

    `pages`: Page id → token. `used`: percent of our share that it tells with each answer. `first`: of all its numbers.
    """

    pages: dict[str, str]
    app_secret: str
    verify_token: str = ""
    hook: str = ""
    app_id: str = APP_ID
    clock: Callable[[], datetime] = _utc_now
    mood: Mood = Mood.NORMAL
    seconds: float = 1.0
    used: float = 3.0
    url: str = ""
    phones: dict[str, Phone] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    templates: set[str] = field(default_factory=lambda: {"status_update"})
    subscribed: set[str] = field(default_factory=set)
    human_agent: bool = True
    token_end: datetime | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    refused: int = 0
    _held: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _untold: list[Sequence[tuple[str, dict[str, Any]]]] = field(default_factory=list)
    first: int = 1
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        self._numbers = itertools.count(self.first)

    async def start(self, *, port: int = 0) -> None:
        """Open the port (0: any free one); the address is in `url`."""
        self._runner = web.AppRunner(self.app())
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self.subscribed |= set(self.pages)

    async def stop(self) -> None:
        """Close the port, once everything is delivered."""
        await self.quiet()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def quiet(self) -> None:
        """Wait until no event is on its way to the gateway."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def app(self) -> web.Application:
        """The Graph API and the citizens' side, also to be mounted by others."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.add_routes(
            [
                web.get("/phones", self._get_phones),
                web.post("/phones/{id}/say", self._post_say),
                web.post("/phones/{id}/staff", self._post_staff),
                web.post("/phones/{id}/look", self._post_look),
                web.get("/mood", self._get_mood),
                web.post("/mood", self._post_mood),
                web.get("/cdn/{name}", self._get_file),
                *graph_routes(self),
            ]
        )
        return app

    def phone(self, name: str = "Nguyễn Văn An", *, page: str = "") -> Phone:
        """A citizen of this name on a Page (the first one), who is there already or comes now."""
        at = page or next(iter(self.pages))
        known = [one for one in self.phones.values() if (one.name, one.page) == (name, at)]
        if known:
            return known[0]
        number = self.number()
        made = Phone(f"24600000000{number:05d}", at, name, f"1220000000{number:05d}")
        return self.phones.setdefault(made.id, made)

    def number(self) -> int:
        """The next number for an id."""
        return next(self._numbers)

    async def connect(self) -> bool:
        """What the provider does when the hook is entered: does it answer the challenge with nothing but it?"""
        challenge = f"{1_158_201_444 + self.number()}"
        query = {"hub.mode": "subscribe", "hub.verify_token": self.verify_token, "hub.challenge": challenge}
        async with aiohttp.ClientSession() as session, session.get(self.hook, params=query) as answer:
            return answer.status == 200 and await answer.text() == challenge

    async def say(self, phone: Phone, text: str = "", *, photo: bytes = b"", **more: Any) -> str:
        """A citizen writes on Messenger, shows a photo, or presses a quick reply. Returns the message's id."""
        mid = f"m_{self.number():06d}"
        message: dict[str, Any] = {"mid": mid} | ({"text": text} if text else {}) | more
        if photo:
            self.files[mid] = photo
            message["attachments"] = [{"type": "image", "payload": {"url": f"{self.url}/cdn/{mid}"}}]
        await self.happen(phone, {"message": message})
        phone.shown.append(Shown(mid, text or "[ảnh]", by="citizen"))
        return mid

    async def show_place(self, phone: Phone, latitude: float, longitude: float) -> str:
        """There is no sharing of places any more: people send a link to a map."""
        return await self.say(phone, f"https://www.google.com/maps?q={latitude},{longitude}")

    async def press(self, phone: Phone, title: str) -> str:
        """Press the button of this title that is shown last."""
        buttons = [button for one in reversed(phone.shown) for button in one.buttons if button["title"] == title]
        return await self.say(phone, title, quick_reply={"payload": buttons[0]["payload"]})

    async def happen(self, phone: Phone, what: Mapping[str, Any], *, by_page: bool = False) -> None:
        """An event of a conversation reaches the gateway."""
        ends = [{"id": phone.id}, {"id": phone.page}]
        sender, recipient = reversed(ends) if by_page else ends
        if not by_page:
            phone.wrote_at = self.clock()
        event = {"sender": sender, "recipient": recipient, "timestamp": self.now_ms()} | dict(what)
        await self.deliver([(phone.page, {"messaging": [event]})])

    async def comment(self, phone: Phone, text: str, *, post: str = "50", **more: Any) -> Comment:
        """A citizen writes under a post, for everybody to read."""
        post = f"{phone.page}_{post}"
        made = Comment(f"{post.partition('_')[0]}_{900 + self.number()}", post, phone, self.clock(), text)
        self.comments[made.id] = made
        await self.change(made, "add", **more)
        return made

    async def change(self, comment: Comment, verb: str, **more: Any) -> None:
        """A comment was written, mended, hidden or taken back."""
        author = comment.author
        value = {
            "item": "comment",
            "verb": verb,
            "comment_id": comment.id,
            "post_id": comment.post,
            "parent_id": comment.post,
            "from": {"id": author.public_id, "name": author.name},
            "message": comment.text,
            "created_time": self.now_ms() // 1000,
        } | more
        await self.deliver([(author.page, {"changes": [{"field": "feed", "value": value}]})])

    async def answer_in_inbox(self, phone: Phone, text: str) -> None:
        """A person of the office answers in the Page's own inbox: the gateway hears of it only as an echo."""
        mid = f"m_{self.number():06d}"
        phone.shown.append(Shown(mid, text, by="person"))
        await self.happen(
            phone, {"message": {"mid": mid, "is_echo": True, "app_id": int(OTHER_APP), "text": text}}, by_page=True
        )

    async def look(self, phone: Phone) -> None:
        """The citizen reads what is there."""
        event = {"read": {"watermark": self.now_ms()}}
        wrote_at = phone.wrote_at
        await self.happen(phone, event)
        phone.wrote_at = wrote_at

    def now_ms(self) -> int:
        """The provider's time."""
        return int(self.clock().timestamp() * 1000)

    def deliver_soon(self, phone: Phone, *events: Mapping[str, Any]) -> None:
        """Events that nobody waits for: echo and receipt of what we sent."""
        entry = {"messaging": [dict(event) for event in events]}
        task = asyncio.get_running_loop().create_task(self._tell([(phone.page, entry)]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def deliver(self, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Send a batch as the mood says: once, twice, or kept back until `flush`."""
        if self.mood is Mood.DISORDER:
            self._held += entries
            return
        for _ in range(2 if self.mood is Mood.DUPLICATE else 1):
            await self.post(batch(entries, at=self.now_ms()))

    async def _tell(self, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """As `deliver`; kept for `repeat` while nobody is there to be told."""
        try:
            await self.deliver(entries)
        except aiohttp.ClientError:
            self._untold.append(entries)

    async def repeat(self) -> None:
        """Tell again what nobody was there for."""
        untold, self._untold = self._untold, []
        for entries in untold:
            await self._tell(entries)

    async def flush(self) -> None:
        """Send what was kept back: one batch, the last first."""
        held, self._held = self._held, []
        if held:
            await self.post(batch(held[::-1], at=self.now_ms()))

    async def post(self, event: dict[str, Any]) -> None:
        """One signed delivery, tried a few times at once."""
        self.events.append(event)
        body = written(event)
        headers = {"X-Hub-Signature-256": signature(body, self.app_secret), "Content-Type": "application/json"}
        if not self.hook:
            return
        async with aiohttp.ClientSession() as session:
            for _ in range(TRIES):
                async with session.post(self.hook, data=body, headers=headers) as answer:
                    if answer.status == 200:
                        return
        self.refused += 1

    async def _get_phones(self, request: web.Request) -> web.Response:
        return web.json_response([_page_of(phone) for phone in self.phones.values()])

    async def _post_say(self, request: web.Request) -> web.Response:
        phone, wanted = self._phone(request), await read_object(request)
        text, place, button = str(wanted.get("text", "")), wanted.get("place"), wanted.get("button")
        if wanted.get("comment"):
            await self.comment(phone, text)
        elif isinstance(place, dict):
            await self.show_place(phone, float(place["latitude"]), float(place["longitude"]))
        elif isinstance(button, dict):
            await self.say(phone, str(button.get("title", "")), quick_reply={"payload": str(button["payload"])})
        else:
            await self.say(phone, text, photo=base64.b64decode(wanted.get("photo") or b""))
        return web.json_response(_page_of(phone))

    async def _post_staff(self, request: web.Request) -> web.Response:
        phone, wanted = self._phone(request), await read_object(request)
        await self.answer_in_inbox(phone, str(wanted.get("text", "")))
        return web.json_response(_page_of(phone))

    async def _post_look(self, request: web.Request) -> web.Response:
        phone = self._phone(request)
        await self.look(phone)
        return web.json_response(_page_of(phone))

    async def _get_mood(self, request: web.Request) -> web.Response:
        return web.json_response({"mood": self.mood, "seconds": self.seconds, "moods": list(Mood)})

    async def _post_mood(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            self.mood = Mood(str(wanted.get("mood", self.mood)))
            self.seconds = float(wanted.get("seconds", self.seconds))
        except (ValueError, TypeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return await self._get_mood(request)

    async def _get_file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found, content_type="image/jpeg")

    def _phone(self, request: web.Request) -> Phone:
        """The citizen that a path names; a new name is a new citizen."""
        named = request.match_info["id"]
        return self.phones.get(named) or self.phone(named)


def _page_of(phone: Phone) -> dict[str, Any]:
    return asdict(phone) | {"wrote_at": phone.wrote_at.isoformat() if phone.wrote_at else None}
