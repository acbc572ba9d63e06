"""
Files that a command brings into a case: stored for this case, or held by it already.

A key alone opens nothing: whoever knows that of a file in another case could otherwise read it as one of their own, and
have it published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.cases.commands import REGISTRY, Command
from core.cases.decide import Refusal
from core.cases.forms import Input
from core.cases.model import Case
from core.privacy.media import HASH_DIGITS, FileMediaStore

_NOT_OURS = "Có tệp không thuộc hồ sơ này. Vui lòng gửi tệp lên hồ sơ này trước rồi chọn lại."


class OwnFiles:
    """Knows a case's files by their keys, which begin with whose they are."""

    def __init__(self, media: FileMediaStore) -> None:
        self._media = media

    def refused(self, case: Case, name: str, payload: Mapping[str, Any]) -> Refusal | None:
        """Why a command may not bring these files; None where it may."""
        own = self._media.stored_key("", subject_id=case.id)[:HASH_DIGITS]
        named = _named(REGISTRY[name], payload)
        strange = {field: _NOT_OURS for field, key in named if not key.startswith(own) and key not in case.evidence}
        return Refusal("data_invalid", 422, _NOT_OURS, details={"fields": strange}) if strange else None


def _named(kind: type[Command], payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, key) of every file; what is no list of keys is refused where fields are read."""
    for field, info in kind.model_fields.items():
        given = payload.get(field)
        is_files = any(isinstance(one, Input) and one.kind == "files" for one in info.metadata)
        if is_files and isinstance(given, list | tuple):
            yield from ((field, str(key)) for key in given)
