"""
The regulation in force, with everything that decisions need besides the case: older packs, agencies, the calendar.

Cases go on under the pack they began with, so every pack ever in force is kept in the database under its reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from core.cases.agencies import AgencyTree
from core.clock import BusinessCalendar
from core.contract.schema import HELP_AT
from core.intake.rules import (
    ANY_CHANNEL,
    CategoryRule,
    ChannelTraits,
    DiversionKind,
    EmergencyKind,
    EmergencyLine,
    IntakeField,
    IntakeRules,
    RatingLevel,
)
from core.regulations.library import PackLibrary
from core.regulations.loader import load_pack
from core.regulations.model import Pack
from core.service.agencies import AgencyBook, open_book
from core.service.calendars import CalendarBook, open_calendars
from core.service.categories import PackShelf
from core.service.notice_way import topics
from core.storage.database import Database

# Where the dialogue's question and the regulation's required field have different names.
_FIELDS = {"reachable": IntakeField.CONTACT, "identity_number": IntakeField.IDENTITY}
_NAMES = {field.value: name for name, field in _FIELDS.items()}

# How people write on the channels we know; a pack says what is required, the channel how it is said.
_AT_ONCE = ChannelTraits(burst_seconds=0, album_seconds=0, buttons=False, reminds=False, one_matter=True)
_TRAITS = {
    ANY_CHANNEL: ChannelTraits(),
    "email": _AT_ONCE.model_copy(update={"sender_is": IntakeField.EMAIL, "sender_name_counts": True}),
    "web": _AT_ONCE,
    "app": _AT_ONCE,
    "partner": _AT_ONCE.model_copy(update={"reachable": False}),
    "call_center": _AT_ONCE.model_copy(update={"reachable": False}),
    **dict.fromkeys(("zalo", "facebook", "telegram"), ChannelTraits(notices=True)),
    "sms": ChannelTraits(buttons=False, sender_is=IntakeField.PHONE),
}


@dataclass(frozen=True)
class Regulation:
    """What `decide` reads: packs by reference, the agencies of a day, the calendar of an instant."""

    shelf: PackShelf
    book: AgencyBook
    calendars: CalendarBook
    _rules: dict[tuple[str, str], IntakeRules] = field(default_factory=dict, repr=False, compare=False)

    @property
    def agencies(self) -> AgencyTree:
        """The agencies of today: what decisions of this moment are made from."""
        return self.book.today

    @property
    def packs(self) -> PackLibrary:
        """The pack in force and every older one."""
        return self.shelf.library

    @property
    def current(self) -> Pack:
        """The pack that new reports come under."""
        return self.packs.current

    def calendar(self, now: datetime) -> BusinessCalendar:
        """The calendar version to compute with at this instant."""
        return self.calendars.at(now)

    async def refresh(self, database: Database) -> int:
        """Look whether another process changed agencies, the calendar or categories → how many of them."""
        found = await self.book.refresh(database) + await self.calendars.refresh(database)
        return found + await self.shelf.refresh(database)

    def intake_rules(self, office: str) -> IntakeRules:
        """What the intake dialogue asks for, from the pack in force; made once for each."""
        key = self.current.ref, office
        if key not in self._rules:
            self._rules.clear()
            self._rules[key] = intake_rules(self.current, office=office)
        return self._rules[key]


async def open_regulation(name: str, database: Database, *, now: Callable[[], datetime]) -> Regulation:
    """Load the pack in force, keep its document, bring back the older ones, and open the tree of agencies."""
    shelf = PackShelf(load_pack(name))
    await shelf.open(database)
    calendars = await open_calendars(database, shelf.library.current.meta.calendar)
    return Regulation(shelf, await open_book(database, name, now=now), calendars)


def intake_rules(pack: Pack, *, office: str) -> IntakeRules:
    """The part of a pack that the dialogue works with."""
    intake = pack.intake
    return IntakeRules(
        regulation=pack.ref,
        office=office,
        required=_required(pack, ["*", *intake.channels]),
        categories=tuple(
            CategoryRule(id=key, label=category.label, keywords=category.keywords, topic=category.group or "")
            for key, category in intake.categories.items()
            if category.active
        ),
        notice_topics=topics(pack),
        ratings=tuple(
            RatingLevel(id=key, label=level.label)
            for key, level in sorted(pack.rating.levels.items(), key=lambda pair: -pair[1].score)
        ),
        emergency_lines=tuple(
            EmergencyLine(kind=EmergencyKind(HELP_AT[target.number]), number=target.number, label=target.label)
            for target in intake.emergency_targets.values()
            if target.number in HELP_AT
        ),
        channels=_TRAITS,
        elsewhere={
            DiversionKind(key): diversion.text
            for key, diversion in intake.diversions.items()
            if key in set(DiversionKind)
        },
        confidentiality=any("reporter" in move.by for move in pack.moves_for("set_confidential")),
        consent_notice=bool(intake.consent),
        terms=" ".join(intake.consent.split()),
    )


def has_buttons(channel: str) -> bool:
    """Whether a message on this channel can carry buttons."""
    return _TRAITS.get(channel, _TRAITS[ANY_CHANNEL]).buttons


def intake_field(name: str) -> IntakeField:
    """The dialogue's question for a required field of a pack. ValueError: no such field."""
    return _FIELDS.get(name) or IntakeField(name)


def pack_field(name: str) -> str:
    """The pack's name for what the dialogue asks."""
    return _NAMES.get(name, name)


def _required(pack: Pack, channels: Iterable[str]) -> dict[str, tuple[IntakeField, ...]]:
    """Per channel, "*" being every one that the pack does not name."""
    return {
        channel: tuple(
            intake_field(entry.field)
            for entry in pack.intake.required.values()
            if entry.channels is None or channel in entry.channels
        )
        for channel in channels
    }
