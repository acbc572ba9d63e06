"""
The fair copy of every regulation: each word, role, limit and number of a pack beside the rules it comes from.

Somebody who knows the decision reads it (`fair_copies/tien_giang.txt`) and finds a slip that no behaviour shows: a
label, who is told of a warning. It is compared with the pack entry by entry and renewed by hand, after reading:

    python -m tests.core.regulations.fair_copy

It proves no rule: the marks of tests that do something count for that, and only they.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.regulations.lint.walk import entries
from core.regulations.loader import load_pack, pack_names
from core.regulations.model import Pack
from core.regulations.words import ALWAYS, PackModel

FOLDER = Path(__file__).with_name("fair_copies")
TOLD_ELSEWHERE = {"id", "cites", "keywords", "topics", "beyond_text"}
LEFT_OUT = {"meta", "readings", "digest", "document", "id"}


def fair_copy(pack: Pack) -> dict[str, str]:
    """Path of each entry that cites rules → its line; `lines_of` one pack in the order of the pack."""
    found = {}
    for path, entry in entries(pack):
        cites: tuple[str, ...] = getattr(entry, "cites", ())
        if cites and path and path[0] not in LEFT_OUT:
            found[".".join(path)] = f"{' '.join(cites)}\t{'.'.join(path)}\t{_said(entry)}"
    return found


def _said(entry: Any) -> str:
    parts = (f"{name}={_value(value)}" for name, value in _fields(entry) if value not in ("", (), None, {}, ALWAYS))
    return " · ".join(parts)


def _fields(entry: Any) -> Iterator[tuple[str, Any]]:
    for name, info in type(entry).model_fields.items():
        value = getattr(entry, name)
        if name not in TOLD_ELSEWHERE and value != info.get_default(call_default_factory=True):
            yield info.alias or name, value


def _value(value: Any) -> str:
    if isinstance(value, PackModel):
        return f"({_said(value)})"
    if isinstance(value, tuple):
        return ", ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_value(one)}" for key, one in value.items() if not hasattr(one, "cites"))
    return str(value).replace("\n", " ⏎ ")


def written(name: str) -> dict[str, str]:
    """The fair copy as somebody last read it: path → line."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[1]: line for line in lines}


def main() -> None:
    """Renew all of them; read the difference before it is committed."""
    FOLDER.mkdir(exist_ok=True)
    for name in pack_names():
        (FOLDER / f"{name}.txt").write_text("\n".join(fair_copy(load_pack(name)).values()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
