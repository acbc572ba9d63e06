"""A stored report with what its reporter added or put right; nothing that was said before is thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.contract.schema import FieldState, Report
from core.intake.effects import Supply
from core.intake.rules import IntakeField

# The dialogue's name of a fact, and where the report holds it.
_OF_REPORT = {IntakeField.TIME: "occurred", IntakeField.CONTENT: "content"}
_OF_REPORTER = {IntakeField.NAME: "name", IntakeField.ADDRESS: "address", IntakeField.IDENTITY: "identity_number"}
_SEVERAL = {IntakeField.PHONE: "phones", IntakeField.EMAIL: "emails"}


def amended(report: Report, told: Supply) -> Report:
    """The report as it stands with what was told; `told.fields` hold whole values, never additions."""
    fields = told.fields
    reporter: dict[str, Any] = {name: fields[key] for key, name in _OF_REPORTER.items() if key in fields}
    reporter |= {name: tuple(fields[key].split(", ")) for key, name in _SEVERAL.items() if key in fields}
    changes: dict[str, Any] = {name: fields[key] for key, name in _OF_REPORT.items() if key in fields}
    if IntakeField.PLACE in fields:
        changes["place"] = report.place.model_copy(update={"text": fields[IntakeField.PLACE]})
    if told.place is not None:
        changes["place"] = told.place
    return report.model_copy(
        update=changes
        | {
            "attachments": (*report.attachments, *told.attachments),
            "reporter": report.reporter.model_copy(update=reporter),
            "declared_none": {**report.declared_none, **told.declared_none},
            "completeness": {**report.completeness, **_states(report.completeness, told)},
        }
    )


def _states(required: Mapping[str, FieldState], told: Supply) -> dict[str, FieldState]:
    """What was required and is there now, or is known not to be."""
    given = {**told.fields, **({IntakeField.PLACE.value: ""} if told.place is not None else {})}
    states = dict.fromkeys(told.declared_none, FieldState.DECLARED_NONE) | dict.fromkeys(given, FieldState.GIVEN)
    return {name: state for name, state in states.items() if name in required}
