"""
The sections of a pack that speak to people: intake, reasons, notices, rating, publication, letter, reports, readings.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from core.regulations.words import ALWAYS, Condition, Entry, Id, PackModel, Triggers, Words

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

Form = Literal["console", "push", "sms", "email"]
"""How an official is told: on a page of the console, on the phone, by a short message, by mail."""

FieldName = Literal[
    "content", "place", "time", "name", "phone", "email", "reachable", "address", "identity_number", "media"
]
"""What a regulation may require of a report; `reachable` is any one address an answer can be sent to."""

PublicField = Literal[
    "code",
    "category",
    "place",
    "received_at",
    "stage",
    "progress",
    "agencies",
    "answer",
    "media",
    "answered_at",
    "decline_reason",
]
"""What an outsider may ever see of a case; nothing else has a name here (A-4)."""


class Meta(PackModel):
    """Which decision the pack carries out, where, and for which dates."""

    title: Text
    decision: str = Field(default="", description='As explanations cite it: "QĐ 2830/QĐ-UBND"')
    place: str = Field(default="", description="The province as letters and pages name it")
    in_force_from: date | None = None
    in_force_until: date | None = None
    variant_of: str = ""
    calendar: str = Field(default="vietnam", description="Working calendar of a new deployment")
    sources: tuple[str, ...] = ()
    cites: Words = ()


class Channel(Entry):
    """A way in. One that the regulation does not name is marked `beyond_text` (A-6)."""

    label: Text
    address: str = Field(default="", description="The public name of our side: link, number, mailbox")
    otp: bool = Field(default=False, description="The phone number is proved by a one-time password first")


class RequiredField(Entry):
    """Something a report must have, or be declared to lack with a reason (A-8)."""

    label: Text
    field: FieldName
    channels: Words | None = Field(default=None, description="Only on these channels; none given: on all")
    may_be_declared_none: bool = True

    def applies_on(self, channel: str | None) -> bool:
        """Whether reports that come this way need it."""
        return self.channels is None or channel in self.channels


class Category(Entry):
    """A field of competence (lĩnh vực) as the regulation words it."""

    label: Text
    group: str = ""
    automatic: bool = Field(
        default=False, description="The system may distribute it once a person accepted it (A-TG-6)"
    )
    agencies: Words = Field(default=(), description="Agencies it usually goes to, the default first")
    competences: Words = Field(default=(), description="Fields whose responders it goes to, where `agencies` is empty")
    keywords: Words = Field(default=(), description="Words of a message that hint at it; marks and case do not matter")
    topics: Words = Field(default=(), description="Topics of core/triage that belong here, so that it is suggested")
    active: bool = True


class Competence(Entry):
    """A field of public work and who answers for it in the end (QB-I.2), the default first."""

    label: Text
    agencies: Words = ()


class Urgency(Entry):
    """A tier of urgency a case may be put in; `emergency` ones run the dual track of raise_emergency."""

    label: Text
    emergency: bool = False


class Diversion(Entry):
    """Something that never becomes a case here: what the person is told (VN-1, VN-2, LS-1.1b)."""

    label: Text
    text: Text
    keeps_nothing: bool = Field(default=True, description="Only a counter stays of it")


class EmergencyTarget(Entry):
    """Whom an emergency is handed to by word of mouth: 112, 113, 114, 115, an agency's focal officer."""

    label: Text
    number: str = ""


class NationalSystem(PackModel):
    """Which reports are also entered in the national system for phản ánh, kiến nghị (VN-7)."""

    categories: Words = Field(default=(), description="Those about administrative regulations")
    channels: Words = Field(default=(), description="Ways by which a report comes that is not in that system already")
    remind_after: str = Field(default="", description="How long one may wait until those in charge are reminded")
    cites: Words = ()


class Intake(PackModel):
    """How a report comes in, and what it must carry."""

    channels: dict[Id, Channel] = Field(default_factory=dict)
    required: dict[Id, RequiredField] = Field(default_factory=dict)
    identity_readers: Words = Field(
        default=(), description="Roles that may read a required personal number whole; others see its last 3 digits"
    )
    recommended: Words = Field(default=(), description="Asked for once, never insisted on: time, media, …")
    groups: dict[Id, str] = Field(default_factory=dict, description="Group of categories → its heading")
    competences: dict[Id, Competence] = Field(default_factory=dict)
    categories: dict[Id, Category] = Field(default_factory=dict)
    urgencies: dict[Id, Urgency] = Field(default_factory=dict)
    usual_urgency: str = "normal"
    emergency_targets: dict[Id, EmergencyTarget] = Field(default_factory=dict)
    diversions: dict[Id, Diversion] = Field(default_factory=dict)
    national_system: NationalSystem = NationalSystem()
    languages: Words = ("vi",)
    consent: str = Field(default="", description="What the reporter agrees to, as the regulation words it")
    sectors_limited: bool = Field(default=False, description="Outside the categories: accepted, marked out_of_scope")
    pilot_communes: Words = Field(default=(), description="Outside these: accepted, marked out_of_scope (A-TG-14)")

    @model_validator(mode="after")
    def _responders(self) -> Self:
        """A category that names fields of competence goes to those who answer for them, in that order."""
        for category in self.categories.values():
            unknown = [name for name in category.competences if name not in self.competences]
            if unknown:
                raise ValueError(f"category {category.id}: no competence {', '.join(unknown)}")
        filled = {name: self._filled(category) for name, category in self.categories.items()}
        object.__setattr__(self, "categories", filled)
        return self

    def _filled(self, category: Category) -> Category:
        if category.agencies or not category.competences:
            return category
        named = (agency for name in category.competences for agency in self.competences[name].agencies)
        return category.model_copy(update={"agencies": tuple(dict.fromkeys(named))})


class Reason(Entry):
    """A lawful ground to decline or cancel, and what must hold before it may be used."""

    label: Text
    text: str = Field(default="", description="What the reporter reads; the label where empty")
    when: Condition = ALWAYS
    after_clock: str = Field(default="", description="Only once this clock has run out (QB: not before 2 days)")
    needs_case: bool = Field(default=False, description="The command must name the other case (a repeat)")


class Notification(Entry):
    """
    Who hears of something, in which words.

    Args:
        via: the forms in which staff are told, each with its own delivery record (TG: portal, app and SMS); none: it
            only stands in their work list. A reporter is always told in the conversation the report came from.
    """

    on: Triggers
    to: Words
    template: Id
    when: Condition = ALWAYS
    via: tuple[Form, ...] = ()


class RatingLevel(Entry):
    """One step of the reporter's verdict; `score` orders them, 1 is the worst."""

    label: Text
    score: int = Field(ge=1)


class Rating(PackModel):
    """Levels, worst to best in `score`; `window` names the clock within which a rating counts (A-5)."""

    levels: dict[Id, RatingLevel] = Field(default_factory=dict)
    window: str = ""


class Publication(PackModel):
    """What the public sees: an allow-list, never everything minus something (A-4, A-TG-8, A-QB-7)."""

    public_fields: tuple[PublicField, ...] = ()
    confidential_fields: tuple[PublicField, ...] = Field(default=(), description="The same for a confidential case")
    withheld_fields: tuple[PublicField, ...] = Field(default=(), description="…for one withheld or suspected secret")
    declined_public: bool = Field(default=False, description="Refusals are listed with their reason (QB-IV.1.1a.r)")
    declined_title: str = ""
    cites: Words = ()

    @model_validator(mode="after")
    def _narrower(self) -> Self:
        for name in ("confidential_fields", "withheld_fields"):
            more = set(getattr(self, name)) - set(self.public_fields)
            if more:
                raise ValueError(f"{name} shows {sorted(more)}, which public_fields does not")
        return self


class PeriodReport(Entry):
    """A periodic report someone owes: every period, before which day (U-6)."""

    label: Text
    role: Id
    to: Words = ()
    every: Literal["week", "month", "quarter", "half_year", "year", "demand"]
    before_day: int | None = Field(default=None, ge=1, le=28)
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = None
    at: time | None = None
    subject: str = ""
    about: Literal["figures", "reputation"] = Field(
        default="figures", description="What it sums up: everything, or what was found to harm a reputation"
    )


class NoticeHands(Entry):
    """Whose hands a notice to everybody goes through, at one step (section "notices")."""

    by: Words


class Utility(Entry):
    """A public service that people may look up from our pages and the app; where it is, a deployment says (TG-4.1a)."""

    label: Text


class Reading(PackModel):
    """
    How the pack reads a point where its source is silent or contradicts itself (section "readings").

    `changes`: what an option lays over the pack when it is chosen, section by section, as in a variant.
    """

    choice: Id
    options: Words = ()
    text: Text
    changes: dict[Id, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.options and self.choice not in self.options:
            raise ValueError(f"choice {self.choice!r} is none of the options {list(self.options)}")
        unknown = sorted(set(self.changes) - set(self.options))
        if unknown:
            raise ValueError(f"changes speak of {unknown}, which are none of the options {list(self.options)}")
        return self
