"""
From a folder of YAML files to a checked `Pack`.

A pack's files together hold its sections; no section stands in two files. `extends` names another pack whose entries
come first: an entry of the same key is changed field by field, `null` takes it away, a list replaces a list. So a
variant says only what is different. A pack marked `abstract` is only there to be extended. Files `agencies*.yaml` are
not part of the language (core.cases.agencies reads them).

YAML 1.2 through ruamel: 22:00 and `no` stay text, a key written twice is an error, and every mistake is reported with
the file and line it stands in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from core.contract.errors import ConfigError
from core.regulations.model import Pack
from core.regulations.references import Problem, dangling
from core.regulations.speaking import unspeakable

BUNDLED = Path(__file__).parent
_HEAD = ("id", "extends", "abstract")
_LATER = "changes"  # of a reading: laid over the pack only if it is chosen, so a null in it has to stay
_NAME = re.compile(r"[a-z][a-z0-9_]*|[A-Z]+(-[\w.]+)+")  # an entry, or a rule
_IDLE = "{!r} has no value and takes nothing away; put a text with a comma in quotes"

Position = tuple[str, int]
Positions = Mapping[tuple[str, ...], Position]


class PackError(ConfigError):
    """A pack that cannot be used: one problem a line, each with file and line."""

    code = "pack_error"

    def __init__(self, pack: str, problems: list[str]) -> None:
        super().__init__(f"regulation {pack}", "\n  ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Source:
    """A pack's document before it is checked, and where each of its parts was written."""

    document: dict[str, Any]
    positions: Positions

    def locate(self, path: tuple[str, ...]) -> str:
        """ "moves.yaml:12: " of the nearest part that has a place of its own."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.positions:
                file, line = self.positions[path[:length]]
                return f"{file}:{line}: "
        return ""


def load_pack(name_or_path: str | Path, *, roots: tuple[Path, ...] = (BUNDLED,)) -> Pack:
    """
    Load a regulation by name ("thua_thien_hue") or from a folder or a single file.

    Args:
        roots: folders searched for a name, in order; a deployment's own folder goes before ours.
    Raises: PackError: not found, not YAML, an unknown key, a reference to nothing, or words that cannot be said.
    """
    name = str(name_or_path)
    source = chosen(read_source(find_pack(name, roots), roots))
    pack = _build(source.document, name=name, source=source)
    _refuse(name, source, unspeakable(pack))
    return pack


def pack_names(roots: tuple[Path, ...] = (BUNDLED,)) -> tuple[str, ...]:
    """Names of the packs that can be loaded; those marked `abstract` exist only to be extended."""
    folders = (folder for root in roots for folder in sorted(root.iterdir()) if (folder / "pack.yaml").is_file())
    return tuple(folder.name for folder in folders if not _read_files(folder).document.get("abstract"))


def parse_pack(document: str) -> Pack:
    """A pack from its canonical JSON (`Pack.document`), as kept beside the cases that pinned it."""
    data = json.loads(document)
    return _build(data, name=str(data.get("id", "?")), source=Source(data, {}))


def read_source(path: Path, roots: tuple[Path, ...]) -> Source:
    """One pack's document with what it extends already folded in; not yet checked."""
    own = _read_files(path)
    if "extends" not in own.document:
        return own
    base = read_source(find_pack(str(own.document["extends"]), roots), roots)
    idle = [f"{own.locate(path)}{_IDLE.format(path[-1])}" for path in _removals(own.document, base.document)]
    if idle:
        raise PackError(path.name, idle)
    below, above = ({k: v for k, v in part.document.items() if k not in _HEAD} for part in (base, own))
    head = {"id": own.document.get("id", path.name)}
    return Source(head | overlay(below, above), {**base.positions, **own.positions})


def _removals(own: Mapping[str, Any], base: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Keys that are no names, have no value and take nothing away: the rest of a text whose comma was not quoted."""
    for key, value in own.items():
        here, below = (*path, key), base.get(key)
        if value is None and key not in base and not _NAME.fullmatch(key):
            yield here
        elif isinstance(value, Mapping) and key != _LATER:
            yield from _removals(value, below if isinstance(below, Mapping) else {}, here)


def chosen(source: Source) -> Source:
    """The same with what the chosen readings change laid over it; a mistake in them is left to the checks."""
    document, readings = source.document, source.document.get("readings")
    for reading in readings.values() if isinstance(readings, dict) else ():
        changes = reading.get("changes") if isinstance(reading, dict) else None
        found = changes.get(reading.get("choice")) if isinstance(changes, dict) else None
        document = overlay(document, found) if isinstance(found, dict) else document
    return Source(document, source.positions)


def overlay(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base with the changes laid over it: mappings merge, null removes, everything else replaces."""
    merged = dict(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif key == _LATER:
            merged[key] = value
        elif isinstance(value, Mapping):
            below = merged.get(key)
            merged[key] = overlay(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[key] = value
    return merged


def find_pack(name: str, roots: tuple[Path, ...]) -> Path:
    """The folder or file of a pack by name or path. Raises: PackError: there is none."""
    candidates = [Path(name), *(root / name for root in roots)]
    for path in candidates:
        if path.is_file() or (path / "pack.yaml").is_file():
            return path
    raise PackError(name, [f"not found in {', '.join(str(root) for root in roots)}"])


def _read_files(path: Path) -> Source:
    files = [path] if path.is_file() else sorted(p for p in path.glob("*.yaml") if not p.stem.startswith("agencies"))
    document: dict[str, Any] = {}
    positions: dict[tuple[str, ...], Position] = {}
    for file in files:
        label = f"{path.name}/{file.name}" if path.is_dir() else file.name
        content = _parse_yaml(file.read_text(encoding="utf-8"), label)
        twice = content.document.keys() & document.keys()
        if twice:
            raise PackError(path.name, [f"{label}: section {', '.join(sorted(twice))} stands in another file too"])
        document |= _plain(content.document)
        positions |= content.positions
    return Source(document, positions)


def read_yaml(file: Path) -> dict[str, Any]:
    """One YAML file as plain values. Raises: PackError: not YAML 1.2, a key twice, or not a mapping."""
    plain: dict[str, Any] = _plain(_parse_yaml(file.read_text(encoding="utf-8"), file.name).document)
    return plain


@lru_cache(maxsize=64)
def _parse_yaml(text: str, label: str) -> Source:
    """The same text is read once (half a second a pack); whoever goes on with the document copies it first."""
    try:
        content = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PackError(label, [f"{label}:{line}: {error.problem}"]) from error
    if not isinstance(content, dict):
        raise PackError(label, [f"{label}: a mapping of sections is expected"])
    return Source(_plain(content), dict(_positions(content, label)))


def _plain(value: Any) -> Any:
    """Without ruamel's dress: plain dicts, lists and scalars, dates as ISO text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int | float) or value is None:
        return value
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _positions(value: Any, file: str, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Position]]:
    if isinstance(value, dict):
        for key, item in value.items():
            here = (*path, str(key))
            yield here, (file, value.lc.key(key)[0] + 1)  # type: ignore[attr-defined]
            yield from _positions(item, file, here)


def _build(document: dict[str, Any], *, name: str, source: Source) -> Pack:
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=False, separators=(",", ":"))
    try:
        pack = Pack.model_validate(document)
    except ValidationError as error:
        raise PackError(name, [_describe(dict(item), source) for item in error.errors()]) from error
    _refuse(name, source, dangling(pack))
    digest = hashlib.sha256(canonical.encode()).hexdigest()[:16]
    return pack.model_copy(update={"digest": digest, "document": canonical})


def _refuse(name: str, source: Source, found: Iterable[Problem]) -> None:
    problems = [f"{source.locate(path)}{problem}" for path, problem in found]
    if problems:
        raise PackError(name, problems)


def _describe(error: dict[str, Any], source: Source) -> str:
    path = tuple(str(part) for part in error["loc"] if part != "[key]")
    return f"{source.locate(path)}{'.'.join(path)}: {error['msg']}"
