"""A real IMAP server for tests, where one is installed: Dovecot, private to the test process, as any system user."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
from pathlib import Path
from typing import Self

from tests.support.servers import LOOPBACK, Owner, Server

PASSWORD = "mat-khau-thu"

_CONFIG = """
protocols = imap
listen = {host}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


def find_dovecot() -> str | None:
    """The program, where it is installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class DovecotServer(Server):
    """A Dovecot of its own: any user name, one password, empty mailboxes, IDLE and MOVE."""

    def __init__(self, program: str) -> None:
        super().__init__("dovecot")
        self._program = program

    @classmethod
    def start(cls, program: str) -> Self:
        """A running server. Raises: ServerUnavailable."""
        server = cls(program)
        server._run_on_a_free_port()
        return server

    def _owner(self) -> Owner:
        return Owner.unprivileged()

    def _command(self) -> list[str]:
        uid, gid = self._owner().ids or (os.geteuid(), os.getegid())
        user = pwd.getpwuid(uid).pw_name
        config = self.folder / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                host=LOOPBACK,
                folder=self.folder,
                user=user,
                group=_group_name(gid),
                uid=uid,
                gid=gid,
                password=PASSWORD,
                port=self.port,
            )
        )
        self._own(config, self.folder)
        return [self._program, "-F", "-c", str(config)]

    def _own(self, *paths: Path) -> None:
        for path in paths:
            self._owner().own(path)

    def _is_ready(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=5) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False


def _group_name(gid: int) -> str:
    return grp.getgrgid(gid).gr_name
