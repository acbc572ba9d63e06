"""
Where it happened, in the citizen's own words.

A place is a chain of concrete pieces (a house number with its street, a unit word with its name, a name after "gần",
"đối diện" …) together with the words that relate them. Vague words ("ở đây", "trước nhà em") are no place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.intake.lexicon import Lexicon, lexicon
from core.intake.reading.names_of_places import Names
from core.intake.tokens import Kind, Token, has_case, tokens_of
from core.intake.words import Text, vi

GAP = frozenset(" ,-–:;\n()\"'“”.")
UNITS = ("streets", "alleys", "admin", "areas", "landmarks")


class PieceKind(StrEnum):
    """How exact a piece is; a correction replaces pieces of the same sort."""

    SPOT = "spot"
    ADMIN = "admin"


@dataclass(frozen=True)
class Piece:
    """One concrete stretch of text that names a place."""

    start: int
    end: int
    kind: PieceKind
    text: str
    number: str = ""


@dataclass(frozen=True)
class PlaceReading:
    """All pieces of a text, neighbours joined."""

    pieces: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        """The place in one line."""
        return ", ".join(dict.fromkeys(piece.text for piece in self.pieces))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where the pieces stood."""
        return tuple((piece.start, piece.end) for piece in self.pieces)


def read_place(text: Text, local: Lexicon | None = None) -> PlaceReading:
    """The concrete place of a text, pieces in order of appearance; empty where only vague words stand."""
    return PlaceReading(Scanner.over(text, local).pieces())


@dataclass(frozen=True)
class Scanner:
    """One pass over the tokens of a text."""

    text: Text
    tokens: tuple[Token, ...]
    names: Names

    @classmethod
    def over(cls, text: Text, local: Lexicon | None) -> Scanner:
        """A scanner for this text."""
        tokens = tokens_of(text)
        return cls(text, tokens, Names(tokens, text.marked, has_case(tokens), local))

    def pieces(self) -> tuple[Piece, ...]:
        """Concrete stretches, each with the relating words in front of it, neighbours joined into one."""
        found: list[tuple[int, int, PieceKind]] = []
        index = 0
        while index < len(self.tokens):
            end, kind = self.concrete(index)
            if end > index:
                floor = found[-1][1] if found else 0
                end = self.crossing(end) if kind is PieceKind.SPOT else end
                found.append((self.reach_back(index, end, floor), end, kind))
            index = max(end, index + 1)
        return tuple(self.piece(*stretch) for stretch in self.joined(found))

    def concrete(self, index: int) -> tuple[int, PieceKind]:
        """End of a concrete piece that begins at this token, and its kind; `index` itself where none does."""
        if not self.inside_compound(index):
            for end, kind in (self.house(index), self.unit(index), self.opened_name(index), self.one_of_a_kind(index)):
                if end > index:
                    return end, kind
        return index, PieceKind.SPOT

    def inside_compound(self, index: int) -> bool:
        """Whether the token is part of a word that is no place: "hàng xóm", "đèn đường"."""
        return any(self.names.at("compounds", at) > index - at for at in range(max(0, index - 2), index + 1))

    def one_of_a_kind(self, index: int) -> tuple[int, PieceKind]:
        """ "Ở ngã sáu": there is but one."""
        length = self.names.at("one_of_a_kind", index) if self.follows_relation(index) else 0
        return index + length, PieceKind.SPOT

    def house(self, index: int) -> tuple[int, PieceKind]:
        """A house number with its street: "12 Nguyễn Huệ", "số nhà 3/45 đường Lê Lợi", "14 kiệt 60 Đặng Huy Trứ"."""
        spot = PieceKind.SPOT
        said = self.names.at("numbered_words", index)
        at = index + said
        if not self.names.is_number(at) or self.counts_something(at):
            return index, spot
        after = self.skip_sign(at + 1)
        street = self.unit(after)[0] if self.names.at("streets", after) or self.names.at("alleys", after) else after
        if street == after:
            street = self.street_name(after, sure=bool(said))
        if street > after:
            return street, spot
        explicit = (
            said and self.tokens[index].folded in {"so", "sn", "kios", "can"} and self.names.at("relations", index - 1)
        )
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
        return self.names.small(index, most=3, surname=True) if sure or self.surname_is_sure(index) else index

    def surname_is_sure(self, index: int) -> bool:
        """A word that is hardly anything but a surname, as "nguyễn"."""
        return bool(self.names.at("sure_surnames", index))

    def unit(self, index: int) -> tuple[int, PieceKind]:
        """A unit word with its name: "cầu Bạch Yến", "thôn 3", "phường Vỹ Dạ", "quốc lộ 1A", "bến xe phía Bắc"."""
        heading, length = self.unit_word(index)
        if not heading:
            return index, PieceKind.SPOT
        kind = PieceKind.ADMIN if heading == "admin" else PieceKind.SPOT
        start = self.skip_sign(index + length, lines=True)
        end = self.name_after(start, index, heading)
        return (end, kind) if end > start else (index, kind)

    def unit_word(self, index: int) -> tuple[str, int]:
        """The longest unit word at this token and the list it is from."""
        best = max(((self.names.at(heading, index), heading) for heading in UNITS), default=(0, ""))
        return (best[1], best[0]) if best[0] else ("", 0)

    def name_after(self, start: int, unit_at: int, heading: str) -> int:
        """End of the name that follows a unit word."""
        named = max(self.names.known(start), self.names.capitals(start, after_unit=True))
        if named > start:
            return named
        house = self.house(start)[0] if heading == "landmarks" and self.names.at("numbered_words", start) else start
        if house > start:
            return house
        if heading in ("streets", "alleys", "areas", "admin") or self.unit_is_numbered(unit_at):
            number = self.names.number(start)
            if number > start and not self.counts_unit(number):
                return self.after_number(number, heading)
        candidates = (self.nested(start, heading), self.name_behind_kind(start, heading))
        further = next((end for end in candidates if end > start), start)
        return further if further > start else self.small_name(start, unit_at, heading)

    def name_behind_kind(self, start: int, heading: str) -> int:
        """A name behind small words: "đường liên xã Vinh Hưng", "khu định cư Hương Sơ", "tiệm cơm gà Kim Long"."""
        if heading == "streets":
            length = self.names.at("street_kinds", start)
            after = start + length
            ends = (self.names.known(after), self.names.capitals(after, after_unit=True), self.unit(after)[0])
            return max(ends) if length and max(ends) > after else start
        at = start
        while at < len(self.tokens) and at - start < 2 and self.small_noun(at) and not self.names.is_stop(at):
            at += 1
        end = self.names.capitals(at, after_unit=True) if start < at < len(self.tokens) and self.text.marked else at
        return end if end > at else start

    def counts_unit(self, index: int) -> bool:
        """Whether the number just read counts time or people after all: "đường 3 hôm nay"."""
        return bool(self.names.at("counted", index))

    def unit_is_numbered(self, index: int) -> bool:
        """Landmarks that go by number (km 12, cột điện số 4), and dates as names (công viên 3/2)."""
        following = self.skip_sign(index + self.unit_word(index)[1])
        dated = following < len(self.tokens) and "/" in self.tokens[following].raw
        numbered = {"km", "cot", "tru", "tram", "cong", "to", "toa", "nga", "nha", "bai"}
        return dated or self.tokens[index].folded in numbered

    def after_number(self, index: int, heading: str) -> int:
        """What follows an alley's or a group's number: "kiệt 60 Đặng Huy Trứ", "tổ 4 Vĩnh Ninh"."""
        if heading == "areas":
            return max(self.names.known(index), self.names.capitals(index), index)
        if heading != "alleys":
            return index
        after = self.skip_sign(index)
        end = self.unit(after)[0]
        return end if end > after else max(self.street_name(after, sure=True), index)

    def nested(self, start: int, heading: str) -> int:
        """A unit inside a unit: "trường tiểu học Lê Lợi", "khu chung cư Xuân Phú"; and "UBND phường Phú Hội"."""
        if heading not in ("areas", "landmarks", "alleys", "streets"):
            return start
        return self.unit(start)[0]

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

    def opened_name(self, index: int) -> tuple[int, PieceKind]:
        """A name right after "ở", "gần", "góc" …: "gần Đập Đá", "góc Hùng Vương - Nguyễn Tri Phương"."""
        length = self.names.at("openers", index)
        if not length:
            return index, PieceKind.SPOT
        unit = self.unit(self.skip_sign(index + length, lines=True))[0]
        if unit > self.skip_sign(index + length, lines=True):
            return unit, PieceKind.SPOT
        start = self.noun_before_name(index + length)
        end = max(self.names.known(start), self.names.capitals(start))
        return (end, PieceKind.SPOT) if end > start else (index, PieceKind.SPOT)

    def crossing(self, end: int) -> int:
        """The other street of a corner or a stretch: "Hùng Vương - Nguyễn Tri Phương", "từ Lê Lợi đến Hà Nội"."""
        start = self.skip_sign(end)
        start += self.names.at("joiners", start)
        start = (
            start + 1 if start < len(self.tokens) and start > end and self.names.at("streets", start) == 1 else start
        )
        other = max(self.names.known(start), self.names.capitals(start)) if start > end else end
        return other if start > end and other > start else end

    def noun_before_name(self, index: int) -> int:
        """Skip up to three small words before a capital: "ở tiệm cơm gà Kim Long"."""
        at = index = self.skip_sign(index, lines=True)
        while at < len(self.tokens) and at - index < 3 and self.small_noun(at):
            at += 1
        return at if at < len(self.tokens) and self.names.cased and self.names.is_capital(at) else index

    def small_noun(self, index: int) -> bool:
        """A small word that may stand between "gần" and a name."""
        token = self.tokens[index]
        return (
            token.kind is Kind.WORD
            and not token.capital
            and not vi("tôi|em|mình|tui|con|bị|có|là|đã|đang").fullmatch(self.text.part(token.start, token.end))
        )

    def skip_sign(self, index: int, *, lines: bool = False) -> int:
        """The next token past a sign such as ":" or "." or a quotation mark; past a line break if asked."""
        signs = {",", ":", ".", '"', "“", "”", "'", "-", "–"} | ({"\n"} if lines else set())
        at = index
        while at < len(self.tokens) and at - index < 2 and self.tokens[at].raw in signs:
            at += 1
        return at

    def reach_back(self, index: int, end: int, floor: int) -> int:
        """Take in the relating words before a piece ("ngay", "trước cổng", "đầu"), without a bare "ở" at the front."""
        start = index
        while start > floor and self.relates(start - 1, floor):
            start -= 1
        while dropped := self.names.at("dropped_in_front", start):
            start += dropped
        return min(start, end - 1)

    def relates(self, index: int, floor: int) -> bool:
        """Whether the token belongs to a relating phrase or is a unit word without a name."""
        if self.tokens[index].kind is not Kind.WORD:
            return False
        reaches = (self.names.at("relations", at) > index - at for at in range(max(floor, index - 2), index + 1))
        if any(reaches):
            return True
        weak = any(self.names.at(heading, index) for heading in ("landmarks", "areas", "alleys"))
        return weak and not self.names.at("doubtful_always", index) and not self.inside_compound(index)

    def joined(self, found: Sequence[tuple[int, int, PieceKind]]) -> list[tuple[int, int, PieceKind]]:
        """Stretches with nothing but signs between them become one, unless their kinds differ."""
        chained: list[tuple[int, int, PieceKind]] = []
        for start, end, kind in found:
            if chained and kind is chained[-1][2] and self.only_signs(chained[-1][1], start):
                chained[-1] = (chained[-1][0], end, kind)
            else:
                chained.append((start, end, kind))
        return chained

    def only_signs(self, first: int, last: int) -> bool:
        """Whether no word stands between two stretches."""
        return all(token.kind is Kind.SIGN and token.raw in GAP for token in self.tokens[first:last])

    def piece(self, start: int, end: int, kind: PieceKind) -> Piece:
        """A stretch of tokens as a piece of text."""
        first, last = self.tokens[start].start, self.tokens[end - 1].end
        words = " ".join(self.text.raw[first:last].split())
        number = next((token.raw for token in self.tokens[start:end] if token.kind is Kind.NUMBER), "")
        return Piece(first, last, kind, words, number)


def lexicon_of_places(names: tuple[str, ...]) -> Lexicon | None:
    """Names of streets and communes that a province adds."""
    return Lexicon.of(names) if names else None


__all__ = ["Piece", "PieceKind", "PlaceReading", "lexicon", "lexicon_of_places", "read_place"]
