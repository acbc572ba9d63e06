"""Text as XML 1.0 can hold it: a single sign that it cannot makes the whole document unreadable, for every reader."""

from __future__ import annotations

import re

_NEVER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("[\x0b\x0c]")
"""Line and page breaks of word processors."""


def xml_text(text: str) -> str:
    """The same without those signs; a break stays one."""
    return _NEVER.sub("", _BREAK.sub("\n", text))
