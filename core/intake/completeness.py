"""Is the report complete? Each required field is given, declared none with a reason, or missing (A-8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.contract.schema import FieldState
from core.intake.facts import Facts
from core.intake.rules import ChannelTraits, IntakeField, IntakeRules

NEVER_NONE = frozenset({IntakeField.CONTENT})
"""A report without content is none, whatever is declared."""
TOLD: Mapping[IntakeField, Callable[[Facts], bool]] = MappingProxyType(
    {
        IntakeField.CONTENT: lambda facts: facts.told,
        IntakeField.PLACE: lambda facts: facts.place.known,
        IntakeField.TIME: lambda facts: bool(facts.times),
        IntakeField.NAME: lambda facts: bool(facts.name),
        IntakeField.PHONE: lambda facts: bool(facts.phones),
        IntakeField.EMAIL: lambda facts: bool(facts.emails),
        IntakeField.ADDRESS: lambda facts: bool(facts.address),
        IntakeField.IDENTITY: lambda facts: bool(facts.identity),
        IntakeField.MEDIA: lambda facts: bool(facts.attachments),
    }
)
"""Whether a field was told; an address at which an answer finds the person is no field of its own."""


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
    return TOLD[field](facts) if field in TOLD else reachable(facts, traits)


def reachable(facts: Facts, traits: ChannelTraits) -> bool:
    """One address at which an answer finds the person."""
    return traits.reachable or bool(facts.phones or facts.emails)
