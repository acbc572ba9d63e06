"""The place as known so far, and what later words do to it: add, replace, correct."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.intake.facts import PlacePiece
from core.intake.fold import fold
from core.intake.reading.place import Piece, PieceKind
from core.intake.reading.told import Reading
from core.intake.words import Text

BARE_NUMBER = re.compile(r"(?:số nhà|nhà số|số|so)?\s*\d\S*", re.IGNORECASE)


def merge_places(known: tuple[PlacePiece, ...], reading: Reading, corrected: Reading | None) -> tuple[PlacePiece, ...]:
    """The place with what was said now, then with what was corrected."""
    pieces = add_pieces(known, as_pieces(reading.pieces))
    if corrected is None:
        return pieces
    if corrected.wrong and (swapped := swap(pieces, corrected.wrong, right_words(corrected))):
        return swapped
    return replace_pieces(pieces, as_pieces(corrected.pieces))


def right_words(corrected: Reading) -> str:
    """What takes the wrong words' place: of "rác ở trước 14" the number alone, of a longer sentence its place."""
    numbers: list[str] = re.findall(r"\d\S*", corrected.right)
    if numbers and BARE_NUMBER.fullmatch(corrected.wrong):
        return numbers[-1]
    return corrected.pieces[0].text if corrected.pieces and corrected.tells else corrected.right


def as_pieces(pieces: Sequence[Piece]) -> tuple[PlacePiece, ...]:
    """Pieces of a text as remembered."""
    return tuple(
        PlacePiece(text=piece.text, admin=piece.kind is PieceKind.ADMIN, number=piece.number) for piece in pieces
    )


def add_pieces(known: tuple[PlacePiece, ...], said: Sequence[PlacePiece]) -> tuple[PlacePiece, ...]:
    """Known pieces and new ones; a piece that another one contains is left out."""
    merged = [(fold(piece.text), piece) for piece in known]
    for words, piece in [(fold(piece.text), piece) for piece in said]:
        if not any(words in others for others, _ in merged):
            merged = [(others, other) for others, other in merged if others not in words] + [(words, piece)]
    return tuple(piece for _, piece in merged)


def replace_pieces(known: tuple[PlacePiece, ...], said: tuple[PlacePiece, ...]) -> tuple[PlacePiece, ...]:
    """A corrected spot replaces all spots, a corrected commune all communes; a bare number only the house number."""
    if not said:
        return known
    if len(said) == 1 and BARE_NUMBER.fullmatch(said[0].text) and (swapped := swap_number(known, said[0].number)):
        return swapped
    kinds = {piece.admin for piece in said}
    kept = tuple(piece for piece in known if piece.admin not in kinds)
    return tuple(sorted((*kept, *said), key=lambda piece: piece.admin))


def swap_number(known: tuple[PlacePiece, ...], number: str) -> tuple[PlacePiece, ...]:
    """The same street under another house number; empty where no number was known."""
    old = next((piece for piece in known if piece.number), None)
    return swap(known, old.number, number) if old else ()


def swap(known: tuple[PlacePiece, ...], wrong: str, right: str) -> tuple[PlacePiece, ...]:
    """The place with `wrong` replaced by `right` in the piece that holds it; empty where none does."""
    for index, piece in enumerate(known):
        span = find_folded(piece.text, wrong)
        if span and right:
            start, end = span
            text = piece.text[:start] + without_repeated(piece.text[:start], right) + piece.text[end:]
            changed = piece.model_copy(update={"text": text, "number": next(iter(re.findall(r"\d\S*", text)), "")})
            return (*known[:index], changed, *known[index + 1 :])
    return ()


def without_repeated(before: str, right: str) -> str:
    """ "Đường Lê Lợi" behind "đường": the word stands there already."""
    word, _, rest = right.partition(" ")
    return rest if rest and fold(before).split()[-1:] == [fold(word)] else right


def find_folded(text: str, piece: str) -> tuple[int, int] | None:
    """Where a piece stands in a text as whole words, compared without marks and leading words such as "số"."""
    folded = Text.of(text).folded
    for words in (fold(piece), re.sub(r"^(so nha|nha so|so|duong|o|tai|kiet|hem|ngo)\s+", "", fold(piece))):
        found = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", folded) if words else None
        if found:
            return found.span()
    return None
