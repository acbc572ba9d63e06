"""Where in a page a template's value stands: in its text, in what is read aloud, or where nobody reads it."""

from __future__ import annotations

ALOUD = frozenset({"alt", "aria-label", "data-key-name", "data-label", "placeholder", "title"})
"""Attributes that people read or hear."""
QUIET = frozenset({"code", "pre", "script", "style", "textarea"})
"""Elements whose text is no sentence of ours, or goes back as it was typed."""


class Place:
    """
    Follows a template from its beginning, one piece of text after the other.

    A line through the source, whichever way its conditions go: right as long as each of them leaves tags and quotes
    as it found them.
    """

    def __init__(self) -> None:
        self._tag = False
        self._quote = ""
        self._word = ""
        self._first = ""
        self._element = ""

    @property
    def is_read(self) -> bool:
        """Whether people read what stands here."""
        if self._quote:
            return self._word in ALOUD
        return not self._tag and self._element not in QUIET

    def follow(self, text: str) -> None:
        """Go on over a piece of the source."""
        for sign in text:
            if self._quote:
                self._quote = "" if sign == self._quote else self._quote
            elif self._tag:
                self._in_tag(sign)
            elif sign == "<":
                self._tag, self._word, self._first = True, "", ""

    def _in_tag(self, sign: str) -> None:
        if sign in "\"'":
            self._quote = sign
        elif sign == ">":
            self._tag, self._element = False, (self._first or self._word).lower()
        elif sign.isspace():
            self._first, self._word = self._first or self._word, ""
        elif sign != "=":
            self._word += sign
