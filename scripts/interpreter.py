"""Which Python goes on with the work, what it can do by itself, and what the installers that it starts are told."""

from __future__ import annotations

import os
import shutil
import sys

from scripts.machine import MissingTool, succeeds

OLDEST, TOO_NEW = (3, 11), (3, 15)
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def choose_python() -> None:
    """Go on in a fitting Python of this machine if the one we were started with does not fit."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return
    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, *sys.argv])
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise MissingTool(f"Please install Python 3.11, 3.12, 3.13 or 3.14 first (this is {found}), then try again.")


def has_venv() -> bool:
    """Whether this Python makes environments with pip in them; Debian's bare one does not."""
    return succeeds([sys.executable, "-c", "import ensurepip, venv"])


def has_pip() -> bool:
    """Whether this Python has pip."""
    return succeeds([sys.executable, "-m", "pip", "--version"])


def environment() -> dict[str, str]:
    """
    The person's environment, with every installer told what one of them knows: a mirror, trusted certificates.

    uv never downloads a Python: the one of the machine gets its security updates.
    """
    result = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    result.pop("VIRTUAL_ENV", None)
    if "PIP_INDEX_URL" in result:
        result.setdefault("UV_DEFAULT_INDEX", result["PIP_INDEX_URL"])
    trusted = result.get("PIP_CERT") or next((path for path in CERTIFICATES if os.path.exists(path)), "")
    if trusted:  # an organisation's own proxy is trusted by the machine, not by certificates inside uv and Node
        for name in ("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
            result.setdefault(name, trusted)
    result.setdefault("UV_HTTP_TIMEOUT", "180")
    result.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    return result


def version() -> str:
    """Of the Python that runs this, `3.11`."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def numbers(version: str) -> tuple[int, ...]:
    """`0.13.9 (x86_64)` is (0, 13, 9); what cannot be read is (0,)."""
    try:
        return tuple(int(part) for part in version.split(maxsplit=1)[0].split("."))
    except (IndexError, ValueError):
        return (0,)
