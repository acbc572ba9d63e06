"""Who runs a server, and where it may look: PostgreSQL refuses root, and root's folders are closed to anybody else."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.support.servers.ports import ServerUnavailable


class Owner:
    """The system user who runs a server."""

    def __init__(self, ids: tuple[int, int] | None) -> None:
        self.ids = ids

    @classmethod
    def current(cls) -> Owner:
        """Whoever runs the tests."""
        return cls(None)

    @classmethod
    def unprivileged(cls) -> Owner:
        """Whoever runs the tests, unless that is root."""
        if os.geteuid() != 0:
            return cls.current()
        import pwd

        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls((entry.pw_uid, entry.pw_gid))
        raise ServerUnavailable("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` which make the child run as this user."""
        if self.ids is None:
            return {}
        return {"user": self.ids[0], "group": self.ids[1], "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a folder or a file over to this user."""
        if self.ids is not None:
            os.chown(path, *self.ids)


def temporary_folder(prefix: str) -> Path:
    """A new folder which the server's user can enter: not below somebody's closed home, even if TMPDIR points there."""
    owner = Owner.unprivileged()
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    place = next((place for place in places if owner.ids is None or open_to_all(place)), places[0])
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    owner.own(folder)
    return folder


def reachable(binaries: Path, owner: Owner, folder: Path) -> Path:
    """The programs themselves, or a copy in `folder` when the owner may not enter the place where they lie."""
    if owner.ids is None or open_to_all(binaries):
        return binaries
    install = binaries.parent
    copy = folder / "programs" / install.parent.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    for libraries in install.parent.parent.glob(f"{install.parent.name}.libs"):  # the wheel's programs point there
        shutil.copytree(libraries, folder / "programs" / libraries.name, symlinks=True)
    return copy / "bin"


def open_to_all(folder: Path) -> bool:
    """Whether every user may enter this folder."""
    return all(part.stat().st_mode & 0o001 for part in [folder.resolve(), *folder.resolve().parents])
