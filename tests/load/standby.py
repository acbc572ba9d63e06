"""A second PostgreSQL that follows the first and can take its place, made as an operator would make it."""

from __future__ import annotations

import subprocess
from typing import Self

from tests.support.servers import LOOPBACK, PostgresServer, ServerUnavailable
from tests.support.waiting import until


class StandbyServer(PostgresServer):
    """A streaming replica of a running server, on a port that was chosen before."""

    @classmethod
    def follow(cls, primary: PostgresServer, *, port: int) -> Self:
        """Copy the primary, then follow it. Raises: ServerUnavailable."""
        server = cls()
        server.port = port
        server._copy(primary)
        server._run()
        return server

    def _copy(self, primary: PostgresServer) -> None:
        command = [str(self._binaries / "pg_basebackup"), "-h", LOOPBACK, "-p", str(primary.port), "-U", self.user]
        done = subprocess.run(
            [*command, "-D", str(self.data), "--write-recovery-conf", "--checkpoint=fast", "--no-password"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._owner().popen_arguments(),
        )
        if done.returncode:
            raise ServerUnavailable(f"pg_basebackup failed: {done.stderr}")

    def promote(self) -> None:
        """Take writes from now on."""
        self.execute("SELECT pg_promote(wait => true)")


async def wait_for_each_other(primary: PostgresServer) -> None:
    """From now on the primary confirms nothing that its standby does not have: a failover then loses nothing."""
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.execute("SELECT pg_reload_conf()")
    state = "SELECT sync_state FROM pg_stat_replication"
    await until(lambda: [row["sync_state"] for row in primary.execute(state)] == ["sync"], "following in step")
