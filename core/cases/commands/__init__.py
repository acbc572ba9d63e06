"""
Every command there is: what people and clocks ask of a case (table 7.0), each with what it carries.

Which role may issue which command in which stage is the pack's business, never this module's. A command is validated
with a sealer in its context (core.cases.sealed); its free text is sealed before `decide` sees it. Where a field is
optional here, a pack may still require it (`requires`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from core.cases.commands.after import (
    Clarify,
    ExplainLateness,
    GiveFeedback,
    LinkReport,
    Rate,
    RegisterExternal,
    Remind,
    Reopen,
    UnlinkReport,
)
from core.cases.commands.agency import (
    AcceptCoordination,
    AcceptDispatch,
    AssignStaff,
    AssignUnit,
    CommitInterim,
    ConfirmResult,
    Escalate,
    ProposeCoordination,
    ProposeSendBack,
    RefuseCoordination,
    RequestCoordination,
    SendBack,
    SubmitResult,
    SupplyInformation,
)
from core.cases.commands.answer import (
    AnswerReporter,
    Approve,
    CentreReturn,
    EditAndApprove,
    NotifyReporter,
    Publish,
    ReplyPrivately,
    ReturnForRevision,
    SendLetter,
    Withhold,
)
from core.cases.commands.base import Command, OnCoordination, OnDispatch
from core.cases.commands.distribution import (
    Consult,
    DecideLead,
    DispatchCase,
    DowngradeEmergency,
    HandOverEmergency,
    RaiseEmergency,
    ReferToBoard,
    ReportDeadlock,
)
from core.cases.commands.flags import (
    ClearFlag,
    ConfirmReputation,
    FlagReputation,
    FlagSecret,
    MarkFalse,
    MarkValuable,
    SetConfidential,
)
from core.cases.commands.intake import (
    Accept,
    Cancel,
    Classify,
    DeclareNone,
    Decline,
    Divert,
    LogVerificationCall,
    MarkSpam,
    RequestSupplement,
    SupplySupplement,
)
from core.cases.commands.internal import CorrectPlace, FireClock, HandOverWork, NoteRequest, ReceiveReport


def _leaves(base: type[Command]) -> list[type[Command]]:
    below = base.__subclasses__()
    return [leaf for child in below for leaf in _leaves(child)] if below else [base]


def command_name(kind: type[Command]) -> str:
    """The name in table 7.0 of a command class."""
    return str(get_args(kind.model_fields["name"].annotation)[0])


REGISTRY: Mapping[str, type[Command]] = MappingProxyType({command_name(kind): kind for kind in _leaves(Command)})
"""Every command by name, the product's own included."""

NAMES: frozenset[str] = frozenset(name for name, kind in REGISTRY.items() if not kind.internal)
"""The names of table 7.0: what API paths and packs may use."""


def command_schema(name: str) -> dict[str, Any]:
    """JSON Schema of what a command carries, as a client writes it: free text is plain text there."""
    schema = REGISTRY[name].model_json_schema(mode="validation")
    schema["title"] = REGISTRY[name].label
    return schema


__all__ = [
    "NAMES",
    "REGISTRY",
    "Accept",
    "AcceptCoordination",
    "AcceptDispatch",
    "AnswerReporter",
    "Approve",
    "AssignStaff",
    "AssignUnit",
    "Cancel",
    "CentreReturn",
    "Clarify",
    "Classify",
    "ClearFlag",
    "Command",
    "CommitInterim",
    "ConfirmReputation",
    "ConfirmResult",
    "Consult",
    "CorrectPlace",
    "DecideLead",
    "DeclareNone",
    "Decline",
    "DispatchCase",
    "Divert",
    "DowngradeEmergency",
    "EditAndApprove",
    "Escalate",
    "ExplainLateness",
    "FireClock",
    "FlagReputation",
    "FlagSecret",
    "GiveFeedback",
    "HandOverEmergency",
    "HandOverWork",
    "LinkReport",
    "LogVerificationCall",
    "MarkFalse",
    "MarkSpam",
    "MarkValuable",
    "NoteRequest",
    "NotifyReporter",
    "OnCoordination",
    "OnDispatch",
    "ProposeCoordination",
    "ProposeSendBack",
    "Publish",
    "RaiseEmergency",
    "Rate",
    "ReceiveReport",
    "ReferToBoard",
    "RefuseCoordination",
    "RegisterExternal",
    "Remind",
    "Reopen",
    "ReplyPrivately",
    "ReportDeadlock",
    "RequestCoordination",
    "RequestSupplement",
    "ReturnForRevision",
    "SendBack",
    "SendLetter",
    "SetConfidential",
    "SubmitResult",
    "SupplyInformation",
    "SupplySupplement",
    "UnlinkReport",
    "Withhold",
    "command_name",
    "command_schema",
]
