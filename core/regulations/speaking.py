"""
Can everything that a pack says be said? Templates that are there, and no placeholder that nobody fills in.

Asked when a pack is loaded from its files; one that cases pinned long ago is taken as it was.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.notify.letters import PLACEHOLDERS as FILLED
from core.notify.letters import templates
from core.regulations.letters import PLACEHOLDERS, fact_of, holes
from core.regulations.model import Pack
from core.regulations.references import Problem, hint

REPORTER = "reporter"


def unspeakable(pack: Pack) -> Iterator[Problem]:
    """Every notice to reporters without words, and every placeholder that would stay open."""
    yield from _notices(pack)
    yield from _letters(pack)


def _notices(pack: Pack) -> Iterator[Problem]:
    known = templates()
    for notice in pack.notifications.values():
        path = ("notifications", notice.id, "template")
        if REPORTER not in notice.to:
            continue
        if notice.template not in known:
            text = f"there is no template {notice.template!r}{hint(notice.template, sorted(known))}"
            yield path, f"{'.'.join(path)}: {text}"
            continue
        for hole in sorted(known[notice.template].holes - FILLED):
            text = f"nobody fills in {{{hole}}} of the template {notice.template!r}"
            yield path, f"{'.'.join(path)}: {text}{hint(hole, sorted(FILLED))}"


def _letters(pack: Pack) -> Iterator[Problem]:
    forms = {("letter",): pack.letter} | {("letter", "others", name): form for name, form in pack.letter.others.items()}
    for start, form in forms.items():
        for field, text in form.texts():
            for hole in (found for found in holes(text) if fact_of(found) is None):
                path = (*start, field)
                yield path, f"{'.'.join(path)}: nobody fills in [{hole}]{hint(hole, sorted(PLACEHOLDERS))}"
