"""The form that an app fills in: the same fields and the same rules as on our own page."""

from __future__ import annotations

from pydantic import Field, field_validator

from channels.app.adapter import CHANNEL
from channels.base import clean_text
from core.clock.zone import local
from core.contract.schema import Model
from gateway.api.app.door import AppCall
from gateway.api.errors import ApiError
from gateway.portal.checks import problems
from gateway.portal.fields import LONGEST_CONTENT, LONGEST_LINE, Filled
from gateway.portal.form_page import lackable_fields
from gateway.portal.handing_in import emergency_line

RING_FIRST = "Nếu có người đang gặp nguy hiểm, xin gọi ngay {}."
_LACKING = 12


class AppReport(Model):
    """
    A report as an app sends it; `GET /api/v1/app/form` says what the regulation wants filled in.

    `consent`: the box beside the agreement was ticked. `declared_none`: fields that the reporter truly does not have.
    """

    content: str = Field(default="", max_length=LONGEST_CONTENT)
    place: str = Field(default="", max_length=LONGEST_LINE, description="Where, in words")
    commune: str = Field(default="", max_length=120, description="Commune or ward, by its new or old name")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="WGS 84, degrees")
    longitude: float | None = Field(default=None, ge=-180, le=180)
    accuracy: float | None = Field(default=None, ge=0, le=100_000, description="Radius that the device claims, metres")
    occurred: str = Field(default="", max_length=LONGEST_LINE, description="When, in the reporter's words")
    category: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=LONGEST_LINE)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=LONGEST_LINE)
    address: str = Field(default="", max_length=LONGEST_LINE)
    identity: str = Field(default="", max_length=20)
    declared_none: tuple[str, ...] = Field(default=(), max_length=_LACKING)
    confidential: bool = False
    consent: bool = False

    @field_validator("latitude", "longitude", "accuracy", mode="before")
    @classmethod
    def empty_is_none(cls, value: object) -> object:
        """An input of a form that was left empty."""
        return None if value == "" else value


def filled_of(call: AppCall) -> Filled:
    """The same as our own form holds, without files."""
    told: AppReport = call.body
    words = told.model_dump(exclude={"latitude", "longitude", "accuracy", "declared_none", "confidential", "consent"})
    numbers = {"latitude": told.latitude, "longitude": told.longitude, "accuracy": told.accuracy}
    texts = {name: clean_text(value) for name, value in words.items()} | {
        name: "" if value is None else f"{value:.6f}" for name, value in numbers.items()
    }
    lacking = frozenset(told.declared_none) & lackable_fields(call.request)
    return Filled(texts, lacking=lacking, confidential=told.confidential, consent=told.consent)


def check(call: AppCall, filled: Filled) -> None:
    """
    ApiError 422: what the regulation requires is missing, or a value is no phone, no mail address …

    Whoever needs help this minute is told first whom to ring: not even a refusal keeps that back (VN-8).
    """
    today = local(call.deployment.now()).date()
    if found := problems(filled, call.pages.rules, today=today, channel=CHANNEL):
        fields = {problem.field: problem.text for problem in reversed(found)}
        line = emergency_line(filled, call.pages.rules)
        texts = [RING_FIRST.format(line)] * bool(line) + [one.text for one in found]
        raise ApiError(422, "data_missing", " ".join(texts), details={"fields": fields, "emergency_line": line})
