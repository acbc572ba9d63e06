"""
Where it happened, in the citizen's own words.

A place is a chain of concrete pieces (a house number with its street, a unit word with its name, a name after "gần",
"đối diện" …) together with the words that relate them. Vague words ("ở đây", "trước nhà em") are no place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.intake.lexicon import Lexicon, Same
from core.intake.reading.names_of_places import UNITS, Names
from core.intake.reading.place_units import PieceKind, Units
from core.intake.tokens import Kind, tokens_of
from core.intake.words import Text

SMALL_WORDS_BEFORE_NAME = 3
BEGINNINGS = frozenset({"numbered_words", *UNITS, "openers", "one_of_a_kind"})
GAP = frozenset(" ,-–:;\n()\"'“”.")


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
class Scanner(Units):
    """One pass over the tokens of a text."""

    @classmethod
    def over(cls, text: Text, local: Lexicon | None) -> Scanner:
        """A scanner for this text."""
        tokens = tokens_of(text)
        return cls(text, tokens, Names.of(tokens, marked=text.marked, local=local))

    def pieces(self) -> tuple[Piece, ...]:
        """Concrete stretches, each with the relating words in front of it, neighbours joined into one."""
        found: list[tuple[int, int, PieceKind]] = []
        floor = 0
        for index in self.beginnings():
            end, kind = self.concrete(index) if index >= floor else (index, PieceKind.SPOT)
            if end > index:
                end = self.crossing(end) if kind is PieceKind.SPOT else end
                found.append((self.reach_back(index, end, floor), end, kind))
                floor = end
        return tuple(self.piece(*stretch) for stretch in self.joined(found))

    def concrete(self, index: int) -> tuple[int, PieceKind]:
        """End of a concrete piece that begins at this token, and its kind; `index` itself where none does."""
        if not self.inside_compound(index):
            for reader in (self.house, self.unit, self.opened_name, self.one_of_a_kind):
                end, kind = reader(index)
                if end > index:
                    return end, kind
        return index, PieceKind.SPOT

    def beginnings(self) -> list[int]:
        """Where a piece can begin: at a number, or at a word of a list that begins places."""
        numbers = {at for at, token in enumerate(self.tokens) if token.kind is Kind.NUMBER}
        begun = {at for at, found in self.names.found.items() if not BEGINNINGS.isdisjoint(found)}
        return sorted(numbers | begun)

    def one_of_a_kind(self, index: int) -> tuple[int, PieceKind]:
        """ "Ở ngã sáu": there is but one."""
        length = self.names.at("one_of_a_kind", index) if self.follows_relation(index) else 0
        return index + length, PieceKind.SPOT

    def opened_name(self, index: int) -> tuple[int, PieceKind]:
        """A name behind "ở", "gần", "góc" …: "gần Đập Đá", "góc Hùng Vương", "ở tiệm cơm gà Kim Long"."""
        length = self.names.at("openers", index)
        if not length:
            return index, PieceKind.SPOT
        at = start = self.skip_sign(index + length, lines=True)
        while at < len(self.tokens) and at - start <= SMALL_WORDS_BEFORE_NAME:
            if self.names.may_begin(at):
                end = max(self.unit(at)[0], self.names.known(at), self.names.capitals(at))
                if end > at:
                    return end, PieceKind.SPOT
            if not self.small_noun(at):
                break
            at += 1
        return index, PieceKind.SPOT

    def crossing(self, end: int) -> int:
        """The other street of a corner or a stretch: "Hùng Vương - Nguyễn Tri Phương", "từ Lê Lợi đến Hà Nội"."""
        start = self.skip_sign(end)
        start += self.names.at("joiners", start)
        if start == end:
            return self.commune_behind(end)
        start += self.names.at("streets", start)
        other = max(self.names.known(start), self.names.capitals(start))
        return other if other > start else end

    def commune_behind(self, end: int) -> int:
        """A bare name behind a comma: "xóm Hội, Phú Thượng"; not a name of a person, who begins with a family name."""
        start = end + 1
        if not (end < len(self.tokens) and self.tokens[end].raw == ",") or self.names.at("sure_surnames", start):
            return end
        other = self.names.capitals(start)
        return other if other - start >= 2 else end

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
        doubtful = self.names.at("doubtful_always", index) or (
            not self.text.marked and self.names.at("doubtful_bare", index)
        )
        return weak and not doubtful and not self.inside_compound(index)

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
    return prepared(Same(names)) if names else None


@lru_cache(maxsize=8)
def prepared(names: Same[tuple[str, ...]]) -> Lexicon:
    """The names of a province's rules, made ready once."""
    return Lexicon.of(names.value)


__all__ = ["Piece", "PieceKind", "PlaceReading", "Scanner", "lexicon_of_places", "read_place"]
