"""Where the next page of a list begins, as an opaque string: nobody should build one, or guess what is in it."""

from __future__ import annotations

import base64
import binascii
import json

from gateway.api.errors import ApiError

After = tuple[int, str]


def encode(after: After | None) -> str | None:
    """The cursor of a list that goes on; None at its end."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(after).encode()).decode().rstrip("=")


def decode(cursor: str) -> After | None:
    """What `encode` wrote; None for an empty cursor. ApiError 400 for anything else."""
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place, key = json.loads(raw)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise _wrong() from error
    if type(place) is not int or not 0 <= place < 2**63 or not isinstance(key, str) or not _is_key(key):
        raise _wrong()
    return place, key


def _is_key(key: str) -> bool:
    return len(key) <= 64 and key.isascii() and (key == "" or key.isprintable())


def _wrong() -> ApiError:
    return ApiError(400, "cursor_invalid", "Vị trí trang tiếp theo không hợp lệ. Vui lòng đọc lại từ trang đầu.")
