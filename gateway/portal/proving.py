"""
What a filled form needs before it is taken: a proof that the number in it is the sender's, where the regulation wants
one on the surface that it came by (QB-QD.III.1.1a). For the pages and for the province's own app alike.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from math import ceil

from aiohttp import web

from channels.web.adapter import CHANNEL
from core.contract.schema import Attachment, Instant, Model
from core.identity import phones
from core.service.carrying import Way
from core.service.proving import Limited, Wanted
from gateway.deployment import DEPLOYMENT
from gateway.pages.formats import span
from gateway.portal.fields import Filled
from gateway.portal.handing_in import Standing, emergency_line
from gateway.portal.shared import PORTAL, client_of

NO_NUMBER = "Quy chế của tỉnh yêu cầu xác nhận số điện thoại. Hãy ghi số điện thoại của Quý vị."
SENT = "Mã xác nhận gồm 6 chữ số đã được gửi. Mã có hiệu lực trong 5 phút."
CALLED = (
    "Tổng đài đang gọi đến số của Quý vị. Khi nghe máy, xin bấm phím 1 để nghe mã xác nhận, có hiệu lực trong 5 phút."
)
_LIMITED = "Quý vị đã yêu cầu mã nhiều lần. Vui lòng thử lại sau {}."
NOT_HERE = (
    "Hiện chưa gửi được mã xác nhận. Nội dung Quý vị đã ghi vẫn được giữ. Quý vị có thể nhờ Trung tâm gọi lại để "
    "xác nhận, hoặc quay lại trang này sau."
)
TOO_SOON = "Mã vừa được gửi. Vui lòng chờ khoảng một phút trước khi nhờ gọi lại."
PATIENCE = timedelta(seconds=60)
"""How long a password is waited for before reception is asked to call instead."""


class Wants(Enum):
    """What a form needs before it is taken."""

    NOTHING = "nothing"
    PROOF = "proof"
    A_NUMBER = "a number"


class KeptReport(Model):
    """A complete form that waits, as it was typed."""

    texts: dict[str, str]
    lacking: tuple[str, ...] = ()
    confidential: bool = False
    consent: bool = False
    files: tuple[Attachment, ...] = ()
    since: Instant

    @classmethod
    def of(cls, filled: Filled, now: datetime) -> KeptReport:
        """A form as it stands."""
        return cls(
            texts=dict(filled.texts),
            lacking=tuple(sorted(filled.lacking)),
            confidential=filled.confidential,
            consent=filled.consent,
            files=filled.files,
            since=now,
        )

    @property
    def filled(self) -> Filled:
        """The form again."""
        return Filled(self.texts, frozenset(self.lacking), self.confidential, self.consent, self.files)


@dataclass(frozen=True)
class Asked:
    """What came of asking for a password: the challenge it answers, or how long to wait; neither: none can be sent."""

    challenge: str = ""
    wait: timedelta = timedelta(0)


async def wanted(request: web.Request, filled: Filled, *, channel: str = CHANNEL) -> Wants:
    """
    What the regulation wants proved of the sender of this form, before it is taken.

    An emergency waits for no password (QB-IV.1.1b.k: the number is verified on the way).
    """
    if not _is_asked_for(request, channel):
        return Wants.NOTHING
    if await asyncio.to_thread(emergency_line, filled, request.app[PORTAL].rules):
        return Wants.NOTHING
    return Wants.PROOF if phones.normalise(filled["phone"]) else Wants.A_NUMBER


def unproved(request: web.Request, filled: Filled, *, channel: str = CHANNEL) -> Standing:
    """How a form stands that goes without proof: where its number should be proved, reception calls it."""
    return Standing(call_back=_is_asked_for(request, channel) and bool(phones.normalise(filled["phone"])))


async def keep(request: web.Request, form_id: str, kept: KeptReport, *, sealed: Model | None = None) -> None:
    """Keep a form with its files until its password comes back: for a day. `sealed`: with what else is kept of it."""
    for file in kept.files:
        request.app[DEPLOYMENT].media.touch(file.stored_key)
    await request.app[PORTAL].kept.keep(form_id, sealed or kept)


async def ask(request: web.Request, filled: Filled, form_id: str, *, aloud: bool = False) -> Asked:
    """Send a password to the number of this form; `aloud`: read it out in a call."""
    way = way_of(request, filled)
    if way is None:
        return Asked()
    wished = Wanted(purpose_of(form_id), way, client_of(request), aloud=aloud)
    answer = await request.app[DEPLOYMENT].proving.request(wished)
    return Asked(wait=answer.retry_after) if isinstance(answer, Limited) else Asked(answer.challenge_id)


def way_of(request: web.Request, filled: Filled) -> Way | None:
    """Where a password for this form goes; None while none can be sent."""
    carriers, phone = request.app[DEPLOYMENT].proving.carriers, phones.normalise(filled["phone"]) or ""
    return carriers.way_to_reporter(phone=phone, email=filled["email"].strip().lower())


def hearable(request: web.Request, way: Way | None) -> bool:
    """Whether whoever got no message may be called instead."""
    return way is not None and way.kind == "phone" and request.app[DEPLOYMENT].proving.carriers.speak


def purpose_of(form_id: str) -> str:
    """What a password for this form permits."""
    return f"send:{form_id}"


def limited(wait: timedelta) -> str:
    """What is said to whoever asks too often."""
    return _LIMITED.format(span(wait + timedelta(seconds=59)))


def seconds_of(wait: timedelta) -> int:
    """A wait in whole seconds, never too few."""
    return ceil(wait.total_seconds())


def _is_asked_for(request: web.Request, channel: str) -> bool:
    named = request.app[DEPLOYMENT].regulation.current.intake.channels.get(channel)
    return named is not None and named.otp
