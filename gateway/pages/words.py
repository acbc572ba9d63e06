"""
Pages in other languages than Vietnamese, from the same templates.

Templates and code are written in Vietnamese. A catalogue (`gateway/words/<language>/*.yaml`) maps each phrase to its
translation; where an environment of another language compiles a template, the phrases in it are exchanged, so that a
page costs the same in each language. What a page shows of values goes through the filter `say`. A key with `{}` stands
for every sentence of that form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parents[1] / "words"
_EDGES = re.compile(r'([<>"])')
_HOLE = re.escape("{}")


@dataclass(frozen=True)
class Words:
    """A catalogue. `phrases`: Vietnamese → the other language; none: everything stays as it is."""

    phrases: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str) -> str:
        """A phrase, or a sentence of a known form; what is unknown stays as it is."""
        found = self._exchanged(text)
        return self._by_form(text) if found is None else found

    def page(self, source: str) -> str:
        """The text of a template: every run between tags and quotes that is a phrase."""
        return "".join(self._exchanged(run) or run for run in _EDGES.split(source))

    def _exchanged(self, text: str) -> str | None:
        """The translation with the white space around the phrase; None for one that is unknown."""
        phrase = " ".join(text.split())
        found = self.phrases.get(phrase)
        if found is None:
            return None
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{before}{found}{after}" if phrase else text

    def _by_form(self, text: str) -> str:
        for form, translation in self._forms:
            if match := form.fullmatch(text):
                return translation.format(*(self.say(part) for part in match.groups()))
        return text

    @cached_property
    def _forms(self) -> list[tuple[re.Pattern[str], str]]:
        """The keys with holes as patterns: whole sentences before their parts, the longest first."""
        keys = sorted((key for key in self.phrases if "{}" in key), key=lambda key: (key.startswith("{}"), -len(key)))
        return [(re.compile(re.escape(key).replace(_HOLE, "(.+?)")), self.phrases[key]) for key in keys]


class Translate(Extension):
    """Exchanges the phrases of a template while it is compiled; the environment's `words` know them."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Texts between tags, and constants in expressions."""
        words: Any = self.environment.words  # type: ignore[attr-defined]  # by `extend`
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, token.type, words.page(token.value))
            elif token.type == "string":
                yield Token(token.lineno, token.type, words.say(token.value))
            else:
                yield token


@cache
def words_of(language: str) -> Words:
    """The catalogue of a language; Vietnamese has none. ValueError where a phrase stands twice."""
    phrases: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.yaml")):
        for phrase, translation in YAML(typ="safe").load(path).items():
            if phrase in phrases:
                raise ValueError(f"{path.name}: {phrase!r} stands twice")
            phrases[phrase] = translation
    return Words(phrases)
