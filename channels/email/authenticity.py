"""
What our own edge server found out about the sender (RFC 8601). Nothing is checked here, and nobody else is believed.

Only `Authentication-Results` whose authserv-id is configured count; that server must strip foreign headers of its
name (RFC 8601 §5). A failure is no proof of fraud: mailing lists break SPF and DKIM.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from email.message import Message
from typing import Literal

from channels.email.charset import decode_header, header, raw_headers
from channels.email.mime import sender_of
from core.contract.schema import Authenticity

Verdict = Literal["pass", "fail", "none"]
MAX_HEADERS = 20
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)(.*)$", re.IGNORECASE | re.DOTALL)
_SIGNER = re.compile(r"header\.d\s*=\s*([^\s;]+)", re.IGNORECASE)
_SCORE = re.compile(r"^-?\d{1,4}(?:\.\d+)?")


def read_authenticity(message: Message, trusted: Collection[str]) -> Authenticity:
    """
    SPF, DKIM and DMARC as our edge server saw them, the topmost result of each method.

    `verified` means that the address in From is proved: DMARC passed, or, where the domain has no DMARC, a DKIM
    signature of exactly that domain. It says nothing about the person.
    """
    results = [result for value in _trusted_headers(message, trusted) for result in _results(value)]
    if not results:
        return Authenticity()
    domain = sender_of(message)[0].rpartition("@")[2]
    by_method: dict[str, Verdict] = {}
    for method, verdict, _ in results:
        by_method.setdefault(method, verdict)
    signed = any(method == "dkim" and verdict == "pass" and signer == domain for method, verdict, signer in results)
    dmarc = by_method.get("dmarc", "none")
    return Authenticity(
        spf=by_method.get("spf", "none"),
        dkim="pass" if signed else by_method.get("dkim", "none"),
        dmarc=dmarc,
        spam_score=_spam_score(message),
        verified=dmarc == "pass" or (dmarc == "none" and signed),
    )


def _trusted_headers(message: Message, trusted: Collection[str]) -> list[str]:
    headers = raw_headers(message, "Authentication-Results")[:MAX_HEADERS]
    values = [_COMMENT.sub(" ", decode_header(value)) for value in headers]
    return [value for value in values if _authserv_id(value) in trusted]


def _authserv_id(value: str) -> str:
    """The first word; a version number may follow it."""
    return next(iter(value.partition(";")[0].lower().split()), "")


def _results(value: str) -> list[tuple[str, Verdict, str]]:
    found = (_RESULT.match(part) for part in value.split(";")[1:])
    return [(part[1].lower(), _verdict(part[2].lower()), _signer(part[3])) for part in found if part]


def _verdict(word: str) -> Verdict:
    if word == "pass":
        return "pass"
    return "fail" if word in {"fail", "softfail", "hardfail"} else "none"


def _signer(properties: str) -> str:
    found = _SIGNER.search(properties)
    return found[1].strip('"').lower() if found else ""


def _spam_score(message: Message) -> float | None:
    found = _SCORE.match(header(message, "X-Spam-Score"))
    return float(found[0]) if found else None
