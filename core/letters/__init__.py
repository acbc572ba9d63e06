"""
Letters to people: a pack's form and the facts of a case become a `Letter`, which is drawn as page, PDF or text.

Pure: no I/O and no clock; only `pdf` is slow, and `printing` gives it a thread, a time limit and a size.
"""

from core.letters.compose import compose
from core.letters.model import Letter, LetterFacts, Photo
from core.letters.page import as_page
from core.letters.plain import as_short, as_text

__all__ = ["Letter", "LetterFacts", "Photo", "as_page", "as_short", "as_text", "compose"]
