"""The peer's side of the ticket benchmark: django-helpdesk under gunicorn, its ticket API, its tickets counted."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.launch import ROOT, STOP_SECONDS
from bench.processes import cpu_seconds
from bench.tickets.loop import Lap, Load, closed_loop
from bench.tickets.peer import peer_program
from bench.tickets.texts import report_text
from tests.support.servers import LOOPBACK, PostgresServer, free_port

WORKERS = 2
_START_SECONDS = 60


@dataclass
class Helpdesk:
    """A running django-helpdesk with a queue and a user who may write tickets."""

    server: PostgresServer
    database: str
    pid: int
    url: str
    token: str
    queue: int
    written: int = 0

    async def lap(self, load: Load) -> Lap:
        """One lap. RuntimeError unless each message became one ticket."""
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=headers) as session:

            async def write() -> None:
                async with session.post(self.url, data=self._ticket()) as answer:
                    if answer.status != 201:
                        raise RuntimeError(f"the peer answered {answer.status}: {await answer.text()}")

            before = await asyncio.to_thread(self._count)
            lap = await closed_loop(write, meter=self._cpu, load=load)
            added = await asyncio.to_thread(self._count) - before
        if added != lap.sent:
            raise RuntimeError(f"{lap.sent} messages became {added} tickets")
        return lap

    def _ticket(self) -> bytes:
        self.written += 1
        title, text = f"Phản ánh {self.written}", report_text(self.written)
        ticket = {"queue": self.queue, "title": title, "description": text, "priority": 3}
        return json.dumps(ticket, ensure_ascii=False).encode()

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds([self.pid]), cpu_seconds([self.server.pid])

    def _count(self) -> int:
        return int(self.server.execute("SELECT count(*) FROM helpdesk_ticket", self.database)[0][0])


@contextmanager
def helpdesk(server: PostgresServer, database: str, folder: Path) -> Iterator[Helpdesk]:
    """Migrate, seed and serve it on an empty database of this server. RuntimeError shows what failed."""
    folder.mkdir(parents=True, exist_ok=True)
    environ = _environment(server, database, folder)
    _call(environ, "-m", "django", "migrate", "--verbosity", "0")
    seeded = json.loads(_call(environ, "-m", "bench.tickets.peer_site.seed").splitlines()[-1])
    port = free_port()
    options = ("--preload", "--workers", str(WORKERS), "--bind", f"{LOOPBACK}:{port}", "--log-level", "error")
    command = [str(peer_program("gunicorn")), "django.core.wsgi:get_wsgi_application()", *options]
    with (folder / "peer.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        url = f"http://{LOOPBACK}:{port}/api/tickets/"
        _wait_for(url, process)
        yield Helpdesk(server, database, process.pid, url, seeded["token"], seeded["queue"])
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _environment(server: PostgresServer, database: str, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "bench.tickets.peer_site.settings",
        "PEER_SECRET_KEY": secrets.token_hex(32),
        "PEER_DATABASE_HOST": LOOPBACK,
        "PEER_DATABASE_PORT": str(server.port),
        "PEER_DATABASE_NAME": database,
        "PEER_DATABASE_USER": server.user,
        "PEER_MEDIA": str(folder),
    }


def _call(environ: Mapping[str, str], *arguments: str) -> str:
    command = [str(peer_program("python")), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers anything, be it that nobody may come in without a token."""
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the peer did not start")
