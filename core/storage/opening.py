"""
Why a deployment's files or database cannot be opened, in one sentence: what happened, and what a person does about it.

Nothing here repairs: what is damaged or newer than we are stays as it is, byte for byte.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core.contract.errors import ConfigError

_FULL = "the disk of {place} is full; free some space and start again"
_READ_ONLY = "{place} cannot be written ({why}); give it to the user who runs the gateway, or mount it writable"
_DAMAGED = "{place} is damaged or no database ({why}); nothing was changed: restore the newest backup into a new folder"
_FAILING = "the disk of {place} fails ({why}); look at the kernel's log, and move the data to another disk"
_NO_FOLDER = "{place} is a file where a folder is needed; move it away, or name another folder"
_OSERRORS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EIO: _FAILING,
    errno.EEXIST: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
}
_TAKEN = "{why}; stop the process that listens there, or choose another port"
_SQLITE = {
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CANTOPEN": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_IOERR": _FAILING,
}
_UNREACHABLE = "the database does not answer ({why}); start it, or correct the address"
_REFUSED = "the database refuses us ({why}); correct the user, the password or the name of the database"
_REFUSALS = ("28", "3D")  # SQLSTATE classes: invalid authorisation, no such database


@contextmanager
def explained(place: Path, *, server: bool) -> Iterator[None]:
    """
    Turn what opening fails with into a ConfigError; what nobody foresaw passes as it is.

    Args:
        place: the file or folder that is opened.
        server: the database is on a server, so that a broken connection is about its address.
    """
    try:
        yield
    except ConfigError:
        raise
    except Exception as error:
        told = explain(error, place, server=server)
        if told is None:
            raise
        raise told from error


def explain(error: Exception, place: Path, *, server: bool = False) -> ConfigError | None:
    """The sentence for an error, or None where there is none."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    why = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    if name := getattr(cause, "sqlite_errorname", ""):
        return _about("data", _SQLITE.get("_".join(name.split("_")[:2])), place, why)
    if server and (state := getattr(cause, "sqlstate", None) or ""):
        return _about("database_url", _REFUSED if state.startswith(_REFUSALS) else None, place, why)
    if isinstance(cause, OSError) and cause.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
        return _about("port", _TAKEN, place, cause.strerror or why)
    if isinstance(cause, OSError) and cause.errno in _OSERRORS:
        return _about("data", _OSERRORS[cause.errno], Path(cause.filename or place), cause.strerror or why)
    if server and isinstance(cause, OSError):  # also TimeoutError
        return _about("database_url", _UNREACHABLE, place, why)
    return None


def _about(key: str, sentence: str | None, place: Path, why: str) -> ConfigError | None:
    return None if sentence is None else ConfigError(key, sentence.format(place=place, why=why))
