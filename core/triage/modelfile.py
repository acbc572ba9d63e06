"""A sorter's weights as text to keep: which labels, how many examples, and a hash that tells two models apart."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.triage.sorter import Label, Sorter, Weights

FORMAT = 1
SMALLEST = 0.005


class ModelDamaged(ValueError):
    """A kept model is not what its hash says, or of a format of another version."""


def written(sorter: Sorter) -> dict[str, Any]:
    """A model as JSON. `hash`: of the numbers and of the labels they are for."""
    labels = [label.id for label in sorter.labels]
    packed = _packed(sorter.weights, len(labels))
    told = {"format": FORMAT, "labels": labels, "hash": _digest(labels, packed)}
    return told | {"weights": b64encode(zlib.compress(packed)).decode()}


def read(told: dict[str, Any], labels: Sequence[Label]) -> Sorter:
    """The sorter for these labels again; what was learnt for one no longer in use is let go. Raises ModelDamaged."""
    if told.get("format") != FORMAT:
        raise ModelDamaged(f"a model of format {told.get('format')}, not {FORMAT}")
    packed = zlib.decompress(b64decode(told["weights"]))
    if _digest(told["labels"], packed) != told["hash"]:
        raise ModelDamaged("a model that is not what its hash says")
    place = {name: number for number, name in enumerate(told["labels"])}
    rows = _unpacked(packed, len(place))
    chosen = [place.get(label.id) for label in labels]
    weights = {key: tuple(row[n] if n is not None else 0.0 for n in chosen) for key, row in rows.items()}
    return replace(Sorter(tuple(labels)), weights=weights)


def _packed(weights: Weights, width: int) -> bytes:
    row = struct.Struct(f"<I{width}f")
    told = [(key, values) for key, values in sorted(weights.items()) if max(map(abs, values)) >= SMALLEST]
    return b"".join(row.pack(key, *values) for key, values in told)


def _unpacked(packed: bytes, width: int) -> Weights:
    row = struct.Struct(f"<I{width}f")
    return {key: tuple(values) for key, *values in row.iter_unpack(packed)}


def _digest(labels: Sequence[str], packed: bytes) -> str:
    return hashlib.sha256(json.dumps(list(labels)).encode() + packed).hexdigest()
