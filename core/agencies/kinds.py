"""What sorts of agency there are: the words that regulations use for them, and those that a file has brought in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.agencies.history import AgencyHistory

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "province": "UBND tỉnh, thành phố",
        "centre": "Trung tâm",
        "department": "Sở, ban, ngành",
        "district": "UBND cấp huyện",
        "commune": "UBND cấp xã",
        "central_body": "Cơ quan trung ương trên địa bàn",
        "enterprise": "Doanh nghiệp dịch vụ",
        "unit": "Đơn vị trực thuộc",
        "board": "Ban chỉ đạo",
    }
)
"""By id, as staff read them."""


def kinds_in(history: AgencyHistory) -> Mapping[str, str]:
    """Those an agency may have: ours, and what a file has brought in, which stands for itself."""
    brought = (entry.kind for entry in history.entries if entry.kind and entry.kind not in KINDS)
    return {**KINDS, **{kind: kind for kind in brought}}
