"""Browsers that ring: whoever types code and PIN of a web report there switches notices on, on our own page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

import aiohttp

from channels.webpush.sandbox import Mood as PushMood
from channels.webpush.sandbox import PushSandbox, SandboxBrowser
from gateway.sandbox.players import PEOPLE, Act, Arrived, CannotDo, Facts, Mood, NotTaken, Person

PAGE = "/tra-cuu"
BELL = "/tra-cuu/phan-anh/thong-bao"
HOW_VI = "Gõ mã phản ánh (12 chữ số) và mã PIN của một phản ánh gửi trên cổng, ví dụ: 2611 1600 0011 1234."
WRONG_VI = "Trang tra cứu không mở được bằng mã và PIN này."
ELSEWHERE_VI = "Phản ánh này không gửi trên cổng, nên tin về nó đi theo kênh đã gửi."
_CODE_DIGITS = 12
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_MOODS: Mapping[Mood, PushMood] = MappingProxyType({Mood.THROTTLED: "throttled", Mood.ERROR: "error", Mood.LOST: "cut"})


class PushPlayer:
    """A push service, and the browsers behind it. `first` tells one start's browsers from those of another."""

    facts = Facts("push", "Trình duyệt", kind="browser", can=frozenset())

    def __init__(self, *, gateway: str, first: int) -> None:
        self.gateway = gateway
        self._first = first
        self._service = PushSandbox()
        self._browsers: dict[str, SandboxBrowser] = {}

    @property
    def addresses(self) -> Mapping[str, str]:
        """The push service."""
        return {"http": self._service.url}

    async def start(self, ports: Mapping[str, int]) -> None:
        """One port."""
        await self._service.start(port=ports.get("push", 0))
        self._browsers = {key: self._service.subscribe(f"{key}-{self._first}") for _, key in PEOPLE}

    async def stop(self) -> None:
        """Close it."""
        await self._service.stop()

    def people(self) -> Sequence[Person]:
        """One browser each."""
        return [Person(key, name, "trình duyệt") for name, key in PEOPLE]

    async def act(self, person: str, act: Act) -> None:
        """Open a report with code and PIN, and switch notices on. Raises CannotDo, NotTaken."""
        digits = "".join(sign for sign in act.text if sign.isdecimal())
        if len(digits) <= _CODE_DIGITS:
            raise CannotDo(HOW_VI)
        jar = aiohttp.CookieJar(unsafe=True)  # the gateway's host is a number here
        try:
            async with aiohttp.ClientSession(self.gateway, cookie_jar=jar) as browser:
                await self._ring(browser, person, code=digits[:_CODE_DIGITS], pin=digits[_CODE_DIGITS:])
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotTaken(type(error).__name__) from error

    async def _ring(self, browser: aiohttp.ClientSession, person: str, *, code: str, pin: str) -> None:
        """What the page and its script do."""
        async with browser.get(PAGE) as form:
            csrf = _csrf_of(await form.text())
        async with browser.post(PAGE, data={"csrf": csrf, "code": code, "pin": pin}) as opened:
            if opened.url.path == PAGE:
                raise CannotDo(WRONG_VI)
            csrf = _csrf_of(await opened.text())
        given = self._browsers[person].subscription()
        wanted = {"csrf": csrf, "endpoint": given["endpoint"], **given["keys"]}
        async with browser.post(BELL, data=wanted) as answer:
            if answer.status == HTTPStatus.CONFLICT:
                raise CannotDo(ELSEWHERE_VI)
            if answer.status != HTTPStatus.NO_CONTENT:
                raise NotTaken(f"HTTP {answer.status}")

    def arrived(self, person: str) -> Sequence[Arrived]:
        """What lay on the locked screen, one after the other."""
        return [Arrived(f"{one['title']}\n{one['body']}") for one in self._browsers[person].rung]

    def waiting(self) -> bool:
        """The page answers at once."""
        return False

    def behave(self, mood: Mood) -> None:
        """The push service's own."""
        self._service.mood = _MOODS.get(mood, "normal")

    async def retry(self) -> None:
        """Nothing waits."""


def _csrf_of(page: str) -> str:
    found = _CSRF.search(page)
    return found[1] if found else ""
