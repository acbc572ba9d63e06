"""Mailboxes of citizens: every address that ever got a mail has one."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from email.utils import formataddr, parseaddr
from types import MappingProxyType

import aiosmtplib

from channels.email.sandbox import MailSandbox
from channels.email.sandbox import Mood as MailMood
from channels.email.sandbox_mails import KeptMail, write, write_reply
from gateway.sandbox.players import LABELS, PEOPLE, Act, Arrived, Facts, Mood, NotTaken, Person

DOMAIN = "hopthu.example.vn"
_MOODS = MappingProxyType(
    {
        Mood.SLOW: MailMood.SLOW,
        Mood.THROTTLED: MailMood.TEMPORARY,
        Mood.ERROR: MailMood.FULL,
        Mood.LOST: MailMood.CUT_AFTER,
    }
)
_LABELS = MappingProxyType(dict(LABELS) | {Mood.THROTTLED: "Hẹn gửi lại sau (451)", Mood.ERROR: "Hộp thư đầy (452)"})
_SUBJECT_WORDS = 7


class EmailPlayer:
    """The citizens' mail provider."""

    facts = Facts("email", "Thư điện tử", "mailbox", frozenset({"photo", "place", "fresh"}), _LABELS)

    def __init__(self, *, gateway: tuple[str, int], office: str) -> None:
        self._provider = MailSandbox(gateway=gateway)
        self._office = office
        self._mood = Mood.NORMAL
        self._people = {f"{login}@{DOMAIN}": name for name, login in PEOPLE}
        self._read: dict[int, Arrived] = {}

    @property
    def addresses(self) -> Mapping[str, str]:
        """The JSON API, and where the gateway's relay delivers."""
        http, smtp = self._provider.http, self._provider.smtp
        return {"http": f"http://{http[0]}:{http[1]}", "smtp": f"{smtp[0]}:{smtp[1]}"}

    async def start(self, ports: Mapping[str, int]) -> None:
        """Both ports."""
        await self._provider.start(smtp_port=ports.get("email_smtp", 0), http_port=ports.get("email", 0))

    async def stop(self) -> None:
        """Close both."""
        await self._provider.stop()

    def people(self) -> Sequence[Person]:
        """Ours, and whoever was written to."""
        known = dict(self._people) | {mail.recipient: mail.recipient for mail in self._provider.mails}
        return [Person(address, self._people.get(address, address), address) for address in known]

    async def act(self, person: str, act: Act) -> None:
        """An answer to the last mail, or a new one."""
        mails = self._mails(person)
        raw = self._answer(mails[-1], act) if mails and not act.fresh else self._new(person, act)
        try:
            for _ in range(2 if self._mood is Mood.DUPLICATE else 1):
                await self._provider.send(raw, sender=person, recipients=[self._office])
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotTaken(str(error)) from error

    def arrived(self, person: str) -> Sequence[Arrived]:
        """The mails in the box. Each is read once: the desk looks several times a second."""
        return [self._read.get(mail.id) or self._read.setdefault(mail.id, _seen(mail)) for mail in self._mails(person)]

    def waiting(self) -> bool:
        """A mail was taken when `act` returns."""
        return False

    def behave(self, mood: Mood) -> None:
        """Mails twice are our own doing; the rest is the provider's."""
        self._mood, self._provider.mood = mood, _MOODS.get(mood, MailMood.NORMAL)

    async def retry(self) -> None:
        """Nothing waits."""

    def _mails(self, person: str) -> list[KeptMail]:
        return [mail for mail in self._provider.mails if mail.recipient == person]

    def _new(self, person: str, act: Act) -> bytes:
        text = _text(act)
        subject = " ".join(text.split()[:_SUBJECT_WORDS])
        sender = formataddr((self._people.get(person, ""), person))
        return write({"from": sender, "to": self._office, "subject": subject, "text": text, **_files(act)}).as_bytes()

    def _answer(self, last: KeptMail, act: Act) -> bytes:
        reply = write_reply(last, _text(act))
        if act.photo:
            reply.add_attachment(act.photo, maintype="image", subtype="jpeg", filename="anh.jpg")
        return reply.as_bytes()


def _text(act: Act) -> str:
    return "\n".join(part for part in (act.text, act.button, act.link) if part)


def _files(act: Act) -> dict[str, list[dict[str, str]]]:
    if not act.photo:
        return {}
    photo = base64.b64encode(act.photo).decode()
    return {"attachments": [{"name": f"anh-{time.time_ns()}.jpg", "type": "image/jpeg", "base64": photo}]}


def _seen(mail: KeptMail) -> Arrived:
    shown = mail.shown()
    files = tuple(str(file["name"]) for file in shown["attachments"])
    subject = f"{parseaddr(str(shown['from']))[0]}: {shown['subject']}"
    return Arrived(str(shown["text"]).strip(), files=files, subject=subject, state="Đã đến hộp thư")
