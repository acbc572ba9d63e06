"""What stands between a reader and personal data: drawn, everything that tells who somebody is comes masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from core.contract.schema import Attachment, Place, Reporter
from core.identity.codes import is_code
from core.identity.personal_number import LEGACY_DIGITS
from core.privacy.erasure import terms_of
from core.privacy.mask import (
    STARS,
    mask_address,
    mask_email,
    mask_identity_number,
    mask_name,
    mask_personal_numbers,
    mask_phone,
    mask_text,
)
from core.privacy.redact import MARKER, Redaction
from core.service.reading.views import PlaceView, ReporterView

EXCERPT = 140
_PIN = re.compile(r"(PIN:?\s*)\d{6}\b")
_CODE = re.compile(r"(\b\d{4} ?\d{4} ?\d{4}\b)")


@dataclass(frozen=True)
class Curtain:
    """
    `revealed`: drawn aside; whoever does so has the reading logged. `terms`: what else in words tells who it is.

    `hides_number`: personal numbers stay masked even then: the regulation wants them, and this person is not among
    those who check them (A-LS-7).
    """

    revealed: bool = False
    terms: tuple[str, ...] = ()
    hides_number: bool = False

    def about(self, people: Iterable[Reporter]) -> Curtain:
        """The same curtain, which knows these people's names."""
        known = dict.fromkeys([*self.terms, *(term for one in people for term in terms_of(Reporter(name=one.name)))])
        return replace(self, terms=tuple(known))

    def said(self, text: str) -> str:
        """What a citizen wrote: numbers, mail addresses and the names of those we know are masked."""
        if not self.revealed:
            return mask_text(self._without_terms(text))
        return mask_personal_numbers(text) if self.hides_number else text

    def _without_terms(self, text: str) -> str:
        """The text with these words starred out; what was erased in it stays marked as erased."""
        return MARKER.join(self._redaction.apply(part).replace(MARKER, STARS) for part in text.split(MARKER))

    @cached_property
    def _redaction(self) -> Redaction:
        return Redaction.of(self.terms)

    def written(self, text: str) -> str:
        """
        What we wrote to a citizen: masked like their own words, but codes stay readable.

        The PIN never shows, whatever the curtain: it is the citizen's own authority, not the staff's.
        """
        parts = _CODE.split(_PIN.sub(rf"\1{STARS}", text))
        return "".join(part if is_code(part.replace(" ", "")) else self.said(part) for part in parts)

    def name(self, name: str) -> str:
        """A person's name."""
        return name if self.revealed else mask_name(name)

    def address(self, value: str) -> str:
        """An address on a channel."""
        return value if self.revealed else mask_address(value)

    def reporter(self, who: Reporter, contact_id: str) -> ReporterView:
        """Who reported."""
        number, legacy = who.identity_number, len(who.identity_number) == LEGACY_DIGITS
        shown = number if self.revealed and not self.hides_number else mask_identity_number(number) if number else ""
        if self.revealed:
            fields = who.model_dump() | {"identity_number": shown}
            return ReporterView(contact_id=contact_id, revealed=True, identity_legacy=legacy, **fields)
        return ReporterView(
            contact_id=contact_id,
            name=mask_name(who.name),
            phones=tuple(map(mask_phone, who.phones)),
            emails=tuple(map(mask_email, who.emails)),
            address=mask_name(who.address),
            organisation=mask_name(who.organisation),
            identity_number=shown,
            identity_legacy=legacy,
        )

    def place(self, place: Place) -> PlaceView:
        """Where it happened; it says where to go, so only numbers in its words are masked."""
        point = place.point
        return PlaceView(
            text=self.said(place.text),
            latitude=point.latitude if point else None,
            longitude=point.longitude if point else None,
            accuracy_m=point.accuracy_m if point else None,
            commune_code=place.commune_code,
        )

    def attachment(self, file: Attachment) -> Attachment:
        """A file's description: its name was given by its sender and may tell who that is."""
        hidden: Mapping[str, object] = {} if self.revealed else {"name": ""}
        return file.model_copy(update={"source_url": None, "taken": None, **hidden})


def excerpt(text: str, curtain: Curtain) -> str:
    """The first words, masked whatever the curtain, in one line."""
    line = " ".join(replace(curtain, revealed=False).said(text).split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0] + " …"
