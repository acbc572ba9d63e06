"""
Where a concrete piece of a place ends: a house number with its street, a unit word with its name.

All positions are indexes of tokens; a reader that finds nothing answers the index it was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.intake.lexicon import NOTHING
from core.intake.reading.names_of_places import UNITS, Names
from core.intake.tokens import Kind, Token
from core.intake.words import Text

ABBREVIATED = 3
DEEPEST = 3
SIGNS = frozenset(":\"“”'-–")
DOTS = frozenset(".,")


class PieceKind(StrEnum):
    """How exact a piece is; a correction replaces pieces of the same sort."""

    SPOT = "spot"
    ADMIN = "admin"


@dataclass(frozen=True)
class Units:
    """Reads houses, streets, communes and landmarks out of one text's tokens."""

    text: Text
    tokens: tuple[Token, ...]
    names: Names

    def inside_compound(self, index: int) -> bool:
        """Whether the token is part of a word that is no place: "hàng xóm", "o ga"; "o ga Hue" is one all the same."""
        return index in self.names.compounds and not self.names.at("one_of_a_kind", index)

    def house(self, index: int, *, depth: int = 0) -> tuple[int, PieceKind]:
        """A house number with its street: "12 Nguyễn Huệ", "số nhà 3/45 đường Lê Lợi", "14 kiệt 60 Đặng Huy Trứ"."""
        spot = PieceKind.SPOT
        said = self.names.at("numbered_words", index)
        at = index + said
        if not self.names.is_number(at) or self.counts_something(at):
            return index, spot
        after = self.skip_sign(at + 1, dots=True)
        road = self.names.at("streets", after) or self.names.at("alleys", after)
        street = self.unit(after, depth=depth + 1)[0] if road else after
        if street == after:
            street = self.street_name(after, sure=bool(said))
        if street > after:
            return street, spot
        explicit = said and self.folded(index) in {"so", "sn", "kios", "can"} and self.names.at("relations", index - 1)
        return (at + 1, spot) if explicit else (index, spot)

    def counts_something(self, index: int) -> bool:
        """Whether the number counts: "3 hôm", "2 người", "7h"; or is a phone number."""
        glued = index + 1 < len(self.tokens) and self.tokens[index + 1].start == self.tokens[index].end
        letter = glued and self.tokens[index + 1].low in {"h", "g", "m", "km", "k", "tr", "giờ"}
        return letter or len(self.tokens[index].raw) > 8

    def street_name(self, index: int, *, sure: bool) -> int:
        """End of a street's name right after a house number; without "số" in front it must look like a name."""
        for end in (self.names.known(index), self.names.capitals(index)):
            if end > index:
                return end
        family = sure or self.names.at("sure_surnames", index)
        return self.names.small(index, most=3, surname=True) if family else index

    def unit(self, index: int, *, depth: int = 0) -> tuple[int, PieceKind]:
        """A unit word with its name: "cầu Bạch Yến", "thôn 3", "phường Vỹ Dạ", "quốc lộ 1A", "bến xe phía Bắc"."""
        heading, length = self.unit_word(index)
        if not heading or depth > DEEPEST:
            return index, PieceKind.SPOT
        kind = PieceKind.ADMIN if heading == "admin" else PieceKind.SPOT
        short = length == 1 and len(self.tokens[index].raw) <= ABBREVIATED
        start = self.skip_sign(index + length, lines=True, dots=short)
        end = self.name_after(start, index, heading, depth=depth)
        return (end, kind) if end > start else (index, kind)

    def unit_word(self, index: int) -> tuple[str, int]:
        """The longest unit word at this token and the list it is from."""
        found = self.names.found.get(index, NOTHING)
        if UNITS.isdisjoint(found):
            return "", 0
        length, heading = max((found[heading], heading) for heading in UNITS if heading in found)
        return heading, length

    def name_after(self, start: int, unit_at: int, heading: str, *, depth: int) -> int:
        """End of the name that follows a unit word."""
        if self.names.may_begin(start):
            nested = self.unit(start, depth=depth + 1)[0] if heading != "admin" else start
            named = max(self.names.known(start), self.names.capitals(start, after_unit=True), nested)
            if named > start:
                return named
        numbered = heading == "landmarks" and self.names.at("numbered_words", start) and depth < DEEPEST
        house = self.house(start, depth=depth + 1)[0] if numbered else start
        if house > start:
            return house
        if heading in ("streets", "alleys", "areas", "admin") or self.unit_is_numbered(unit_at):
            number = self.names.number(start)
            if number > start and not self.names.at("counted", number):
                lamp = unit_at > 0 and self.folded(unit_at - 1) == "den" and self.house(start)[0] > number
                return start if lamp else self.after_number(number, heading, depth)
        further = self.name_behind_kind(start, heading, depth)
        return further if further > start else self.small_name(start, unit_at, heading)

    def name_behind_kind(self, start: int, heading: str, depth: int) -> int:
        """A name behind small words: "đường liên xã Vinh Hưng", "khu định cư Hương Sơ", "tiệm cơm gà Kim Long"."""
        if heading == "streets":
            after = start + self.names.at("street_kinds", start)
            if after == start or not self.names.may_begin(after):
                return start
            inner = self.unit(after, depth=depth + 1)[0]
            end = max(self.names.known(after), self.names.capitals(after, after_unit=True), inner)
            return end if end > after else start
        at = start
        while at < len(self.tokens) and at - start < 2 and self.small_noun(at) and not self.names.is_stop(at):
            at += 1
        end = self.names.capitals(at, after_unit=True) if start < at < len(self.tokens) and self.text.marked else at
        return end if end > at else start

    def unit_is_numbered(self, index: int) -> bool:
        """Landmarks that go by number (km 12, cột điện số 4), and dates as names (công viên 3/2)."""
        following = self.skip_sign(index + self.unit_word(index)[1])
        dated = following < len(self.tokens) and "/" in self.tokens[following].raw
        numbered = {"km", "cot", "tru", "tram", "cong", "to", "toa", "nga", "nha", "bai"}
        return dated or self.folded(index) in numbered

    def folded(self, index: int) -> str:
        """The letters of a token without marks."""
        return self.text.folded[self.tokens[index].start : self.tokens[index].end]

    def after_number(self, index: int, heading: str, depth: int) -> int:
        """What follows an alley's or a group's number: "kiệt 60 Đặng Huy Trứ", "tổ 4 Vĩnh Ninh"."""
        if heading == "areas":
            return max(self.names.known(index), self.names.capitals(index), index)
        if heading != "alleys":
            return index
        after = self.skip_sign(index, dots=True)
        end = self.unit(after, depth=depth + 1)[0]
        return end if end > after else max(self.street_name(after, sure=True), index)

    def small_name(self, start: int, unit_at: int, heading: str) -> int:
        """A name without capitals; only where the writer uses none, and the unit word is no everyday word there."""
        if self.names.cased and self.text.marked and heading != "admin":
            return start
        if self.is_doubtful(unit_at) and not self.follows_relation(unit_at):
            return self.names.small(start) if self.long_enough(start, heading) else start
        if heading == "streets":
            return self.names.small(start, most=4, surname=True)
        if self.names.at("doubtful_always", unit_at) == self.unit_word(unit_at)[1]:
            return self.names.small(start, surname=True)
        return self.names.small(start)

    def follows_relation(self, index: int) -> bool:
        """Whether a relating word stands right before."""
        return index > 0 and bool(self.names.at("relations", index - 1))

    def long_enough(self, start: int, heading: str) -> bool:
        """A doubtful "xa", "xom" with two words that are no everyday words after it is a commune or a hamlet."""
        return heading in ("admin", "areas") and self.names.small(start) - start >= 2

    def is_doubtful(self, index: int) -> bool:
        """A unit word whose bare letters are an everyday word, in a text without marks."""
        return not self.text.marked and self.names.at("doubtful_bare", index) == self.unit_word(index)[1]

    def skip_sign(self, index: int, *, lines: bool = False, dots: bool = False) -> int:
        """The next token past a colon, a dash, a quotation mark; past a line break, a full stop or comma if asked."""
        for at in range(index, min(index + 2, len(self.tokens))):
            sign = self.tokens[at].raw
            if not (sign in SIGNS or (lines and sign == "\n") or (dots and sign in DOTS)):
                return at
        return min(index + 2, max(index, len(self.tokens)))

    def small_noun(self, index: int) -> bool:
        """A small word that may stand between "gần" and a name."""
        small = self.tokens[index].kind is Kind.WORD and index not in self.names.with_capital
        return small and not self.names.at("no_nouns", index)
