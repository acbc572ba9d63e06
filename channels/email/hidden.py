"""
What of an HTML mail its reader does not see: previews, texts for other programs, words of no size.

Only what is certain counts as hidden, or a citizen's word would be lost: rules for some screens (@media) and selectors
of more than one name hide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_MARK = re.compile(r"<!--|-->|<style\b[^<>]{0,500}>|</style", re.IGNORECASE)
_SELECTOR = re.compile(r"[a-z0-9]*([.#][\w-]+)", re.IGNORECASE)
_NAMES = re.compile(r"[.#][\w-]+")
_BY_CLASS = re.compile(r"""class[~*^$|]?=["']?([\w-]+)""", re.IGNORECASE)
_SIZE = re.compile(r"(?<![\w.#-])(\d{0,9}\.?\d{1,9})(px|pt|pc|cm|mm|in|rem|em|ex|ch|vw|vh|%|)(?![\w.%])")
_OF_ITS_PARENT = {"em", "ex", "ch", "%"}
_SMALLEST = 1.0  # of what unit ever: a pixel is no letter
_CLIPPING = ("max-height", "height", "max-width", "width")

Style = Mapping[str, str]
"""Declarations: property → value, in lower case."""


@dataclass(frozen=True)
class Sight:
    """
    Whether words stand in sight. `gone`: with everything inside; what is `invisible` or `tiny` may hold what is seen.
    """

    gone: bool = False
    invisible: bool = False
    tiny: bool = False

    @property
    def hidden(self) -> bool:
        """Whether words here are seen by nobody."""
        return self.gone or self.invisible or self.tiny

    def within(self, tag: str, style: Style) -> Sight:
        """The same inside this element. A table forgets the size around it in most programs."""
        around = False if tag == "table" else self.tiny
        return Sight(self.gone or _is_gone(style), _is_invisible(style, self.invisible), _is_tiny(style, around))


class Sheet:
    """What a mail's own style sheet says of classes and ids."""

    def __init__(self, html: str) -> None:
        self._rules: dict[str, dict[str, str]] = {}
        self._on_some_screens: set[str] = set()
        self._in_company: set[str] = set()
        for css in _sheets(html):
            self._read(_without_comments(css.replace("<!--", " ").replace("-->", " ")))

    def style(self, attrs: Mapping[str, str | None]) -> Style:
        """All that is declared for an element: by its names first, then by itself."""
        names = [f".{name}" for name in (attrs.get("class") or "").split()] + [f"#{attrs.get('id') or ''}"]
        if not self._on_some_screens.isdisjoint(names):
            return {}
        found = {"display": "none"} if "hidden" in attrs else {}
        for name in names:
            _declare(found, self._rules.get(name, {}) if name not in self._in_company else {})
        _declare(found, _declared(attrs.get("style") or ""))
        return {name: value.removesuffix("!important").strip() for name, value in found.items()}

    def _read(self, css: str) -> None:
        depth, begin, head = 0, 0, ""
        for sign in re.finditer(r"[{};]", css):
            part = css[begin : sign.start()]
            if sign[0] == "{":
                head, depth = head if depth else part.strip(), depth + 1
                self._note_screens(part if head.startswith("@") else "")
            elif sign[0] == "}":
                self._note(head, part if depth == 1 else "")
                depth = max(0, depth - 1)
            if sign[0] != ";" or not depth:
                begin = sign.end()

    def _note_screens(self, selectors: str) -> None:
        self._on_some_screens.update(_NAMES.findall(selectors))
        self._on_some_screens.update(f".{name}" for name in _BY_CLASS.findall(selectors))

    def _note(self, selectors: str, css: str) -> None:
        style = _declared(css) if css and not selectors.startswith("@") else {}
        for selector in selectors.split(",") if style else ():
            if simple := _SELECTOR.fullmatch(selector.strip()):
                _declare(self._rules.setdefault(simple[1], {}), style)
            else:
                self._in_company.update(_NAMES.findall(selector))


def _sheets(html: str) -> Iterator[str]:
    """The style sheets of a document that every program reads: none in a comment."""
    begin, commented = -1, False
    for mark in _MARK.finditer(html):
        if begin >= 0:
            if mark[0].startswith("</"):
                yield html[begin : mark.start()]
                begin = -1
        elif commented or mark[0].startswith("<!"):
            commented = mark[0] != "-->"
        elif mark[0].lower().startswith("<style"):
            begin = mark.end()


def _without_comments(css: str) -> str:
    """Between the signs of a comment nothing is said; one without end ends with the sheet."""
    said, *commented = css.split("/*")
    return said + "".join(one.partition("*/")[2] for one in commented)


def _declared(css: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in _without_comments(css).lower().split(";"):
        name, _, value = one.partition(":")
        _declare(found, {name.strip(): " ".join(value.split()).replace("! ", "!")})
    return found


def _declare(found: dict[str, str], more: Mapping[str, str]) -> None:
    """What is said later holds, unless what was said before is important."""
    for name, value in more.items():
        if not found.get(name, "").endswith("!important") or value.endswith("!important"):
            found[name] = value


def _is_gone(style: Style) -> bool:
    clipped = style.get("overflow") == "hidden" and any(_number(style.get(side, "")) == 0 for side in _CLIPPING)
    return style.get("display") == "none" or clipped or _number(style.get("opacity", "")) == 0


def _is_invisible(style: Style, around: bool) -> bool:
    told = style.get("visibility", "inherit")
    return told in {"hidden", "collapse"} if told in {"hidden", "collapse", "visible", "initial"} else around


def _is_tiny(style: Style, around: bool) -> bool:
    told = style.get("font-size") or style.get("font")
    if not told or told == "inherit":
        return around
    sizes = [size for size in _SIZE.finditer(told) if size[2] or "font-size" in style or told[size.end() :][:1] == "/"]
    if not sizes:
        return False  # small, medium …
    number, unit = float(sizes[0][1]), sizes[0][2]
    if unit in _OF_ITS_PARENT and number > 0:
        return around
    return number <= _SMALLEST if unit in {"px", "pt", ""} else number == 0


def _number(value: str) -> float | None:
    size = _SIZE.match(value)
    return float(size[1]) if size else None
