"""Facts about flags: what a case is marked with."""

from __future__ import annotations

from typing import Literal

from core.cases.events.base import Fact
from core.cases.sealed import SealedText


class ConfidentialitySet(Fact):
    """The reporter's identity is (or is no longer) kept secret on request."""

    command = "set_confidential"
    kind: Literal["confidentiality_set"] = "confidentiality_set"
    confidential: bool
    reason: SealedText | None = None


class ReputationFlagged(Fact):
    """It may harm somebody's good name."""

    command = "flag_reputation"
    kind: Literal["reputation_flagged"] = "reputation_flagged"
    reason: SealedText


class ReputationConfirmed(Fact):
    """A second person agreed."""

    command = "confirm_reputation"
    kind: Literal["reputation_confirmed"] = "reputation_confirmed"
    reason: SealedText | None = None


class SecretFlagged(Fact):
    """Suspected state secret."""

    command = "flag_secret"
    kind: Literal["secret_flagged"] = "secret_flagged"


class FlagCleared(Fact):
    """A flag was taken off."""

    command = "clear_flag"
    kind: Literal["flag_cleared"] = "flag_cleared"
    flag: Literal["reputation", "secret", "valuable", "false_report"]
    reason: SealedText


class MarkedValuable(Fact):
    """True and useful."""

    command = "mark_valuable"
    kind: Literal["marked_valuable"] = "marked_valuable"
    reason: SealedText


class MarkedFalse(Fact):
    """False or abusive."""

    command = "mark_false"
    kind: Literal["marked_false"] = "marked_false"
    reason: SealedText
