"""Tokens: made by us they are recognised, changed by anybody else they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.tests.builders import ADDRESS, CONVERSATION, settings
from channels.email.threading import Threads, message_ids, subject_code, thread_hints
from core.contract.errors import MessageInvalid

THREADS = Threads.of(settings())
CONVERSATIONS = st.text(alphabet="0123456789abcdef", min_size=1, max_size=32)


@given(CONVERSATIONS)
def test_a_reply_address_leads_back(conversation: str) -> None:
    """In any case of letters, and within the 64 characters of RFC 5321."""
    address = THREADS.reply_address(conversation)

    assert THREADS.conversation_of([address]) == conversation
    assert THREADS.conversation_of([address.upper()]) == conversation
    assert len(address.partition("@")[0]) <= 64


@given(CONVERSATIONS, st.text(alphabet="abc123-", min_size=1, max_size=36))
def test_a_bounce_address_names_its_mail(conversation: str, outbox_id: str) -> None:
    """Without any look-up, and within the 64 characters of RFC 5321."""
    message_id = THREADS.message_id(outbox_id=outbox_id, conversation=conversation)
    address = THREADS.bounce_address(message_id)

    assert THREADS.bounced_message_id([address]) == message_id
    assert len(address.partition("@")[0]) <= 64
    assert THREADS.issued(message_id)
    assert THREADS.issued_conversation(message_id) == conversation


def test_a_mail_without_conversation_has_its_tokens_too() -> None:
    """A notice out of the blue."""
    message_id = THREADS.message_id(outbox_id="1", conversation="")

    assert THREADS.issued(message_id)
    assert THREADS.issued_conversation(message_id) == ""
    assert THREADS.reply_address("") == ADDRESS
    assert THREADS.bounced_message_id([THREADS.bounce_address(message_id)]) == message_id


@pytest.mark.parametrize("place", range(len(THREADS.reply_address(CONVERSATION).partition("@")[0])))
def test_one_changed_letter_breaks_a_token(place: int) -> None:
    """Conversation or tag."""
    address = THREADS.reply_address(CONVERSATION)
    changed = address[:place] + ("b" if address[place] == "a" else "a") + address[place + 1 :]

    assert THREADS.conversation_of([changed]) == ""


def test_a_tag_fits_only_its_purpose_and_secret() -> None:
    """A bounce token is no reply token, and another province's is none of ours."""
    other = Threads.of(settings(token_secret="another-secret-for-tests-02"))
    address = other.reply_address(CONVERSATION)
    tag = THREADS.bounce_address(f"<c.{CONVERSATION}.aaaaaaaaaaaa@example.vn>").partition("@")[0][-8:]

    assert THREADS.conversation_of([address]) == ""
    assert THREADS.conversation_of([f"phananh+{CONVERSATION}.{tag}@example.vn"]) == ""


def test_a_rotated_secret_is_still_recognised() -> None:
    """But no longer signs."""
    new = Threads.of(
        settings(token_secret="the-next-secret-for-tests-03", old_token_secrets=(settings().token_secret,))
    )

    assert new.conversation_of([THREADS.reply_address(CONVERSATION)]) == CONVERSATION
    assert new.reply_address(CONVERSATION) != THREADS.reply_address(CONVERSATION)


def test_the_first_valid_token_counts() -> None:
    """Wrong ones before it do not hide it."""
    good = THREADS.reply_address(CONVERSATION)

    assert THREADS.conversation_of([ADDRESS, good.replace("phananh+", "phananh+x"), good]) == CONVERSATION


def test_one_outbox_row_has_one_message_id() -> None:
    """So a repeated send is the same mail."""
    ids = {THREADS.message_id(outbox_id=outbox_id, conversation=CONVERSATION) for outbox_id in ("1", "1", "2")}

    assert len(ids) == 2


@pytest.mark.parametrize(
    "message_id",
    [
        "<a@example.vn>",
        "<c.x@example.vn>",
        f"<c.{CONVERSATION}.4lsum3ex7f3v@other.example>",
        "",
        "<m.short@example.vn>",
    ],
)
def test_other_ids_are_not_ours(message_id: str) -> None:
    """Staff share the domain; only the form counts as ours."""
    assert not THREADS.issued(message_id)


def test_a_display_of_the_tokens_hides_the_secret() -> None:
    """They end up in tracebacks."""
    assert "secret-for-tests" not in repr(THREADS) + repr(settings())


@pytest.mark.parametrize("conversation", ["A" * 4, "a b", "x" * 33, "a.b", "a\r\nBcc: x"])
def test_a_strange_conversation_id_is_refused(conversation: str) -> None:
    """It would not survive in an address."""
    with pytest.raises(MessageInvalid):
        THREADS.reply_address(conversation)


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("Re: [PA-123456] Đã tiếp nhận", "PA-123456"),
        ("[pa-12 34 56]", "PA-123456"),
        ("[PA-12.345-6]", "PA-123456"),
        ("PA-123456", ""),
        ("[PA-12]", ""),
        ("[PA-]", ""),
    ],
)
def test_a_code_in_the_subject(subject: str, code: str) -> None:
    """However a mail program or a person spaced it."""
    assert subject_code(subject) == code


def test_hints_come_strongest_first() -> None:
    """In-Reply-To, References backwards, the code; each once."""
    hints = thread_hints(in_reply_to="<c@x>", references="<a@x> <b@x>\t<c@x> broken <", subject="[PA-123456]")

    assert hints == ("<c@x>", "<b@x>", "<a@x>", "PA-123456")
    assert message_ids("no ids at all") == ()
