"""Who is a person, what is proved about them, and what reports are worth."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message

import pytest

from channels.email.authenticity import read_authenticity
from channels.email.classify import Nature, classify
from channels.email.mapping import MailMapping
from channels.email.tests.builders import ADDRESS, CITIZEN, delivery, payload, settings
from channels.email.threading import Threads
from core.contract.schema import Authenticity, DeliveryReceipt, Ignored

THREADS = Threads.of(settings())
MAPPING = MailMapping.of(settings())


def letter(*headers: str, sender: str = CITIZEN) -> Message:
    return message_from_bytes("\n".join([f"From: {sender}", "Message-ID: <1@x>", *headers, "", "x"]).encode())


def nature(*headers: str, sender: str = CITIZEN, envelope: str | None = CITIZEN) -> Nature:
    return classify(letter(*headers, sender=sender), threads=THREADS, envelope_from=envelope, to_bounces=False)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: AUTO-GENERATED; x=y",
        "X-Autoreply: yes",
        "X-Autorespond: yes",
        "X-Auto-Response-Suppress: OOF",
        "Precedence: Bulk",
        "Precedence: junk",
        "Precedence: list",
        "Precedence: auto_reply",
        "List-Id: <x.example.vn>",
        "List-Unsubscribe: <mailto:x@example.vn>",
    ],
)
def test_a_robot_shows_itself(header: str) -> None:
    """RFC 3834 and what came before it."""
    assert nature(header) is Nature.AUTOMATIC


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: first-class", "X-Priority: 1", "Subject: Auto"])
def test_a_person_is_left_a_person(header: str) -> None:
    """Headers that only look like it."""
    assert nature(header) is Nature.PERSON


@pytest.mark.parametrize(
    "sender",
    ["MAILER-DAEMON@x.vn", "postmaster@x.vn", "no-reply@x.vn", "noreply@x.vn", "donotreply@x.vn", "bounces+1@x.vn"],
)
def test_some_addresses_never_read_mail(sender: str) -> None:
    """Nobody is behind them."""
    assert nature(sender=sender) is Nature.AUTOMATIC


@pytest.mark.parametrize("sender", ["bouncer@x.vn", "noreplyan@x.vn", "an.postmaster@x.vn"])
def test_similar_addresses_do(sender: str) -> None:
    """The whole local part counts."""
    assert nature(sender=sender) is Nature.PERSON


def test_a_missing_envelope_falls_back_to_the_return_path() -> None:
    """Mail fetched over IMAP has no envelope."""
    assert nature("Return-Path: <>", envelope=None) is Nature.AUTOMATIC
    assert nature(envelope=None) is Nature.PERSON


def test_the_order_decides() -> None:
    """Our own mail is a loop first, whatever else it says."""
    assert nature(f"X-Intake-Loop: {ADDRESS.upper()}", "Auto-Submitted: auto-replied") is Nature.LOOP
    assert nature("X-Intake-Loop: other@province.example.vn") is Nature.PERSON


def test_a_report_without_its_parameter_is_known_by_its_part() -> None:
    """Some systems forget report-type."""
    body = payload("bounce__permanent").body.replace(b"report-type=delivery-status; ", b"")
    [item] = MAPPING.split(delivery(body))
    [receipt] = MAPPING.parse(delivery(body), item)

    assert isinstance(receipt, DeliveryReceipt)


def test_a_report_to_an_invented_address_marks_nobody() -> None:
    """Otherwise anybody could declare a citizen's address dead."""
    body = payload("bounce__permanent").body.replace(b".ys4csg2i@", b".aaaaaaaa@").replace(b"Message-ID: <c.", b"X: <")
    [item] = MAPPING.split(delivery(body))

    assert MAPPING.parse(delivery(body), item) == [Ignored(reason="bounce_unmatched")]


def test_a_report_about_two_addresses_gives_two_receipts() -> None:
    """One block each."""
    block = b"\nFinal-Recipient: rfc822; binh@hopthu.example.vn\nAction: delayed\nStatus: 4.2.2\n\n--rep\n"
    body = payload("bounce__permanent").body.replace(
        b"\n--rep\nContent-Type: text/rfc822", block + b"Content-Type: text/rfc822"
    )
    [item] = MAPPING.split(delivery(body))
    receipts = [found for found in MAPPING.parse(delivery(body), item) if isinstance(found, DeliveryReceipt)]

    assert [(found.address, found.permanent) for found in receipts] == [
        (CITIZEN, True),
        ("binh@hopthu.example.vn", False),
    ]


TRUSTED = ("mail.example.vn",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mail.example.vn; dmarc=pass", Authenticity(dmarc="pass", verified=True)),
        ("MAIL.example.vn 1; spf=fail; dkim=neutral", Authenticity(spf="fail")),
        ("mail.example.vn; spf=softfail (x; y) smtp.mailfrom=a", Authenticity(spf="fail")),
        (
            "mail.example.vn; dkim=fail header.d=other.vn; dkim=pass header.d=hopthu.example.vn",
            Authenticity(dkim="pass", verified=True),
        ),
        ("mail.example.vn; dkim=pass header.d=other.vn", Authenticity(dkim="pass")),
        ("mail.example.vn; dkim=pass header.d=hopthu.example.vn; dmarc=fail", Authenticity(dkim="pass", dmarc="fail")),
        ("mail.example.vn; none", Authenticity()),
        ("mx.elsewhere.vn; dmarc=pass", Authenticity()),
        ("mail.example.vn.xau.vn; dmarc=pass", Authenticity()),
        ("", Authenticity()),
    ],
)
def test_only_our_own_server_is_believed(value: str, expected: Authenticity) -> None:
    """And DMARC outranks DKIM where there is one."""
    assert read_authenticity(letter(f"Authentication-Results: {value}"), TRUSTED) == expected


def test_the_topmost_result_counts() -> None:
    """Our server writes above what came with the mail."""
    message = letter(
        "Authentication-Results: mail.example.vn; dmarc=fail", "Authentication-Results: mail.example.vn; dmarc=pass"
    )

    assert read_authenticity(message, TRUSTED).dmarc == "fail"


def test_without_a_server_of_ours_nothing_is_known() -> None:
    """Not even a spam score."""
    message = letter("Authentication-Results: mail.example.vn; dmarc=pass", "X-Spam-Score: 3")

    assert read_authenticity(message, ()) == Authenticity()
