"""A citizen at a browser without scripts: reads a page, fills its form with everything that stands in it, sends it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from aiohttp import FormData, web
from aiohttp.test_utils import TestClient
from PIL import Image

from gateway.deployment import Deployment
from tests.support.deployments import World

CONTENT = "Nắp cống trước cổng trường bị vỡ, xe máy sụp bánh nhiều lần."
PLACE = "Trước số 12 đường Lê Lợi"
GPS_IFD, LATITUDE = 0x8825, 2


@dataclass
class Form:
    """One form of a page: where it goes and what stands in it."""

    action: str
    multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return next(value for key, value in self.fields if key == name)


class _Forms(HTMLParser):
    """Collects the forms of a page with their values, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("enctype", "") == "multipart/form-data"))
        elif tag == "textarea":
            self._area = given["name"]
            self.forms[-1].fields.append((given["name"], ""))
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1].fields.append((self._select, given["value"]))
        elif tag == "input" and self.forms and "name" in given:
            self._input(given)

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        if kind != "file":
            self.forms[-1].fields.append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, value = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, (value + data).removeprefix("\n"))
        elif data.strip():
            self.words.append(" ".join(data.split()))


@dataclass
class Shown:
    """A page as it came back; `path` is where the redirects led."""

    status: int
    html: str
    path: str
    headers: Any

    @property
    def text(self) -> str:
        """Its words, without tags and fields."""
        return " ".join(self._read().words)

    def form(self, action: str) -> Form:
        """The form that goes there."""
        return next(form for form in self._read().forms if form.action == action)

    def has_form(self, action: str) -> bool:
        """Whether there is one."""
        return any(form.action == action for form in self._read().forms)

    def _read(self) -> _Forms:
        reader = _Forms()
        reader.feed(self.html)
        return reader


@dataclass
class File:
    """A file to attach."""

    name: str
    data: bytes
    media_type: str = "image/jpeg"


@dataclass
class Citizen:
    """One browser on one portal."""

    world: World
    client: TestClient[web.Request, web.Application]

    @property
    def deployment(self) -> Deployment:
        """What answers."""
        return self.world.deployment

    async def see(self, path: str, **options: Any) -> Shown:
        """Open a page."""
        async with self.client.get(path, **options) as response:
            return await _shown(response)

    async def send(
        self, form: Form, files: list[File] | None = None, *, add: tuple[tuple[str, str], ...] = (), **changes: str
    ) -> Shown:
        """Send a form as it stands, with what was typed (`changes`) or ticked (`add`) laid over it."""
        fields = [(name, changes.pop(name, value)) for name, value in form.fields]
        body = FormData(default_to_multipart=form.multipart)
        for name, value in [*fields, *changes.items(), *add]:
            body.add_field(name, value)
        for file in files or []:
            body.add_field("media", file.data, filename=file.name, content_type=file.media_type)
        async with self.client.post(form.action, data=body) as response:
            return await _shown(response)

    async def report(self, files: list[File] | None = None, **changes: str) -> Shown:
        """Send a report; content and place are given unless changed."""
        form = (await self.see("/phan-anh")).form("/phan-anh")
        return await self.send(form, files, **{"content": CONTENT, "place": PLACE, **changes})

    async def open(self, code: str, pin: str) -> Shown:
        """Type code and PIN."""
        form = (await self.see("/tra-cuu")).form("/tra-cuu")
        return await self.send(form, code=code, pin=pin)

    async def reported(self, **changes: str) -> tuple[str, str]:
        """Code and PIN of a report that was sent and taken up."""
        sent = await self.report(**changes)
        await self.world.settle()
        return ticket(sent)

    def forget_cookies(self) -> None:
        """Another browser."""
        self.client.session.cookie_jar.clear()


def ticket(page: Shown) -> tuple[str, str]:
    """Code and PIN as the page after sending shows them."""
    assert page.path == "/phan-anh/da-gui", page.text
    code = page.html.partition('id="ma">')[2].partition("<")[0]
    pin = page.html.partition('id="pin">')[2].partition("<")[0]
    return code, pin


def photo(*, place: bool = True, size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG; with the place where it was taken, and the owner's name, in its EXIF."""
    image, out = Image.new("RGB", size, (90, 120, 60)), io.BytesIO()
    exif = Image.Exif()
    if place:
        exif[0x013B] = "Canary Owner"
        exif.get_ifd(GPS_IFD)[LATITUDE] = (16.0, 27.0, 49.32)
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def _shown(response: Any) -> Shown:
    return Shown(response.status, await response.text(), response.url.path, response.headers)
