"""Mail on stage: the deployment's own mailbox, and citizens whose programs answer with the old text quoted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import format_datetime, parseaddr

from channels.email.sandbox import Mood
from channels.email.sandbox_mails import KeptMail, write, write_reply
from tests.support.deployments import MAILBOX, World
from tests.support.stage import Stage, Staging

PEOPLE = {"an": "an@hopthu.example.vn", "binh": "binh@hopthu.example.vn"}


@dataclass
class _EmailStage:
    """The citizens' provider; `times` is how often it brings a mail."""

    world: World
    times: int = 1

    def citizen(self, name: str) -> _Citizen:
        return _Citizen(self, PEOPLE[name])

    async def quiet(self) -> None:
        """A mail has arrived once it was sent."""

    def double(self, *, on: bool) -> None:
        self.times = 2 if on else 1

    def lose(self, *, on: bool) -> None:
        self.world.mail.mood = Mood.CUT_AFTER if on else Mood.NORMAL


@dataclass
class _Citizen:
    """Somebody with a mail address; after the first mail they answer the last one that came."""

    stage: _EmailStage
    address: str

    async def write(self, text: str) -> None:
        first = {"from": self.address, "to": MAILBOX, "subject": "Phản ánh", "text": text}
        mail = write_reply(self._mails()[-1], text) if self._mails() else write(first)
        mail.replace_header("Date", format_datetime(self.stage.world.clock()))
        for _ in range(self.stage.times):
            to = parseaddr(str(mail["To"]))[1]
            await self.stage.world.mail.send(mail.as_bytes(), sender=self.address, recipients=[to])

    async def show(self, photo: bytes) -> None:
        raise NotImplementedError("a picture goes along with the words of its mail")

    async def point(self, latitude: float, longitude: float) -> None:
        raise NotImplementedError("a mail has no place but in its words")

    async def press(self, title: str) -> None:
        raise NotImplementedError("a mail has no buttons")

    def heard(self) -> Sequence[str]:
        return [str(mail.shown()["text"]) for mail in self._mails()]

    def _mails(self) -> list[KeptMail]:
        return [mail for mail in self.stage.world.mail.mails if mail.recipient == self.address]


@asynccontextmanager
async def _on_stage(world: World) -> AsyncIterator[Stage]:
    yield _EmailStage(world)


def stage() -> Staging:
    """Words only: what a mail carries besides is tried with the mails themselves."""
    return Staging(_on_stage, photos=False, places=False, buttons=False)
