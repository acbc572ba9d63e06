"""
HTML mail → the words that its reader sees. Nothing is fetched; scripts, styles, comments and pictures are dropped.

The text is first put in order by a strict sanitiser (well-formed output, allow-listed tags), so the walk below sees
no broken markup. Quotations become lines with "> ", as in plain mail, and a link keeps its address if its text does
not show it: map links are often the only place a citizen gives.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser

import nh3

from channels.email.hidden import Sheet, Sight

HTML_LIMIT = 500_000
MAX_NESTING = 500
_BLOCKS = {"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "section", "article"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "pre"}
_TAGS = _BLOCKS | {"br", "li", "blockquote", "a", "td", "th"}
# Of no meaning here, but they may hide what is in them.
_INLINE = {
    "span",
    "font",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "small",
    "big",
    "center",
    "label",
    "button",
    "sup",
    "sub",
}
_WRAPPERS = {"tbody", "thead", "tfoot", "header", "footer", "main", "nav", "aside", "figure", "figcaption"}
_VOID = {"br", "hr"}
_SELF_CLOSING = {"br", "hr", "img", "meta", "link", "input", "col", "wbr", "p", "li", "td", "th", "tr", "option"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_DROPPED = {"script", "style", "title", "noscript", "template", "object", "iframe", "svg", "math"}


def html_to_text(html: str) -> str:
    """The readable text of an HTML document, at most one blank line in a row; reads the first 500,000 characters."""
    near = html[:HTML_LIMIT]
    if _nesting(near) > MAX_NESTING:
        return _bare_words(near)
    tidy = nh3.clean(
        near,
        tags=_TAGS | _INLINE | _WRAPPERS,
        clean_content_tags=_DROPPED,
        attributes={"a": {"href"}, "*": {"style", "class", "id", "hidden"}},
        url_schemes={"http", "https", "mailto", "tel", "geo"},
        link_rel=None,
    )
    walker = _Walker(Sheet(near))
    walker.feed(tidy)
    walker.close()
    return walker.text()


def _nesting(html: str) -> int:
    """How many elements are open at once, at most; a sanitiser takes quadratic time in it."""
    open_now: Counter[str] = Counter()
    deepest = depth = 0
    for closing, name in _TAG.findall(html.lower()):
        if closing and open_now[name]:
            open_now[name] -= 1
            depth -= 1
        elif not closing and name not in _SELF_CLOSING:
            open_now[name] += 1
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _bare_words(html: str) -> str:
    """The words of a document that no mail program wrote, without its layout."""
    return " ".join(unescape(re.sub(r"<[^<>]*>", " ", html)).split())


class _Walker(HTMLParser):
    """Collects lines; knows how deep in quotations and in which link it is, and whether anybody sees it."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(convert_charrefs=True)
        self._sheet = sheet
        self._sights = [Sight()]
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._link = ""
        self._link_text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a line, a quotation or a link."""
        if tag not in _VOID:
            self._sights.append(self._sights[-1].within(tag, self._sheet.style(dict(attrs))))
        if tag == "a":
            self._link, self._link_text = dict(attrs).get("href") or "", []
        elif tag == "br":
            self._break()
        elif tag in {"td", "th"}:
            self._line.append(" ")
        elif tag in _BLOCKS or tag in {"li", "blockquote"}:
            self._block(tag)
        if tag == "li" and not self._hidden:
            self._line.append("- ")
        if tag == "blockquote":
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        """Close a line, a quotation or a link."""
        if tag == "a":
            self._end_link()
        elif tag in _BLOCKS or tag == "li":
            self._block(tag)
        elif tag == "blockquote":
            self._end_line()
            self._depth = max(0, self._depth - 1)
        if tag not in _VOID and len(self._sights) > 1:
            self._sights.pop()

    def handle_data(self, data: str) -> None:
        """Words that are seen; runs of white space mean one space."""
        if self._hidden:
            return
        words = " ".join(data.split())
        lead, trail = data[:1].isspace(), data[-1:].isspace()
        self._line.append((" " if lead else "") + words + (" " if trail and words else ""))
        self._link_text.append(words)

    @property
    def _hidden(self) -> bool:
        return self._sights[-1].hidden

    def text(self) -> str:
        """All lines so far, trimmed."""
        self._end_line()
        kept: list[str] = []
        for line in self._lines:
            if line.strip("> ") or (kept and kept[-1].strip("> ")):
                kept.append(line)
        return "\n".join(kept).strip()

    def _break(self) -> None:
        if not self._hidden:
            self._end_line(keep_empty=True)

    def _block(self, tag: str) -> None:
        self._end_line()
        if tag in _PARAGRAPHS:
            self._end_line(keep_empty=True)

    def _end_line(self, *, keep_empty: bool = False) -> None:
        line = " ".join("".join(self._line).split())
        self._line = []
        if line or keep_empty:
            self._lines.append((">" * self._depth + " " + line if self._depth else line).rstrip())

    def _end_link(self) -> None:
        target = self._link.removeprefix("mailto:").removeprefix("tel:")
        if target and not self._hidden and target not in "".join(self._link_text):
            self._line.append(f" ({target}) ")
        self._link = ""
