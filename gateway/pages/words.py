"""
Pages in other languages than Vietnamese, from the same templates.

Templates and code are written in Vietnamese. A catalogue (`gateway/words/<language>/*.yaml`) maps each phrase to its
translation; where an environment of another language compiles a template, the phrases in it are exchanged, so that a
page costs the same in each language. A key with `{}` stands for every sentence of that form.

What citizens' pages show of values goes through the filter `say` where it is ours. Most values on staff's pages are:
there every value that people read is said by itself, and what somebody wrote (a citizen, an authority, the law) is
marked by the filter `vi`, which leaves it alone and tells screen readers its language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup
from ruamel.yaml import YAML

from gateway.pages.places import Place

FOLDER = Path(__file__).resolve().parents[1] / "words"
STAFF = ("auth/", "console/", "base_console.html")
"""Templates whose values are said by themselves."""
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
        for sign, form, translation in self._forms:
            if sign in text and (match := form.fullmatch(text)):
                return translation.format(*map(self._part, match.groups()))
        return text

    def _part(self, text: str) -> str:
        """What fills a hole: a phrase, or several of them in a row."""
        said = self.say(text)
        rows = (sign for sign in ("; ", ", ") if sign in text and said == text)
        return next((sign.join(map(self.say, text.split(sign))) for sign in rows), said)

    @cached_property
    def _forms(self) -> list[tuple[str, re.Pattern[str], str]]:
        """
        The keys with holes as patterns: whole sentences before their parts, the longest first.

        In front of each its longest piece, which is quicker looked for than the pattern.
        """
        keys = sorted((key for key in self.phrases if "{}" in key), key=lambda key: (key.startswith("{}"), -len(key)))
        return [
            (
                max(key.split("{}"), key=len),
                re.compile(re.escape(key).replace(_HOLE, "(.+?)"), re.DOTALL),
                self.phrases[key],
            )
            for key in keys
        ]


class Translate(Extension):
    """Exchanges the phrases of a template while it is compiled; the environment's `words` know them."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Texts between tags, constants in expressions, and on staff's pages values that are shown."""
        words: Any = self.environment.words  # type: ignore[attr-defined]  # by `extend`
        exchanged = _exchange(stream, words)
        is_staff = words.phrases and (stream.name or "").startswith(STAFF)
        yield from _say_values(exchanged) if is_staff else (token for token, _ in exchanged)


def _exchange(stream: TokenStream, words: Words) -> Iterator[tuple[Token, str]]:
    """Each token in the other language, and what it was."""
    for token in stream:
        if token.type == "data":
            yield Token(token.lineno, token.type, words.page(token.value)), token.value
        elif token.type == "string":
            yield Token(token.lineno, token.type, words.say(token.value)), token.value
        else:
            yield token, token.value


def _say_values(tokens: Iterator[tuple[Token, str]]) -> Iterator[Token]:
    """`{{ value }}` becomes `{{ (value) | said }}` wherever people read it."""
    place, said = Place(), False
    for token, was in tokens:
        if token.type == "data":
            place.follow(was)
        if token.type == "variable_end" and said:
            yield from (Token(token.lineno, kind, sign) for kind, sign in _SAID)
        yield token
        if token.type == "variable_begin":
            said = place.is_read
            if said:
                yield Token(token.lineno, "lparen", "(")


_SAID = (("rparen", ")"), ("pipe", "|"), ("name", "said"))


def said_by(words: Words) -> Callable[[object], object]:
    """The filter `said`: a text of ours in the other language; what is marked up already stays as it is."""

    def said(value: object) -> object:
        return words.say(value) if type(value) is str else value

    return said


def marked(text: object) -> object:
    """The filter `vi` on a page in another language: what somebody wrote in Vietnamese."""
    return Markup('<span lang="vi">{}</span>').format(text) if text else text


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
