"""
What the erasure of one person means, worked out before anything is destroyed.

Destroying a key erases everything sealed under it, but three things need more: what other people's cases say about the
person (redacted), rows that are not under the person's key (raw bodies, outbox, files), and columns that hold keyed
hashes (forgotten). The plan is pure; `core.storage` carries it out in the order of its fields and may repeat it after
a crash: every step is idempotent, and the keys go first.

Sources: VN-4 (erasure on request), VN-15 (scheduled erasure of identifiers while the case body stays), VN-1 and VN-2
(a diverted message leaves nothing but a counter).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.contract.schema import Reporter
from core.privacy.redact import MARKER, mentions, redact

__all__ = [
    "MARKER",
    "CaseHolding",
    "ErasureMode",
    "ErasurePlan",
    "Holdings",
    "TextRedaction",
    "mentions",
    "plan_diversion",
    "plan_erasure",
    "redact",
    "terms_of",
]

MIN_NAME_WORDS = 2
MIN_SINGLE_NAME = 5


class ErasureMode(StrEnum):
    """How far it goes."""

    ERASE = "erase"  # the person's request: their own cases lose their texts as well (VN-4)
    PSEUDONYMISE = "pseudonymise"  # scheduled: identifiers go, the case body stays (VN-15)


@dataclass(frozen=True)
class CaseHolding:
    """One case the person has a report on: whose reports hang on it, its vault rows and the key subject of those."""

    case_id: str
    reporters: frozenset[str]
    text_subject: str
    text_ids: tuple[str, ...] = ()
    published: bool = False


@dataclass(frozen=True)
class Holdings:
    """Everything found that belongs to one contact, ids only; `other_subjects` are more key subjects (a recording)."""

    contact_id: str
    cases: tuple[CaseHolding, ...] = ()
    report_ids: tuple[str, ...] = ()
    conversation_ids: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    media_keys: tuple[str, ...] = ()
    raw_ids: tuple[str, ...] = ()
    journal_ids: tuple[str, ...] = ()
    outbox_ids: tuple[str, ...] = ()
    call_ids: tuple[str, ...] = ()
    identity_ids: tuple[str, ...] = ()
    other_subjects: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextRedaction:
    """
    A case whose texts stay without the person.

    Open each text, `redact` it, seal it under a fresh subject with the same vault id, index and publish it again; then
    destroy `old_subject`, or a backup together with the key would still show the name. The commitments in the events
    keep proving the texts that were; a redacted one is read without `expected`.
    """

    case_id: str
    old_subject: str
    text_ids: tuple[str, ...]
    published: bool


@dataclass(frozen=True)
class ErasurePlan:
    """
    What to do, in this order. Ids only: the plan itself may be logged.

    `destroy_keys` are subjects; `media_subjects` lose all their files, `media_keys` are single ones; `clear_*` rows
    lose every sealed and blind column.
    """

    destroy_keys: tuple[str, ...]
    forget_raw: tuple[str, ...]
    forget_journal: tuple[str, ...]
    clear_outbox: tuple[str, ...]
    clear_conversations: tuple[str, ...]
    clear_messages: tuple[str, ...]
    clear_reports: tuple[str, ...]
    delete_identities: tuple[str, ...]
    media_subjects: tuple[str, ...]
    media_keys: tuple[str, ...]
    delete_calls: tuple[str, ...]
    redact_cases: tuple[TextRedaction, ...]
    withdraw_publications: tuple[str, ...]


def plan_erasure(holdings: Holdings, mode: ErasureMode = ErasureMode.ERASE) -> ErasurePlan:
    """
    The plan for one contact.

    A case only this person reported is erased whole in mode ERASE, its publication withdrawn; a case that others
    share, and every case in mode PSEUDONYMISE, stays and is redacted.
    """
    whole = [case for case in holdings.cases if _goes_whole(case, holdings.contact_id, mode)]
    kept = [case for case in holdings.cases if case not in whole]
    return _plan(
        holdings,
        subjects=(holdings.contact_id, *holdings.other_subjects, *(case.text_subject for case in whole)),
        redactions=tuple(
            TextRedaction(case.case_id, case.text_subject, case.text_ids, case.published) for case in kept
        ),
        withdrawals=tuple(case.case_id for case in whole if case.published),
    )


def plan_diversion(holdings: Holdings, *, contact_stays: bool) -> ErasurePlan:
    """
    The plan for a message that must not be kept (khiếu nại, tố cáo, report of corruption; VN-1, VN-2).

    Args:
        holdings: what belongs to this message only.
        contact_stays: the person has other conversations or reports here; their key, identities and the conversation
            then stay, and only this message goes, row by row.
    Raises: ValueError where it already became a case: that is an erasure, decided by a person.
    """
    if holdings.cases or holdings.report_ids:
        raise ValueError("a diverted message never becomes a report")
    if not contact_stays:
        return _plan(holdings, subjects=(holdings.contact_id, *holdings.other_subjects), redactions=(), withdrawals=())
    only = replace(holdings, conversation_ids=(), identity_ids=())
    return _plan(only, subjects=only.other_subjects, redactions=(), withdrawals=())


def terms_of(reporter: Reporter, *, other_addresses: Iterable[str] = ()) -> tuple[str, ...]:
    """
    The spellings by which remaining texts may name a person, for `redact`.

    A lone short given name (An, Bình) is left out: as a word it is everywhere and names nobody.
    """
    terms = [
        *_name_terms(reporter.name),
        *_address_terms(reporter.address),
        *reporter.phones,
        *reporter.emails,
        *other_addresses,
        reporter.identity_number,
    ]
    return tuple(dict.fromkeys(term.strip() for term in terms if term.strip()))


def _goes_whole(case: CaseHolding, contact_id: str, mode: ErasureMode) -> bool:
    return mode is ErasureMode.ERASE and case.reporters <= {contact_id}


def _plan(
    holdings: Holdings, *, subjects: Sequence[str], redactions: tuple[TextRedaction, ...], withdrawals: tuple[str, ...]
) -> ErasurePlan:
    unique = tuple(dict.fromkeys(subjects))
    return ErasurePlan(
        destroy_keys=unique,
        forget_raw=holdings.raw_ids,
        forget_journal=holdings.journal_ids,
        clear_outbox=holdings.outbox_ids,
        clear_conversations=holdings.conversation_ids,
        clear_messages=holdings.message_ids,
        clear_reports=holdings.report_ids,
        delete_identities=holdings.identity_ids,
        media_subjects=unique,
        media_keys=holdings.media_keys,
        delete_calls=holdings.call_ids,
        redact_cases=redactions,
        withdraw_publications=withdrawals,
    )


def _name_terms(name: str) -> list[str]:
    """The full name, and its last two words (chị Thị Hoa): what people write of each other."""
    words = name.split()
    if len(words) < MIN_NAME_WORDS:
        return [name] if len(name.strip()) >= MIN_SINGLE_NAME else []
    return [" ".join(words), " ".join(words[-MIN_NAME_WORDS:])]


def _address_terms(address: str) -> list[str]:
    """The whole address, and its first part where that has a house number."""
    first = address.split(",", maxsplit=1)[0]
    return [address, first] if any(character.isdigit() for character in first) and len(first.split()) > 1 else [address]
