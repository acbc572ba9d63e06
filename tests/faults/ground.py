"""A deployment on a disk whose power can be cut: data folder, master key elsewhere, perhaps a PostgreSQL beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.privacy.master import create_master_key_file
from tests.faults.running import Gateway, kept
from tests.support.fsync_shim import Disk, Shim
from tests.support.servers import PostgresServer

DATABASE = "langnghe"
QUICK = {"recovery_init_sync_method": "syncfs"}
"""After a crash PostgreSQL syncs a thousand files one by one otherwise."""


@dataclass
class Ground:
    """Where one deployment lives. `server` is None on SQLite; `options` weaken the gateway on purpose."""

    shim: Shim
    folder: Path
    disk: Disk
    server: PostgresServer | None = None
    server_disk: Disk | None = None
    options: tuple[str, ...] = ()
    cuts: int = field(default=0)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.disk.folder

    @property
    def key(self) -> Path:
        """The master key, outside of it, as in production."""
        return self.folder / "master.key"

    @property
    def journal(self) -> Path:
        """Where deliveries wait while the database is away."""
        return self.data / "journal"

    @property
    def database(self) -> Path:
        """What a sync of the database's log has in front of its path."""
        return self.server.data / "pg_wal" if self.server else self.data / "langnghe.sqlite3"

    @property
    def url(self) -> str:
        """Of the database; empty for SQLite."""
        return self.server.url(DATABASE) if self.server else ""

    def gateway(self) -> AbstractAsyncContextManager[Gateway]:
        """The gateway, running under the shim."""
        return Gateway.start(self.data, *self._options(), environment=self.shim.environment(self.disk))

    def _options(self) -> list[str]:
        return ["--key", str(self.key), "--database-url", self.url, *self.options]

    def cut_power(self) -> None:
        """The gateway being dead: kill the server, too, and go on with what was synced."""
        self.cuts += 1
        self.disk = self.shim.disk(self.disk.after_power_cut(self.folder / f"disk-{self.cuts}"))
        if self.server and self.server_disk:
            self.server.kill()
            self.server.replace_data(self.server_disk.after_power_cut(self.folder / f"server-{self.cuts}"))
            self._start_server()

    def _start_server(self) -> None:
        assert self.server is not None
        self.server_disk = self.shim.disk(self.server.data, names=True)
        self.server.environment = self.shim.environment(self.server_disk)
        self.server.restart()

    def heal(self) -> None:
        """The disk is well again, and the server is back if that had ended it."""
        self.shim.heal()
        if self.server:
            self.server.kill()
            self._start_server()

    async def kept(self) -> Counter[str]:
        """Ids of messages that the deployment holds, how often each; the gateway is dead or stopped."""
        found = await kept(self.data, key=self.key, database_url=self.url)
        self.disk = self.shim.disk(self.data)  # we wrote there ourselves, past the shim
        return found


@contextmanager
def ground_on(
    engine: str, folder: Path, *, options: tuple[str, ...] = (), settings: Mapping[str, str] | None = None
) -> Iterator[Ground]:
    """A new deployment on `sqlite` or `postgresql`; `settings` are entries of postgresql.conf."""
    data = folder / "disk-0"
    data.mkdir()
    create_master_key_file(folder / "master.key")
    with Shim.create() as shim:
        ground = Ground(shim, folder, shim.disk(data), options=options)
        if engine == "sqlite":
            yield ground
            return
        with PostgresServer.start(settings={**QUICK, **(settings or {})}, segment_mb=1) as server:
            server.create_database(DATABASE)
            server.halt()
            ground.server = server
            ground._start_server()
            yield ground
            server.kill()
