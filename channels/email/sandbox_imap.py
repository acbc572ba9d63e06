"""
The hosted mailbox, played: an IMAP4rev1 server (RFC 3501) with IDLE, MOVE and both ways to log in.

It keeps mails in memory and knows as many commands as mail programs need for one folder at a time. Moods: `refuse`
(no log-in is taken), `cut` (the line breaks when a mail is fetched), `deaf` (no IDLE offered).
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count

HOST = "127.0.0.1"
_WORD = re.compile(r'"((?:\\.|[^"\\])*)"|(\([^()]*\))|(\S+)')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ImapMood(StrEnum):
    """How the server behaves."""

    NORMAL = "normal"
    REFUSE = "refuse"
    CUT = "cut"
    DEAF = "deaf"


@dataclass
class StoredMail:
    """One mail in a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    came: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class Folder:
    """Mails under UIDs that are given out once."""

    validity: int
    mails: list[StoredMail] = field(default_factory=list)
    next_uid: int = 1

    def add(self, raw: bytes, flags: set[str]) -> None:
        """One more mail."""
        self.mails.append(StoredMail(self.next_uid, raw, flags))
        self.next_uid += 1


@dataclass
class ImapSandbox:
    """The server as an object: `start`, `stop`, `folders`, `put`, `mood`. Access tokens that count are in `tokens`."""

    user: str
    password: str
    tokens: set[str] = field(default_factory=set)
    mood: ImapMood = ImapMood.NORMAL
    folders: dict[str, Folder] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    port: int = 0
    tls: ssl.SSLContext | None = None
    _validities: count[int] = field(default_factory=lambda: count(1_700_000_001))
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port, or on that of before."""
        self.folders.setdefault("INBOX", self.fresh())
        self._server = await asyncio.start_server(self._serve, HOST, self.port, limit=1 << 26, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Break off every session and listen no more; the mails stay."""
        if self._server is not None:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def put(self, raw: bytes, *, folder: str = "INBOX", flags: set[str] | None = None) -> None:
        """A mail arrives; whoever listens is told."""
        self.folders[folder].add(raw, set(flags or ()))
        async with self.changed:
            self.changed.notify_all()

    def fresh(self) -> Folder:
        """An empty folder with a UIDVALIDITY of its own."""
        return Folder(next(self._validities))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await _Session(self, reader, writer).talk()
        finally:
            self._writers.discard(writer)
            writer.close()


class _Session:
    """One connection."""

    def __init__(self, house: ImapSandbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._house, self._reader, self._writer = house, reader, writer
        self._known = False
        self._folder = Folder(0)
        self._told = 0

    async def talk(self) -> None:
        """Greet, then answer line by line until they leave."""
        await self._say("* OK sandbox")
        while line := await self._reader.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            name, _, given = rest.partition(" ")
            if name.upper() == "UID":
                name, _, given = given.partition(" ")
                name = f"uid_{name}"
            command = getattr(self, f"_do_{name.lower()}", None)
            if command is None or not (self._known or name.lower() in _BEFORE_LOGIN):
                await self._say(f"{tag} BAD not now")
                continue
            answer = await command(given)
            await self._say(*self._unheard(), f"{tag} {answer}")
            if name.upper() == "LOGOUT":
                return

    async def _say(self, *lines: str | bytes) -> None:
        """In one breath."""
        said = (line if isinstance(line, bytes) else line.encode() for line in lines)
        self._writer.write(b"".join(line + b"\r\n" for line in said))
        await self._writer.drain()

    async def _do_capability(self, given: str) -> str:
        idle = "" if self._house.mood is ImapMood.DEAF else " IDLE"
        await self._say(f"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 MOVE{idle}")
        return "OK done"

    async def _do_login(self, given: str) -> str:
        return self._enter(_words(given) == [self._house.user, self._house.password], "password")

    async def _do_authenticate(self, given: str) -> str:
        """PLAIN (RFC 4616), or XOAUTH2, whose refusal is a challenge that wants one more empty line."""
        await self._say("+ ")
        said = base64.b64decode(await self._reader.readline()).decode()
        if given.upper() == "PLAIN":
            return self._enter(said.split("\0")[1:] == [self._house.user, self._house.password], "password")
        user, _, bearer = said.removeprefix("user=").partition("\1auth=Bearer ")
        right = user == self._house.user and bearer.rstrip("\1") in self._house.tokens
        if not right:
            await self._say("+ " + base64.b64encode(b'{"status":"400"}').decode())
            await self._reader.readline()
        return self._enter(right, "token")

    def _enter(self, right: bool, how: str) -> str:
        self._known = right and self._house.mood is not ImapMood.REFUSE
        if self._known:
            self._house.logins.append(how)
        return "OK come in" if self._known else "NO [AUTHENTICATIONFAILED] wrong"

    async def _do_select(self, given: str) -> str:
        found = self._house.folders.get(_words(given)[0])
        if found is None:
            return "NO [NONEXISTENT] no such folder"
        self._folder = found
        await self._say(
            self._exists(),
            f"* OK [UIDVALIDITY {found.validity}]",
            f"* OK [UIDNEXT {found.next_uid}]",
            "* FLAGS (\\Seen \\Flagged \\Deleted)",
        )
        return "OK [READ-WRITE] open"

    async def _do_list(self, given: str) -> str:
        wanted = _words(given)[1]
        for name in self._house.folders:
            if wanted in ("*", "%", name):
                await self._say(f'* LIST () "/" "{name}"')
        return "OK done"

    async def _do_create(self, given: str) -> str:
        self._house.folders[_words(given)[0]] = self._house.fresh()
        return "OK made"

    async def _do_delete(self, given: str) -> str:
        return "OK gone" if self._house.folders.pop(_words(given)[0], None) else "NO no such folder"

    async def _do_append(self, given: str) -> str:
        folder, *_, size = _words(given)
        await self._say("+ go on")
        raw = await self._reader.readexactly(int(size.strip("{}")))
        await self._reader.readline()
        await self._house.put(raw, folder=folder)
        return "OK kept"

    async def _do_uid_search(self, given: str) -> str:
        criteria = given.upper().removeprefix("CHARSET US-ASCII ").split()
        found = [str(mail.uid) for mail in self._folder.mails if self._matches(mail, criteria)]
        await self._say(" ".join(["* SEARCH", *found]))
        return "OK done"

    def _matches(self, mail: StoredMail, criteria: list[str]) -> bool:
        match criteria:
            case ["UNSEEN"]:
                return "\\Seen" not in mail.flags
            case ["SINCE", day]:
                number, month, year = day.split("-")
                since = datetime(int(year), _MONTHS.index(month.title()) + 1, int(number), tzinfo=UTC)
                return mail.came >= since
            case ["UID", span]:
                return mail.uid in self._span(span)
        return criteria == ["ALL"]

    def _span(self, span: str) -> range:
        """`n:*` names the last mail too, however small its UID (RFC 3501 §6.4.8)."""
        last = self._folder.mails[-1].uid if self._folder.mails else 0
        ends = sorted(last if end == "*" else int(end) for end in span.split(":"))
        return range(ends[0], ends[-1] + 1)

    async def _do_uid_fetch(self, given: str) -> str:
        span, wanted = given.split(" ", 1)
        for number, mail in enumerate(self._folder.mails, 1):
            if mail.uid in self._span(span):
                await self._show(number, mail, wanted.upper())
        return "OK done"

    async def _show(self, number: int, mail: StoredMail, wanted: str) -> None:
        head = f"* {number} FETCH (UID {mail.uid} FLAGS ({' '.join(sorted(mail.flags))}) RFC822.SIZE {len(mail.raw)}"
        if "BODY" not in wanted:
            await self._say(f"{head})")
            return
        if self._house.mood is ImapMood.CUT:
            self._writer.transport.abort()
        if "PEEK" not in wanted:
            mail.flags.add("\\Seen")
        await self._say(f"{head} BODY[] {{{len(mail.raw)}}}".encode() + b"\r\n" + mail.raw + b")")

    async def _do_uid_store(self, given: str) -> str:
        span, _, flags = given.split(" ", 2)
        for mail in self._folder.mails:
            if mail.uid in self._span(span):
                mail.flags |= set(flags.strip("()").split())
        return "OK done"

    async def _do_uid_move(self, given: str) -> str:
        span, folder = _words(given)
        if folder not in self._house.folders:
            return "NO [TRYCREATE] no such folder"
        moved = [mail for mail in self._folder.mails if mail.uid in self._span(span)]
        for mail in moved:
            self._folder.mails.remove(mail)
            self._house.folders[folder].add(mail.raw, mail.flags)
        self._told -= len(moved)
        return "OK moved"

    async def _do_idle(self, given: str) -> str:
        """What came since they were last told of the folder is said at once (RFC 2177)."""
        await self._say("+ idling", *self._unheard())
        done = asyncio.create_task(self._reader.readline())
        try:
            while not done.done():
                news = asyncio.create_task(self._news(self._told))
                await asyncio.wait({done, news}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                if not done.done():
                    await self._say(self._exists())
        finally:
            done.cancel()
        return "OK done"

    def _exists(self) -> str:
        """How many mails there are, which they know from now on."""
        self._told = len(self._folder.mails)
        return f"* {self._told} EXISTS"

    def _unheard(self) -> list[str]:
        """What came since they were last told of the folder: beside any answer, as RFC 3501 §5.2 lets servers do."""
        return [self._exists()] if len(self._folder.mails) > self._told else []

    async def _news(self, known: int) -> None:
        async with self._house.changed:
            await self._house.changed.wait_for(lambda: len(self._folder.mails) != known)

    async def _do_noop(self, given: str) -> str:
        await self._say(self._exists())
        return "OK done"

    async def _do_logout(self, given: str) -> str:
        await self._say("* BYE")
        return "OK bye"


_BEFORE_LOGIN = frozenset({"capability", "login", "authenticate", "logout", "noop"})


def _words(given: str) -> list[str]:
    """Atoms, strings and lists of a command."""
    found = _WORD.findall(given)
    return [re.sub(r"\\(.)", r"\1", quoted) if quoted else listed or atom for quoted, listed, atom in found]
