"""Is the report complete? Each required field is given, declared none with a reason, or missing (A-8)."""

from __future__ import annotations

from core.contract.schema import FieldState
from core.intake.facts import Facts
from core.intake.rules import ChannelTraits, IntakeField, IntakeRules

NEVER_NONE = frozenset({IntakeField.CONTENT})
"""A report without content is none, whatever is declared."""


def completeness(facts: Facts, rules: IntakeRules, channel: str) -> dict[IntakeField, FieldState]:
    """The state of each field required on this channel, in the order of asking."""
    traits = rules.traits_of(channel)
    return {field: state_of(field, facts, traits) for field in rules.required_on(channel)}


def missing(facts: Facts, rules: IntakeRules, channel: str) -> tuple[IntakeField, ...]:
    """What is still to be asked, in order."""
    states = completeness(facts, rules, channel)
    return tuple(field for field, state in states.items() if state is FieldState.MISSING)


def state_of(field: IntakeField, facts: Facts, traits: ChannelTraits) -> FieldState:
    """Given, declared none, or missing."""
    if given(field, facts, traits):
        return FieldState.GIVEN
    declared = field.value in facts.declared_none and field not in NEVER_NONE
    return FieldState.DECLARED_NONE if declared else FieldState.MISSING


def given(field: IntakeField, facts: Facts, traits: ChannelTraits) -> bool:
    """Whether a field was told, or stands in the sender's address already."""
    if field is traits.sender_is:
        return True
    told = {
        IntakeField.CONTENT: facts.told,
        IntakeField.PLACE: facts.place.known,
        IntakeField.TIME: bool(facts.times),
        IntakeField.NAME: bool(facts.name),
        IntakeField.PHONE: bool(facts.phones),
        IntakeField.EMAIL: bool(facts.emails),
        IntakeField.ADDRESS: bool(facts.address),
        IntakeField.IDENTITY: bool(facts.identity),
        IntakeField.MEDIA: bool(facts.attachments),
    }
    return told[field] if field in told else reachable(facts, traits)


def reachable(facts: Facts, traits: ChannelTraits) -> bool:
    """One address at which an answer finds the person."""
    return traits.reachable or bool(facts.phones or facts.emails)
