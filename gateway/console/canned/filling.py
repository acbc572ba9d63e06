"""Places in canned answers: `{code}` and such. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

PLACES: Mapping[str, str] = MappingProxyType(
    {
        "office": "tên cơ quan",
        "staff": "tên người trả lời",
        "hotline": "số đường dây nóng",
        "follow": "địa chỉ trang tra cứu",
        "code": "mã phản ánh",
        "step": "bước hiện nay của hồ sơ",
        "due": "thời hạn của bước",
        "category": "lĩnh vực",
    }
)
_PLACE = re.compile(r"\{(\w*)\}")


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with its places filled; what is not known is left as "…", to be typed."""
    return _PLACE.sub(lambda found: facts.get(found[1], "") or "…", text)


def unknown(text: str) -> tuple[str, ...]:
    """Places that nothing is known of: slips of the pen."""
    return tuple(dict.fromkeys(name for name in _PLACE.findall(text) if name not in PLACES))
