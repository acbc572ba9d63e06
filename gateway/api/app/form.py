"""What an app needs to draw the form: what the regulation wants, in its own words, and what this deployment takes."""

from __future__ import annotations

from channels.app.adapter import CHANNEL
from core.contract.schema import Model
from core.service.reading.names import FIELDS
from gateway.api.app.door import TAG, AppCall
from gateway.api.operation import Answer, Operation
from gateway.bell import push_key, rings_apps
from gateway.portal.checks import inputs, required_fields
from gateway.portal.fields import LONGEST_CONTENT, agreement
from gateway.portal.form_page import grouped_categories, lackable_fields
from gateway.portal.uploads import MOST_FILES

_TIME = "occurred"


class FieldView(Model):
    """One field. `may_lack`: whoever truly does not have it says so in `declared_none`, by `id` ("time": occurred)."""

    id: str
    label: str
    required: bool
    may_lack: bool


class CategoryView(Model):
    """One category; `group` is the heading it stands under, empty where the regulation has none."""

    id: str
    label: str
    group: str


class LineView(Model):
    """A number to ring at once."""

    number: str
    label: str


class LimitsView(Model):
    """What one request may hold."""

    files: int
    megabytes: int
    content: int


class FormView(Model):
    """
    The form of this province.

    Args:
        agreement: stands beside the box `consent`, which is never ticked beforehand (VN-4). terms: what a reporter
            answers for, in the regulation's words. confidentiality: whether the box `confidential` is offered.
        proof: a one-time password is asked for before the report is taken. push: key that devices subscribe with
            (VAPID, base64url), empty: off. push_fcm: whether an app may register its token instead.
    """

    office: str
    hotline: str
    fields: tuple[FieldView, ...]
    categories: tuple[CategoryView, ...]
    agreement: str
    terms: str
    confidentiality: bool
    proof: bool
    push: str
    push_fcm: bool
    emergency_lines: tuple[LineView, ...]
    limits: LimitsView


async def show_form(call: AppCall) -> Answer:
    """What to ask for, and in which words."""
    deployment, rules = call.deployment, call.pages.rules
    intake, settings = deployment.regulation.current.intake, deployment.settings
    named = intake.channels.get(CHANNEL)
    return Answer(
        FormView(
            office=settings.office,
            hotline=settings.hotline,
            fields=_fields(call),
            categories=tuple(
                CategoryView(id=key, label=label, group=group)
                for group, rows in grouped_categories(call.request)
                for key, label in rows
            ),
            agreement=agreement(settings.office),
            terms=" ".join(intake.consent.split()),
            confidentiality=rules.confidentiality,
            proof=named is not None and named.otp,
            push=push_key(call.request),
            push_fcm=rings_apps(call.request),
            emergency_lines=tuple(LineView(number=one.number, label=one.label) for one in rules.emergency_lines),
            limits=LimitsView(files=MOST_FILES, megabytes=settings.http.max_body_mb, content=LONGEST_CONTENT),
        )
    )


def _fields(call: AppCall) -> tuple[FieldView, ...]:
    wanted, lackable = inputs(required_fields(call.pages.rules, CHANNEL)), lackable_fields(call.request)
    return tuple(_field(name, must, lackable) for name, must in wanted.items())


def _field(name: str, must: bool, lackable: frozenset[str]) -> FieldView:
    field = "time" if name == _TIME else name
    return FieldView(id=name, label=FIELDS.get(field, field), required=must, may_lack=field in lackable)


OPERATIONS: tuple[Operation, ...] = (
    Operation("appShowForm", "GET", "/app/form", TAG, "Mẫu phản ánh của tỉnh", show_form, FormView, door="app"),
)
