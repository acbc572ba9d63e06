"""Files that nobody should take."""

from __future__ import annotations

import io
import zipfile

SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><script>alert(1)</script>"
CLIMBING = "../../../etc/passwd"


def bomb() -> bytes:
    """An archive of 50 KB that holds 50 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", bytes(50 * 1024 * 1024))
    return out.getvalue()


HOSTILE = {"zip bomb": bomb, "script": lambda: SCRIPT, "page that says it is a picture": lambda: PAGE}
