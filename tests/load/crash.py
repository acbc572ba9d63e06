"""
Kill the gateway at random moments, again and again, and count what is lost or doubled.

    python -m tests.load.crash --cycles 50 --folder DIR [--database-url URL] [--seed N]

A preloaded parent forks the gateway over one data folder, sends it mails (some twice) and kills it with SIGKILL while
it accepts, processes and sends; what was answered 250 is remembered. At the end a last gateway finishes what waits,
and the books are compared: every acknowledged mail is one report, no mail is two, every receipt was sent once, or its
outbox entry says `unknown`. Killing proves the order of commit and answer; fsync is proved elsewhere.

Prints one JSON object. Talks to loopback only; ends only processes it forked, by pid.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlalchemy import Connection, select

from channels.email.adapter import EmailChannel
from channels.email.sandbox import MailSandbox
from core.contract.schema import Address, InboundMessage, Report
from core.intake.dialogue import step
from core.intake.effects import Say
from core.intake.happenings import MessageArrived
from core.intake.render import render
from core.intake.state import Dialogue
from core.regulations.loader import load_pack
from core.service.regulation import intake_rules
from core.storage import inbox_queue, outbox
from core.storage.tables import outbox as outbox_table
from core.storage.tables import report
from gateway.deployment import Deployment, open_deployment
from gateway.settings import Settings
from gateway.workers.crew import Crew
from tests.support.deployments import MAILBOX, settings_for

SENDERS = 6
MOST_ANSWERS = 12
PATIENCE = 60
MARKER = "số nhà"


@dataclass
class Books:
    """What the citizens know: which mails were acknowledged, and how many tries there were."""

    acknowledged: set[int] = field(default_factory=set)
    sent: int = 0
    repeats: int = 0
    next_number: int = 0


def mail_of(number: int) -> bytes:
    """A complete report that carries its number in the place, from a citizen of its own."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"citizen{number}@hopthu.example.vn", MAILBOX, "Phản ánh"
    mail["Message-ID"] = f"<crash-{number}@hopthu.example.vn>"
    mail.set_content(f"Đèn đường hỏng ở {MARKER} {number} đường Lê Lợi, phường Vĩnh Ninh, ba hôm nay không sáng.")
    return mail.as_bytes()


def fork(main: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Run a coroutine in a child process; returns its pid. The child never returns from here."""
    pid = os.fork()
    if pid:
        return pid
    try:
        asyncio.run(main())
    except BaseException as error:  # whatever it is, the child must not go on as a second parent
        print(f"child failed: {error!r}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


@asynccontextmanager
async def gateway(settings: Settings) -> AsyncIterator[Deployment]:
    """A gateway that hears mail and works."""
    async with open_deployment(settings) as deployment:
        channel = deployment.channels["email"]
        assert isinstance(channel, EmailChannel)
        await channel.start(deployment.inbox.accept)
        crew = Crew(deployment, owner=f"crash-{os.getpid()}")
        await crew.start()
        yield deployment
        await channel.stop()
        await crew.stop()


async def serve_until_killed(settings: Settings, ready: int) -> None:
    """Tell the parent the port, then work for ever."""
    async with gateway(settings) as deployment:
        channel = deployment.channels["email"]
        assert isinstance(channel, EmailChannel)
        os.write(ready, f"{channel.listening_on['smtp'][1]}\n".encode())
        await asyncio.Event().wait()


async def keep_mails(folder: Path, ready: int) -> None:
    """The citizens' provider: writes down whom each mail it took was for."""
    sandbox = MailSandbox(gateway=("127.0.0.1", 0))
    taken = (folder / "taken").open("a", buffering=1)
    keep = sandbox.keep

    def note(envelope_from: str, recipient: str, raw: bytes) -> None:
        keep(envelope_from, recipient, raw)
        taken.write(f"{recipient}\n")

    sandbox.keep = note  # type: ignore[method-assign]
    await sandbox.start()
    os.write(ready, f"{sandbox.smtp[1]}\n".encode())
    await asyncio.Event().wait()


def read_port(pipe: int) -> int:
    """The port a child tells when it is ready. EOFError when it died before."""
    line = b""
    while not line.endswith(b"\n"):
        data = os.read(pipe, 64)
        if not data:
            raise EOFError("the child died before it was ready")
        line += data
    return int(line)


async def write_mails(port: int, books: Books, chance: random.Random) -> None:
    """Several citizens at once, until the gateway is gone; one mail in ten is sent again."""

    async def one() -> None:
        with suppress(aiosmtplib.SMTPException, OSError):
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, timeout=5) as session:
                while True:
                    await _write_one(session, books, chance)

    await asyncio.gather(*(one() for _ in range(SENDERS)))


async def _write_one(session: aiosmtplib.SMTP, books: Books, chance: random.Random) -> None:
    if books.acknowledged and chance.random() < 0.1:
        number = chance.choice(sorted(books.acknowledged))
        books.repeats += 1
    else:
        number = books.next_number
        books.next_number += 1
    books.sent += 1
    await session.sendmail(f"citizen{number}@hopthu.example.vn", [MAILBOX], mail_of(number))
    books.acknowledged.add(number)


async def write_and_kill(child: int, port: int, books: Books, chance: random.Random) -> None:
    """Kill after a random number of answers and a random moment more, however fast the machine is."""
    enough = len(books.acknowledged) + chance.randint(0, MOST_ANSWERS)
    writing = asyncio.create_task(write_mails(port, books, chance))
    async with asyncio.timeout(PATIENCE):
        while len(books.acknowledged) < enough:
            await asyncio.sleep(0.002)
    await asyncio.sleep(chance.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    await writing


def one_cycle(settings: Settings, books: Books, chance: random.Random) -> None:
    """Fork, write mails, kill."""
    reading, writing = os.pipe()
    child = fork(partial(serve_until_killed, settings, writing))
    os.close(writing)
    try:
        port = read_port(reading)
        asyncio.run(write_and_kill(child, port, books, chance))
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)


async def finish(settings: Settings) -> dict[str, Any]:
    """A last gateway works until nothing waits; then its books are read."""
    async with gateway(settings) as deployment:
        for _ in range(2400):
            waiting = await deployment.database.read(inbox_queue.inbox_state)
            unsent = await deployment.database.read(outbox.outbox_state)
            if waiting.waiting == 0 and unsent.pending == 0 and deployment.journal.empty:
                break
            await asyncio.sleep(0.05)
        reports = await deployment.database.read(_reports)
        places = await asyncio.to_thread(lambda: [_place(deployment, row) for row in reports])
        return {
            "reports": places,
            "unknown": await deployment.database.read(_unknown_subjects),
            "quarantined": waiting.quarantined,
            "waiting": waiting.waiting,
            "unsent": unsent.pending,
        }


def _reports(connection: Connection) -> list[tuple[str, str, bytes]]:
    query = select(report.c.id, report.c.contact_id, report.c.content_sealed)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def _unknown_subjects(connection: Connection) -> list[str]:
    query = select(outbox_table.c.subject_id).where(outbox_table.c.state == "unknown")
    return list(connection.scalars(query))


def _place(deployment: Deployment, row: tuple[str, str, bytes]) -> tuple[int, str]:
    opened = deployment.safe.open_model(row[2], Report, subject_id=row[1], place=f"report:{row[0]}")
    words = opened.content_as_sent.split(MARKER)[1].split()
    return int(words[0]), row[1]


def compare(books: Books, end: dict[str, Any], taken: list[str]) -> dict[str, Any]:
    """The result: all of the first four must be empty or zero."""
    counted = Counter(number for number, _ in end["reports"])
    mails = Counter(int(address.removeprefix("citizen").split("@")[0]) for address in taken)
    unknown = {number for number, contact in end["reports"] if contact in set(end["unknown"])}
    return {
        "lost": sorted(books.acknowledged - counted.keys()),
        "doubled": sorted(number for number, count in counted.items() if count > 1),
        "told_twice": sorted(number for number, count in mails.items() if count > 1),
        "untold": sorted(number for number in counted if number not in mails and number not in unknown),
        "left_over": end["waiting"] + end["unsent"] + end["quarantined"],
        "acknowledged": len(books.acknowledged),
        "sent": books.sent,
        "repeats": books.repeats,
        "reports": len(end["reports"]),
        "unknown": len(unknown),
    }


def preload() -> None:
    """Read packs and lexicons before forking, so that a cycle costs the work of a gateway and not of a start."""
    pack = load_pack("thua_thien_hue")
    message = InboundMessage(
        channel="email",
        account=MAILBOX,
        provider_message_id="warm",
        sender=Address(channel="email", account=MAILBOX, value="warm@hopthu.example.vn"),
        text="Đèn đường hỏng ở số nhà 1 đường Lê Lợi",
        provider_time=datetime.now(UTC),
        received_at=datetime.now(UTC),
    )
    rules = intake_rules(pack, office="Trung tâm")
    for effect in step(Dialogue(), MessageArrived(message), rules=rules, now=datetime.now(UTC)).effects:
        if isinstance(effect, Say):
            render(effect)


def main() -> None:
    """Run the cycles and print the comparison."""
    preload()
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(given.seed)
    reading, writing = os.pipe()
    provider = fork(partial(keep_mails, given.folder, writing))
    try:
        settings = settings_for(given.folder / "var", database_url=given.database_url, relay_port=read_port(reading))
        books = Books()
        for _ in range(given.cycles):
            one_cycle(settings, books, chance)
        end = asyncio.run(finish(settings))
    finally:
        os.kill(provider, signal.SIGKILL)
        os.waitpid(provider, 0)
    print(json.dumps(compare(books, end, (given.folder / "taken").read_text().split())))


if __name__ == "__main__":
    main()
