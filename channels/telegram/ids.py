"""Names for messages and pressed buttons: Telegram's own numbers are unique within a chat only."""

from __future__ import annotations

_BUTTON = "button:"


def message_id(chat: int | str, number: int) -> str:
    """One message of one chat."""
    return f"{chat}:{number}"


def button_id(query: str) -> str:
    """One press of a button; an answer that names it lets Telegram end the button's waiting sign."""
    return f"{_BUTTON}{query}"


def query_of(provider_message_id: str) -> str:
    """The press that a message answers, or nothing."""
    return provider_message_id.removeprefix(_BUTTON) if provider_message_id.startswith(_BUTTON) else ""
