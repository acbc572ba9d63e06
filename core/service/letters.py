"""
Letters of a case: who is answered, about what, with which pictures; drawn by `core.letters`.

What goes into one is gathered by whoever may see it (staff behind the curtain, a reporter after their PIN, a notice on
its way) as `Told`; nothing else of the case has a way into a letter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from core.clock import local
from core.contract.errors import CaseError, GatewayError, NotFound
from core.contract.schema import Attachment, AttachmentKind
from core.identity.codes import format_code
from core.letters import Letter, LetterFacts, Photo, as_page, compose
from core.letters.photos import photo_of
from core.letters.plain import as_file
from core.letters.printing import MOST_PHOTOS, Printer
from core.notify.house import House
from core.privacy.media import FileMediaStore
from core.regulations.letters import RESULT, LetterForm
from core.regulations.model import Pack

log = structlog.get_logger()

SOMEBODY = "cá nhân, tổ chức"
"""Whom a letter speaks to where nobody gave a name: the form's own words."""


class LetterWithheld(CaseError):
    """A state secret may be in it: nothing of such a case is exported (VN-3): 409."""

    code = "letter_withheld"
    vi = "Hồ sơ có dấu hiệu bí mật nhà nước: không tạo văn bản trên hệ thống này. Vui lòng thực hiện theo chế độ mật."


@dataclass(frozen=True)
class Told:
    """
    What one letter tells, already in words.

    Args:
        code: of the report, twelve digits. `name`, `organisation`: of its reporter, masked or not.
        units: who handled it. `at`: when it was answered; the date of the letter.
        media: stored keys that go with it, chosen one by one. `labels`: how each is called.
    """

    code: str
    answer: str
    at: datetime
    name: str = ""
    organisation: str = ""
    content: str = ""
    place: str = ""
    category: str = ""
    received_at: datetime | None = None
    handled_at: datetime | None = None
    units: tuple[str, ...] = ()
    number: str = ""
    addressee: str = ""
    media: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A letter with its pictures, ready to be drawn."""

    letter: Letter
    photos: tuple[Photo, ...] = ()

    @property
    def page(self) -> str:
        """As a page of its own."""
        return as_page(self.letter, self.photos)

    @property
    def text(self) -> str:
        """As a text file."""
        return as_file(self.letter)


class LetterDesk:
    """Writes the letters of a deployment."""

    def __init__(self, *, media: FileMediaStore, house: House, printer: Printer | None = None) -> None:
        self._media = media
        self._house = house
        self.printer = printer or Printer()

    async def make(self, pack: Pack, told: Told, *, name: str = RESULT, draft: bool = False) -> Made:
        """
        One letter of this pack.

        Raises: NotFound: the pack has no letter of this name.
        """
        form = pack.letter.forms().get(name)
        if form is None:
            raise NotFound(f"no letter {name}")
        return await self.fill(form, told, name=name, place=pack.meta.place, draft=draft)

    async def fill(self, form: LetterForm, told: Told, *, name: str, place: str, draft: bool = False) -> Made:
        """A letter of this form; `place`: the province it is written in."""
        photos, files = await self._gather(told)
        return Made(compose(form, self._facts(place, told), name=name, files=files, draft=draft), photos)

    async def pdf(self, made: Made) -> bytes:
        """The letter on paper. Raises LetterNotDrawn."""
        return await self.printer.pdf(made.letter, made.photos)

    async def attach(self, made: Made, *, subject_id: str) -> Attachment | None:
        """The PDF, stored under the person it is for; None where it could not be drawn: its words are sent anyway."""
        try:
            drawn = await self.pdf(made)
            name = f"tra-loi-{made.letter.code.replace(' ', '') or made.letter.name}.pdf"
            return await self._media.put_file(drawn, subject_id=subject_id, name=name, ours=True)
        except GatewayError as error:
            log.warning("letter_not_attached", error=str(error) or type(error).__name__)
            return None

    def _facts(self, place: str, told: Told) -> LetterFacts:
        day = local(told.at)
        return LetterFacts(
            reporter=addressed(told.name, told.organisation),
            unit=", ".join(told.units) or self._house.office,
            addressee=told.addressee,
            answer=told.answer,
            content=told.content,
            code=format_code(told.code),
            category=told.category,
            place=told.place,
            received=_written(told.received_at),
            handled=_written(told.handled_at),
            number=told.number,
            date=_written(told.at),
            province=place,
            hotline=self._house.hotline,
            link=self._house.follow_url,
            day=day.day,
            month=day.month,
            year=day.year,
        )

    async def _gather(self, told: Told) -> tuple[tuple[Photo, ...], tuple[str, ...]]:
        """Pictures to be shown, and the names of the other files; one that is gone is left out."""
        photos, files = list[Photo](), list[str]()
        for number, key in enumerate(told.media, start=1):
            label = told.labels.get(key, "") or f"Tệp {number}"
            try:
                found = await self._media.open(key)
            except GatewayError:
                continue
            photo = None
            if found.media_type.startswith(AttachmentKind.IMAGE.value) and len(photos) < MOST_PHOTOS:
                photo = await asyncio.to_thread(photo_of, found.data, label=label)
            if photo is None:
                files.append(label)
            else:
                photos.append(photo)
        return tuple(photos), tuple(files)


def addressed(name: str, organisation: str) -> str:
    """How a sentence speaks of a reporter: an organisation by its name, a person with "ông/bà"."""
    if organisation.strip():
        return organisation.strip()
    return f"ông/bà {name.strip()}" if name.strip() else SOMEBODY


def numbered(keys: Iterable[str]) -> dict[str, str]:
    """Labels for what goes with an answer, where nobody named it."""
    return dict(_numbered(keys))


def _numbered(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((key, f"Minh chứng {number}") for number, key in enumerate(keys, start=1))


def _written(at: datetime | None) -> str:
    """23/11/2026, in Việt Nam."""
    return f"{local(at):%d/%m/%Y}" if at else ""
