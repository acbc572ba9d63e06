"""
Do the entries cite rules that exist, and does the pack carry out every rule of its text?
"""

from __future__ import annotations

from collections.abc import Iterator

from core.regulations.catalogue import Source, Status
from core.regulations.lint.finding import Finding, Kind, Path, error, warning
from core.regulations.lint.walk import Subject, entries
from core.regulations.references import dangling


def check_references(subject: Subject) -> Iterator[Finding]:
    """What the loader refuses: stages, roles, commands, fields, clocks and events that do not exist."""
    for path, problem in dangling(subject.pack):
        yield error(Kind.DANGLING, path, problem.removeprefix(f"{'.'.join(path)}: "))


def check_rules(subject: Subject) -> Iterator[Finding]:
    """Every cited id has a row in the catalogue."""
    for path, rule in _cited(subject):
        if rule not in subject.context.catalogue:
            yield error(Kind.UNKNOWN_RULE, (*path, "cites"), f"no rule {rule!r} in the catalogue")


def check_readings(subject: Subject) -> Iterator[Finding]:
    """A reading that the pack chooses is one that the catalogue explains."""
    for rule in subject.pack.readings:
        known = rule in subject.context.catalogue and subject.context.catalogue[rule].source is Source.A
        if not known:
            yield error(Kind.READING_UNKNOWN, ("readings", rule), f"no reading {rule!r} in the catalogue")


def check_carried(subject: Subject) -> Iterator[Finding]:
    """Each enforced rule of the regulation's own text is cited somewhere, or nothing in the pack carries it out."""
    source = subject.context.catalogue.source_of_pack(subject.pack.id)
    cited = {rule for _, rule in _cited(subject)}
    for rule in subject.context.catalogue.of(source) if source else ():
        if rule.status is Status.ENFORCED and rule.id not in cited:
            message = f"no entry carries out {rule.id}: {rule.text}"
            yield warning(Kind.RULE_NOT_CARRIED, (), message, (rule.id,))


def _cited(subject: Subject) -> Iterator[tuple[Path, str]]:
    for path, entry in entries(subject.pack):
        for rule in getattr(entry, "cites", ()):
            yield path, rule
