"""Where the name of a place ends: after "đường", "cầu", "thôn", "gần" …"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.intake.lexicon import NOTHING, Lexicon, phrasebook
from core.intake.tokens import Kind, Token

UNITS = frozenset({"streets", "alleys", "admin", "areas", "landmarks"})
BEGUN = UNITS | {"streets_known"}
LONGEST_CAPITAL_RUN = 7
LONGEST_SMALL_RUN = 3


@dataclass(frozen=True)
class Names:
    """
    Reads names of places out of one text's tokens.

    `with_capital`: words that begin with a capital; `cased`: whether capitals tell anything in this text; `found`: what
    of our word lists begins at which token.
    """

    tokens: Sequence[Token]
    marked: bool
    with_capital: frozenset[int]
    cased: bool
    found: Mapping[int, Mapping[str, int]]
    local: Lexicon | None = None

    @classmethod
    def of(cls, tokens: Sequence[Token], *, marked: bool, local: Lexicon | None) -> Names:
        """The names among these tokens."""
        capitals = [at for at, token in enumerate(tokens) if token.raw[0].isupper() and token.kind is Kind.WORD]
        found = phrasebook("places").all(tokens, marked=marked)
        return cls(tokens, marked, frozenset(capitals), has_case(tokens, capitals), found, local)

    @cached_property
    def compounds(self) -> frozenset[int]:
        """Tokens that are parts of words that are no places."""
        lengths = [(index, found["compounds"]) for index, found in self.found.items() if "compounds" in found]
        return frozenset(at for index, length in lengths for at in range(index, index + length))

    def may_begin(self, index: int) -> bool:
        """Whether a name or a unit word can begin at `index`; most words are neither at first sight."""
        listed = not BEGUN.isdisjoint(self.found.get(index, NOTHING))
        return listed or index in self.with_capital or self.local is not None

    def known(self, index: int) -> int:
        """End of a name everybody knows that begins at `index`, else `index`."""
        length = self.at("streets_known", index)
        if self.local is not None:
            length = max(length, self.local.at(self.tokens, index, marked=self.marked))
        return self.with_tail(index + length) if length else index

    def capitals(self, index: int, *, after_unit: bool = False) -> int:
        """
        End of a run of words with capitals; numbers may stand inside or end it ("Xuân 68", "Lê Lợi 2").

        `after_unit`: right after "đường", "thôn" …, where even "Dạ" and "Cống" begin a name.
        """
        end = index
        while self.cased and end < len(self.tokens) and end - index < LONGEST_CAPITAL_RUN:
            capital = end in self.with_capital and not (end == index and self.greets(end, after_unit))
            if not (capital or (end > index and self.number_in_name(end))):
                break
            end += 1
        return self.with_tail(end) if end > index else index

    def greets(self, index: int, after_unit: bool) -> bool:
        """Words that begin sentences, not names: Nhờ, Đề, Xin, Mong, Tôi …"""
        follows_on = after_unit and index > 0 and self.tokens[index - 1].kind is Kind.WORD
        return self.tokens[index].low in OPENING_WORDS and not follows_on

    def number_in_name(self, index: int) -> bool:
        """A number right after a capital word that does not count time, people or things."""
        return self.tokens[index].kind is Kind.NUMBER and not self.at("counted", index + 1)

    def small(self, index: int, *, most: int = LONGEST_SMALL_RUN, surname: bool = False) -> int:
        """End of a name written without capitals: it ends at the first everyday word. `surname`: must begin so."""
        if index >= len(self.tokens) or (surname and not self.at("surnames", index)):
            return index
        end = index
        while end < len(self.tokens) and end - index < most and self.may_be_name(end, sure=end - index == surname):
            end += 1
        return self.with_tail(end) if end - index >= (2 if surname else 1) else index

    def may_be_name(self, index: int, *, sure: bool) -> bool:
        """Whether a word can belong to a name in small letters; first, and after a surname, nearly every word can."""
        stops = bool(self.at("firm_stops", index)) if sure and not self.marked else self.is_stop(index)
        if self.tokens[index].kind is not Kind.WORD or stops:
            return False
        return sure or not any(self.at(heading, index) for heading in ("admin", "areas", "relations", "landmarks"))

    def is_stop(self, index: int) -> bool:
        """An everyday word, as far as its letters tell."""
        spared = not self.marked and self.at("stops_only_marked", index)
        return bool(self.at("stops", index)) and not spared

    def number(self, index: int) -> int:
        """End of a number used as a name: tổ 5, đường 3/2, quốc lộ 1A, kiệt 45."""
        if index < len(self.tokens) and self.tokens[index].low in ("số", "so") and self.is_number(index + 1):
            return index + 2
        return index + 1 if self.is_number(index) else index

    def is_number(self, index: int) -> bool:
        """A number at this index that is no phone number."""
        return index < len(self.tokens) and self.tokens[index].kind is Kind.NUMBER and len(self.tokens[index].raw) < 9

    def with_tail(self, end: int) -> int:
        """The name with "nối dài", "kéo dài" …"""
        return end + self.at("tails", end)

    def at(self, heading: str, index: int) -> int:
        """How many tokens at `index` make a phrase of this list."""
        return self.found[index].get(heading, 0) if index in self.found else 0


def has_case(tokens: Sequence[Token], capitals: Sequence[int]) -> bool:
    """Whether capitals tell anything: some words have one, and not nearly all letters are capitals."""
    shouted = sum(len(word) > 1 and word.isupper() for word in (tokens[at].raw for at in capitals))
    return bool(capitals) and (not shouted or shouted * 2 < sum(token.kind is Kind.WORD for token in tokens))


OPENING_WORDS = frozenset(
    [
        "nhờ",
        "đề",
        "mong",
        "xin",
        "tôi",
        "em",
        "anh",
        "chị",
        "mình",
        "tui",
        "con",
        "cháu",
        "bác",
        "cô",
        "chú",
        "kính",
        "dạ",
        "vâng",
        "thưa",
        "gửi",
        "cảm",
        "cám",
        "chào",
        "hiện",
        "đang",
        "đã",
        "bị",
        "có",
        "không",
        "rất",
        "nay",
        "hôm",
        "sáng",
        "trưa",
        "chiều",
        "tối",
        "đêm",
        "vào",
        "lúc",
        "khi",
        "do",
        "vì",
        "nên",
        "mà",
        "nhưng",
        "và",
        "với",
        "rồi",
        "thì",
        "là",
        "của",
        "cho",
        "các",
        "những",
        "một",
        "mấy",
        "nhiều",
        "người",
        "xe",
        "rác",
        "đèn",
        "nước",
        "cây",
        "ổ",
        "nắp",
        "hố",
        "cống",
        "dân",
        "bà",
        "ông",
        "sđt",
        "số",
        "đt",
        "điện",
        "tên",
        "họ",
        "email",
        "liên",
        "nguy",
    ]
)
