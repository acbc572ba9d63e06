"""What the reporter is called: "tôi là Nguyễn Văn An", "em tên Hoa", "Người gửi: …", a signature under a mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.intake.lexicon import lexicon, pattern
from core.intake.tokens import Kind, Token, tokens_of
from core.intake.words import Text, blanked

SIGNED = re.compile(
    r"(?:trân trọng(?: cảm ơn)?|kính thư|thân ái|(?:chân thành |xin )?c[ảá]m ơn|(?:best )?regards|kính)[ ./!,]*+\n\s*+"
    r"(?:người gửi|người phản ánh|ký tên)?+[:\s]*+(?P<name>[^\n]{3,40}|(?<=[^\S\n]|:)[^\n]{2})",
    re.IGNORECASE,
)
"""Gaps are never given back: of a thousand empty lines under "Trân trọng" each way to divide them would be tried."""
LONGEST = 5
REACH = 80
CLAUSES = re.compile(r"[,;.\n–|:()-]")


@dataclass(frozen=True)
class NameReading:
    """A name as said, and where it stood with the words that introduce it."""

    name: str = ""
    spans: tuple[tuple[int, int], ...] = ()


def read_name(text: Text, *, taken: tuple[tuple[int, int], ...] = ()) -> NameReading:
    """The reporter's name, where the text says it is one; empty otherwise. `taken`: stretches that are places."""
    for heading in ("named", "is"):
        for match in pattern("persons", heading).finditer(text):
            end = name_end(text, match.end(), sure=heading == "named")
            inside_place = any(start < end and match.end() < stop for start, stop in taken)
            if end > match.end() and not (inside_place and heading == "is"):
                return NameReading(tidy(text.raw[match.end() : end]), ((match.start(), end),))
    return read_standing(text, taken)


def read_standing(text: Text, taken: tuple[tuple[int, int], ...]) -> NameReading:
    """A full name that stands by itself between commas or on a line of its own: "0900 000 001 - Bùi Văn Mít"."""
    at = 0
    for clause in CLAUSES.split(blanked(text.raw, taken)):
        if may_be_full_name(text.raw[at : at + len(clause)]):
            words = tokens_of(text.part(at, at + len(clause)))
            if is_full_name(words, marked=text.marked):
                return NameReading(clause.strip(), ((at + words[0].start, at + words[-1].end),))
        at += len(clause) + 1
    return read_signature(text)


def may_be_full_name(clause: str) -> bool:
    """Two to five words with capitals: most clauses are none at first sight."""
    words = clause.split()
    return 2 <= len(words) <= LONGEST and all(word[0].isupper() for word in words)


def is_full_name(words: Sequence[Token], *, marked: bool) -> bool:
    """Two to five capitalised words, a family name first, and no everyday word."""
    if not 2 <= len(words) <= LONGEST or not all(word.kind is Kind.WORD and word.capital for word in words):
        return False
    known_street = lexicon("places", "streets_known").at(words, 0, marked=marked) == len(words)
    family = lexicon("places", "sure_surnames", "family_names").at(words, 0, marked=marked)
    return bool(family) and not known_street and not all(word.raw.isupper() for word in words)


def read_signature(text: Text) -> NameReading:
    """The line under "Trân trọng" of a mail, where it looks like a name."""
    signed = SIGNED.search(text.raw) if "\n" in text.raw else None
    start = signed.start("name") if signed else 0
    end = name_end(text, start, sure=True) if signed else 0
    return NameReading(tidy(text.raw[start:end]), ((start, end),)) if end > start else NameReading()


def bare_name(text: Text) -> str:
    """A whole answer that is nothing but a name: what follows the question for one; empty where it is none."""
    end = unmarked_end(text) or name_end(text, 0, sure=True)
    return tidy(text.raw[:end])


def unmarked_end(text: Text) -> int:
    """The end of a name that is all of a text without marks ("nguyen van nam", "Nam"); 0: it is something else."""
    tokens = tokens_of(text)
    words = tokens[skip_titles(text, tokens) :]
    if text.marked or not 0 < len(words) <= LONGEST or any(word.kind is not Kind.WORD for word in words):
        return 0
    family = lexicon("places", "sure_surnames", "family_names").at(words, 0, marked=False)
    named = bool(family) if len(words) > 1 else is_also_name(words, 0)
    return words[-1].end if named and not any(is_everyday(words, index) for index in range(len(words))) else 0


def is_also_name(words: Sequence[Token], index: int) -> bool:
    """Whether people are called like a word that, without marks, is spelled like an everyday one."""
    return bool(lexicon("persons", "also_names").at(words, index, marked=False))


def is_everyday(words: Sequence[Token], index: int) -> bool:
    """Whether a word of a text without marks is none that people are called."""
    everyday = bool(lexicon("persons", "ends", "not_names").at(words, index, marked=False))
    return everyday and not is_also_name(words, index)


def refuses_name(text: Text) -> bool:
    """Says that the name is not to be told."""
    return pattern("persons", "refuses").search(text) is not None


def name_end(text: Text, start: int, *, sure: bool) -> int:
    """Where the name that begins at `start` ends; `start` itself where no name stands there."""
    rest = text.part(start, start + REACH)
    tokens = tokens_of(rest)[: LONGEST + 3]
    words = name_words(tokens[skip_titles(rest, tokens) :], marked=text.marked)
    if not words or not looks_like_name(words, marked=text.marked, sure=sure):
        return start
    return start + words[-1].end


def skip_titles(text: Text, tokens: Sequence[Token]) -> int:
    """How many tokens in front are signs or titles ("là", ":", "chị")."""
    count = 0
    while count < len(tokens) and (tokens[count].raw in {":", "-", "–"} or is_title(text, tokens[count])):
        count += 1
    return count


def is_title(text: Text, token: Token) -> bool:
    """Ông, bà, anh, chị …, and the "là" before them."""
    word = text.part(token.start, token.end)
    return token.low == "là" or pattern("persons", "titles").fullmatch(word) is not None


def name_words(tokens: Sequence[Token], *, marked: bool) -> list[Token]:
    """Words up to a sign, a number, a line break or an everyday word."""
    words: list[Token] = []
    for index, token in enumerate(tokens[:LONGEST]):
        named = token.capital and (bool(words) or (index + 1 < len(tokens) and tokens[index + 1].capital))
        everyday = lexicon("persons", "ends").at(tokens, index, marked=marked) and not named
        if token.kind is not Kind.WORD or everyday:
            break
        words.append(token)
    return words


def looks_like_name(words: Sequence[Token], *, marked: bool, sure: bool) -> bool:
    """Capitals or a surname; where the text says "tên", any one to four words; never a role ("người dân")."""
    named = (sure or len(words) > 1) and all(word.capital for word in words)
    if not named and lexicon("persons", "not_names").at(words, 0, marked=marked):
        return False
    surname = bool(lexicon("places", "surnames").at(words, 0, marked=marked)) and len(words) > 1
    return surname or all(word.capital for word in words) or (sure and len(words) < LONGEST)


def tidy(name: str) -> str:
    """One line without signs and titles around it; capitals where there were none."""
    words = name.strip(" .,:;-–\n\t").split()
    while len(words) > 1 and (
        words[0].lower() in {"là", "la"} or pattern("persons", "titles").fullmatch(Text.of(words[0]))
    ):
        words = words[1:]
    plain = " ".join(words).strip(" .,:;-–")
    return plain.title() if plain.islower() else plain
