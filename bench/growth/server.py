"""
A PostgreSQL whose data stays where it is told: a large archive is made once and measured often.

    python -m bench.growth.server FOLDER     # prints its address; serves until it is interrupted
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path
from typing import Self

from tests.support.servers import Owner, PostgresServer

DATABASE = "langnghe"
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "1GB", "checkpoint_timeout": "15min", "jit": "off"}


class KeptPostgres(PostgresServer):
    """Data below `place`; whatever else a test server has is temporary."""

    @classmethod
    def open(cls, place: Path) -> Self:
        """Start it, with an empty database `langnghe` the first time."""
        server = cls(settings=SETTINGS)
        place.mkdir(parents=True, exist_ok=True)
        os.chmod(place, 0o755)
        Owner.unprivileged().own(place)
        server.data = place.resolve() / "data"
        fresh = not server.data.exists()
        if fresh:
            server._create_cluster()
        (server.data / "postmaster.pid").unlink(missing_ok=True)
        server._run_on_a_free_port()
        if fresh:
            server.create_database(DATABASE)
        return server

    @property
    def address(self) -> str:
        """Of its one database."""
        return self.dsn(DATABASE)


def main() -> None:
    """Serve one folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with KeptPostgres.open(parser.parse_args().folder) as server:
        print(server.address, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
