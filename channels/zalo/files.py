"""Files out: brought over before a word is said, so that the words can tell what could not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from channels.zalo.client import ZaloApi
from channels.zalo.mapping_out import is_visitor
from core.contract.errors import NotFound, PermanentSendError
from core.contract.ports import MediaStore
from core.contract.schema import Attachment, OutboundMessage

_MEGABYTE = 1024 * 1024
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TAKEN: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "image/jpeg": ("image", _MEGABYTE),
        "image/png": ("image", _MEGABYTE),
        "image/gif": ("gif", 5 * _MEGABYTE),
        "application/pdf": ("file", 5 * _MEGABYTE),
        "application/msword": ("file", 5 * _MEGABYTE),
        _WORD: ("file", 5 * _MEGABYTE),
    }
)
"""Media type → the provider's word for it, and how many bytes it takes."""


@dataclass(frozen=True)
class Brought:
    """What was uploaded, as (sort, the provider's id), and the names of what could not be."""

    uploaded: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()

    def words(self, text: str) -> str:
        """The text, with what does not come along."""
        names = ", ".join(self.missing)
        return f"{text}\n\n(Không gửi kèm được qua Zalo: {names}.)" if names else text


class Files:
    """Uploads the files of a message; without a store there are none to upload."""

    def __init__(self, api: ZaloApi, media: MediaStore | None) -> None:
        self._api = api
        self._media = media

    async def bring(self, message: OutboundMessage) -> Brought:
        """Everything the provider takes. Raises TemporarySendError: nothing was said yet, try again."""
        uploaded: list[tuple[str, str]] = []
        missing: list[str] = []
        for file in message.attachments:
            known = None if is_visitor(message.recipient.value) else await self._one(file)
            if known is None:
                missing.append(file.name or "tệp đính kèm")
            else:
                uploaded.append(known)
        return Brought(tuple(uploaded), tuple(missing))

    async def _one(self, file: Attachment) -> tuple[str, str] | None:
        sort, most = TAKEN.get(file.media_type, ("", 0))
        if self._media is None or not file.stored_key or file.size > most:
            return None
        try:
            data = await self._media.get(file.stored_key)
            return sort, await self._api.upload(sort, data, name=file.name, media_type=file.media_type)
        except (NotFound, PermanentSendError):  # erased, or not taken: the words go out without it
            return None
