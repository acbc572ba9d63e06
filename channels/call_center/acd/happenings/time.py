"""That time passes, and what is really there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed; told about once a second."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is really there: calls that are up, agents who are signed in, those of them whose browser is heard."""

    calls: frozenset[str]
    agents: frozenset[str]
    heard: frozenset[str]
