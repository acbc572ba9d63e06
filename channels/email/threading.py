"""
How a mail finds its conversation again: what we put into Message-ID, Reply-To and return path, and how we read it.

- Message-ID `<c.<conversation>.<stamp>@domain>`; the stamp depends only on the outbox id, so a repeated send carries
  the same Message-ID and every mail program shows it once.
- Reply-To `mailbox+<conversation>.<tag>@…`: the tag is an HMAC, so the conversation in it is proved.
- Return path `bounces+<stem>.<tag>@domain`, where the stem is the local part of the Message-ID: a bounce names the
  mail it is about without any look-up, and an invented one is refused at RCPT.

A token proves that we wrote to somebody about this conversation, not who writes now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from channels.base import mac, same
from channels.email.settings import EmailSettings
from core.contract.errors import MessageInvalid

TAG_LENGTH = 8
STAMP_LENGTH = 12
MAX_HINTS = 50
_CONVERSATION = re.compile(r"[a-z0-9-]{1,32}")
_STEM = r"(?:c\.[a-z0-9-]{1,32}|m)\.[a-z2-7]{12}"
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")
_SUBJECT_CODE = re.compile(r"\[PA-([0-9][0-9 .-]{2,22}[0-9])\]", re.IGNORECASE)


@dataclass(frozen=True)
class Threads:
    """Makes and reads the tokens of one mailbox."""

    address: str
    domain: str
    aliases: tuple[str, ...]
    secrets: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, settings: EmailSettings) -> Threads:
        """The tokens of a configured mailbox."""
        return cls(settings.address, settings.mail_domain, settings.aliases, settings.secrets)

    def message_id(self, *, outbox_id: str, conversation: str) -> str:
        """The Message-ID of an outgoing mail: the same whenever the same outbox row is sent."""
        stamp = mac(self.secrets[0], "message-id", outbox_id, length=STAMP_LENGTH)
        stem = f"c.{_checked(conversation)}.{stamp}" if conversation else f"m.{stamp}"
        return f"<{stem}@{self.domain}>"

    def issued(self, message_id: str) -> bool:
        """Whether a Message-ID has the form that only we give out."""
        return re.fullmatch(rf"<{_STEM}@{re.escape(self.domain)}>", message_id.strip().lower()) is not None

    def issued_conversation(self, message_id: str) -> str:
        """The conversation named in a Message-ID of ours; a hint, not a proof. Empty: none."""
        parts = message_id.strip("<> ").split(".")
        return parts[1] if self.issued(message_id) and parts[0].lower() == "c" else ""

    def reply_address(self, conversation: str) -> str:
        """Where answers in this conversation shall go; the plain mailbox when there is no conversation."""
        if not conversation:
            return self.address
        local, _, domain = self.address.partition("@")
        tag = mac(self.secrets[0], "reply", _checked(conversation), length=TAG_LENGTH)
        return f"{local}+{conversation}.{tag}@{domain}"

    def conversation_of(self, addresses: Iterable[str]) -> str:
        """The conversation proved by the first plus-address with a valid tag. Empty: none."""
        local, _, domain = self.address.partition("@")
        form = re.compile(rf"{re.escape(local)}\+([a-z0-9-]{{1,32}})\.([a-z2-7]{{{TAG_LENGTH}}})@{re.escape(domain)}")
        for address in addresses:
            found = form.fullmatch(address.strip().lower())
            if found and self._valid(found[2], "reply", found[1]):
                return found[1]
        return ""

    def bounce_address(self, message_id: str) -> str:
        """The return path (VERP) of the mail with this Message-ID of ours."""
        stem = message_id.strip("<>").partition("@")[0]
        return f"bounces+{stem}.{mac(self.secrets[0], 'bounce', stem, length=TAG_LENGTH)}@{self.domain}"

    def bounced_message_id(self, addresses: Iterable[str]) -> str:
        """The Message-ID of ours that a bounce address was made for. Empty: none, or its tag is wrong."""
        form = re.compile(rf"bounces\+({_STEM})\.([a-z2-7]{{{TAG_LENGTH}}})@{re.escape(self.domain)}")
        for address in addresses:
            found = form.fullmatch(address.strip().lower())
            if found and self._valid(found[2], "bounce", found[1]):
                return f"<{found[1]}@{self.domain}>"
        return ""

    def receives(self, address: str) -> bool:
        """Whether mail to this address is for us: the mailbox, its plus-addresses, aliases, valid bounce addresses."""
        plain = address.strip().lower()
        if plain == self.address or plain in self.aliases:
            return True
        local, _, domain = self.address.partition("@")
        name, _, host = plain.rpartition("@")
        return (host == domain and name.startswith(f"{local}+")) or bool(self.bounced_message_id([plain]))

    def _valid(self, tag: str, purpose: str, body: str) -> bool:
        return any(same(tag, mac(secret, purpose, body, length=TAG_LENGTH)) for secret in self.secrets)


def message_ids(value: str) -> tuple[str, ...]:
    """All `<id>`s of a References, In-Reply-To or Message-ID header, in their order."""
    return tuple(_MESSAGE_ID.findall(value))


def subject_code(subject: str) -> str:
    """`PA-<digits>` from a subject with `[PA-…]`, to be believed only if the sender takes part already. Else empty."""
    found = _SUBJECT_CODE.search(subject)
    return "PA-" + re.sub(r"\D", "", found[1]) if found else ""


def thread_hints(*, in_reply_to: str, references: str, subject: str) -> tuple[str, ...]:
    """Keys of an existing conversation, strongest first: In-Reply-To, References from last to first, subject code."""
    ids = [*message_ids(in_reply_to), *reversed(message_ids(references))][:MAX_HINTS]
    code = subject_code(subject)
    return tuple(dict.fromkeys([*ids, *([code] if code else [])]))


def _checked(conversation: str) -> str:
    if not _CONVERSATION.fullmatch(conversation):
        raise MessageInvalid("a conversation id must be 1 to 32 lower-case letters, digits or hyphens")
    return conversation
