"""
One connection to a hosted mailbox. Every method blocks, for a thread to run.

Nothing is flagged by reading it (BODY.PEEK), and nothing is ever expunged: what people delete in their own program is
theirs.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from contextlib import suppress
from datetime import date
from time import monotonic
from typing import Any

from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from channels.email.settings import ImapSettings
from core.contract.errors import ChannelMisconfigured, ConnectionFailed, GatewayError


class LogInRefused(ChannelMisconfigured):
    """The server takes neither this password nor this token."""


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_BROKEN = (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError)


class ImapSession:
    """The folder we read, opened. `validity` is its UIDVALIDITY: a UID means something only beside it."""

    def __init__(self, settings: ImapSettings, *, token: str = "") -> None:
        """
        Connect and log in: with `token` (XOAUTH2), else by password.

        Raises: ChannelMisconfigured, ConnectionFailed; so does every method.
        """
        self._settings = settings
        try:
            self._box = _connect(settings)
        except _BROKEN as error:
            raise _translated(error) from None
        try:
            self._enter(token)
        except GatewayError:
            self.close()
            raise

    def last(self) -> int:
        """The UID of the last mail; 0 where there is none."""
        return max(self._search("UID *"), default=0)

    def waiting(self, *, after: int) -> list[int]:
        """UIDs above one, in order; `n:*` always names the last mail too, however old."""
        return self._search(f"UID {after + 1}:*", least=after + 1)

    def unseen(self) -> list[int]:
        """UIDs of what nobody has read yet, in order."""
        return self._search("UNSEEN")

    def since(self, day: date) -> list[int]:
        """UIDs of what came on this day or later, in order."""
        return self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    def size(self, uid: int) -> int | None:
        """Bytes of a mail; None: it is gone."""
        found = _SIZE.search(b" ".join(_flat(self._uid("FETCH", str(uid), "(RFC822.SIZE)"))))
        return int(found[1]) if found else None

    def raw(self, uid: int) -> bytes | None:
        """The bytes of a mail; None: it is gone."""
        parts = self._uid("FETCH", str(uid), "(BODY.PEEK[])")
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)

    def settle(self, uid: int) -> None:
        """It is stored with us: mark it as read, and put it into the folder for that, where one is named."""
        self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if self._settings.done_folder:
            self._run(self._box.move, str(uid), self._settings.done_folder)

    def point_out(self, uid: int) -> None:
        """It cannot be taken: flag it for a person."""
        self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Flagged)")

    @property
    def pushes(self) -> bool:
        """Whether it tells of new mail by itself (RFC 2177)."""
        return "IDLE" in self._box.client.capabilities

    def news(self) -> bool:
        """Whether it told of mails since this was last asked: beside any answer (RFC 3501 §5.2), and only once."""
        _, told = self._box.client.response("EXISTS")
        return told != [None]

    def begin_listening(self) -> None:
        """Ask to be told of new mail (IDLE)."""
        self._run(self._box.idle.start)

    def heard(self, seconds: float) -> bool:
        """Whether the server said anything within this time; a line that is dead says so before the time is over."""
        if self._run(self._is_received):
            return True
        begun = monotonic()
        return bool(self._run(self._box.idle.poll, seconds)) or monotonic() - begun < seconds / 2

    def _is_received(self) -> bool:
        """Whether more came along with what was read last: whoever waits at the socket would never see it."""
        client: Any = self._box.client
        client.sock.settimeout(0)
        try:
            return bool(client.file.peek(1))
        except ssl.SSLWantReadError:
            return False
        finally:
            client.sock.settimeout(self._settings.timeout)

    def end_listening(self) -> None:
        """Be told no more."""
        self._run(self._box.idle.stop)

    def close(self) -> None:
        """Part; how that goes changes nothing."""
        with suppress(*_BROKEN):
            self._box.client.shutdown()

    def _enter(self, token: str) -> None:
        settings, client = self._settings, self._box.client
        try:
            if token:
                words = f"user={settings.username}\1auth=Bearer {token}\1\1".encode()
                client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else words)
            else:
                self._box.login_utf8(settings.username, settings.password.get_secret_value(), None)
        except (imaplib.IMAP4.abort, OSError) as error:
            raise _translated(error) from None
        except (imaplib.IMAP4.error, MailboxLoginError):
            raise LogInRefused("the mailbox does not take our log-in") from None
        self._learn()
        self._open()

    def _learn(self) -> None:
        """What it can do is told in full only after the log-in, which the library does not ask again."""
        _, told = self._run(self._box.client.capability)
        self._box.client.capabilities = tuple(told[-1].decode().upper().split())

    def _open(self) -> None:
        settings, client = self._settings, self._box.client
        try:
            self._box.folder.set(settings.folder)
            if settings.done_folder and not self._box.folder.exists(settings.done_folder):
                raise ChannelMisconfigured("the folder for mails that were taken does not exist")
            if settings.done_folder and "MOVE" not in client.capabilities:
                raise ChannelMisconfigured("this mail server cannot move mails (RFC 6851)")
            self.validity = int(client.response("UIDVALIDITY")[1][0])
        except (imaplib.IMAP4.abort, OSError) as error:
            raise _translated(error) from None
        except (ImapToolsError, TypeError, ValueError):
            raise ChannelMisconfigured("the folder of the mailbox cannot be opened") from None

    def _search(self, criteria: str, *, least: int = 1) -> list[int]:
        found = {int(uid) for uid in self._run(self._box.uids, criteria, None)}
        return sorted(uid for uid in found if uid >= least)

    def _uid(self, *command: str) -> list[Any]:
        status, data = self._run(self._box.client.uid, *command)
        if status != "OK":
            raise ConnectionFailed(f"the mail server refused {command[0]}")
        return [part for part in data if part is not None]

    def _run(self, call: Any, *given: Any) -> Any:
        try:
            return call(*given)
        except _BROKEN as error:
            raise _translated(error) from None  # the cause may quote a mail


def _connect(settings: ImapSettings) -> BaseMailBox:
    where: dict[str, Any] = {"host": settings.host, "port": settings.port, "timeout": settings.timeout}
    if settings.tls == "none":
        return MailBoxUnencrypted(**where)
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    return (MailBox if settings.tls == "implicit" else MailBoxStartTls)(**where, ssl_context=context)


def _translated(error: BaseException) -> GatewayError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ChannelMisconfigured("the mail server's certificate is not trusted")
    return ConnectionFailed(f"no session with the mailbox: {type(error).__name__}")


def _flat(parts: list[Any]) -> list[bytes]:
    return [b" ".join(part) if isinstance(part, tuple) else bytes(part) for part in parts]
