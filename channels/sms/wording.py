"""
What a message says within the length of an SMS: without marks where the brand's template wants it, and no longer than
so many segments. Pure.

Words are dropped from the end and the rest says so by three dots; a link is kept whole, because everything that is
missing stands behind it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from channels.base import clean_text
from channels.sms.segments import Alphabet, alphabet_of, measure
from core.contract.errors import MessageInvalid
from core.contract.schema import OutboundMessage

MORE = "..."
_CHOICES = "Vui lòng trả lời bằng số:"
_SIGNS = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "₫": "d",
        "…": "...",
        "•": "-",
        "·": "-",
        "`": "'",
        "×": "x",
        "→": "->",
        "½": "1/2",
        "°": " do",
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‘’‚′", "'"),
        **dict.fromkeys("–—‐‑−", "-"),
        **dict.fromkeys("\u00a0\u2009\u202f\t", " "),
    }
)
_PIECE = re.compile(r"(\s*)(https?://\S+|\S{1,40})")
_LINK = re.compile(r"https?://")


def without_marks(text: str) -> str:
    """
    Vietnamese as it is typed without marks, in the GSM alphabet only: "Đã tiếp nhận" → "Da tiep nhan".

    Signs that have a plain form get it; what has none (an emoji) is left out.
    """
    bare = (char for char in unicodedata.normalize("NFD", text.translate(_SIGNS)) if not unicodedata.combining(char))
    plain = "".join(char for char in bare if alphabet_of(char) is Alphabet.GSM)
    return re.sub(r" {2,}", " ", plain)


def words_of(message: OutboundMessage, *, marks: bool, most: int) -> str:
    """
    The characters that are really sent, in at most `most` segments.

    Args:
        marks: whether the brand may write Vietnamese with marks (UCS-2). A one-time password never does.
    Raises: MessageInvalid: there is nothing to say, or a one-time password is longer than one segment.
    """
    is_password = message.purpose == "otp"
    text = clean_text("\n".join(filter(None, [message.text.strip(), _choices(message.buttons)])))
    text = text if marks and not is_password else without_marks(text).strip()
    if not text:
        raise MessageInvalid("there is nothing to say by SMS")
    if not is_password:
        return shorten(text, most=most)
    if measure(text).segments > 1:
        raise MessageInvalid("a one-time password has one segment")
    return text


def shorten(text: str, *, most: int) -> str:
    """
    A text in at most `most` segments: as many whole words from its beginning as fit, and every link.

    Raises: MessageInvalid: the links alone are longer.
    """
    if measure(text).segments <= most:
        return text
    pieces = [(space, word, bool(_LINK.match(word))) for space, word in _PIECE.findall(text)]
    least, beyond = 0, sum(not link for _, _, link in pieces)
    while beyond - least > 1:  # `least` words fit, `beyond` do not
        middle = (least + beyond) // 2
        fits = measure(_first(pieces, middle)).segments <= most
        least, beyond = (middle, beyond) if fits else (least, middle)
    shortened = _first(pieces, least)
    if measure(shortened).segments > most:
        raise MessageInvalid(f"the links alone are longer than {most} segments")
    return shortened


def _first(pieces: Sequence[tuple[str, str, bool]], words: int) -> str:
    """The first so many words, three dots, and all the links."""
    kept, seen = [], 0
    for space, word, is_link in pieces:
        if is_link or seen < words:
            kept.append(space + word)
        elif seen == words:
            kept = [*kept[:-1], *(last.rstrip(".,;:") for last in kept[-1:]), MORE]
        seen += not is_link
    return "".join(kept).strip()


def _choices(buttons: Sequence[tuple[str, str]]) -> str:
    """Buttons as numbered lines: an answer by number is understood as one by pressing."""
    links = [f"{title}: {payload}" for title, payload in buttons if _LINK.match(payload)]
    titles = [title for title, payload in buttons if not _LINK.match(payload)]
    numbered = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    return "\n".join([*([_CHOICES] if numbered else []), *numbered, *links])
