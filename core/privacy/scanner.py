"""
Files are looked at by ClamAV before they are stored, where a deployment has one (clamd's INSTREAM command).

A file goes to the scanner as it was received, in pieces, and is never written anywhere for it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Protocol

import structlog

from core.contract.errors import ConfigError, IntakeUnavailable
from core.privacy.errors import MediaRefused

log = structlog.get_logger()

VIRUS_VI = "Tệp này có mã độc nên không được nhận. Vui lòng kiểm tra thiết bị và gửi tệp khác."
_PIECE = 64 * 1024
_PATIENCE = 30.0
_PING_PATIENCE = 2.0
_LONGEST_ANSWER = 4096


class ScannerAway(IntakeUnavailable):
    """The scanner did not answer, or could not tell: the file is neither taken nor refused."""

    code = "scanner_away"
    vi = "Hiện chưa kiểm tra được tệp. Vui lòng gửi lại sau ít phút, hoặc gửi nội dung trước và bổ sung tệp sau."


class Scanner(Protocol):
    """Looks at files; slow, for threads. `infected`: how many it found since this process began."""

    infected: int

    def check(self, data: bytes) -> None:
        """Raises: MediaRefused ("virus"); ScannerAway."""

    def ping(self) -> bool:
        """Whether it answers now."""


class Clamd:
    """A clamd that listens on TCP."""

    def __init__(self, host: str, port: int, *, patience: float = _PATIENCE) -> None:
        self._place = (host, port)
        self._patience = patience
        self.infected = 0

    @classmethod
    def at(cls, address: str) -> Clamd:
        """From `host:port`. Raises ConfigError."""
        host, _, port = address.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise ConfigError("clamav", "is no host:port", example='"127.0.0.1:3310"')
        return cls(host.strip("[]"), int(port))

    def check(self, data: bytes) -> None:
        """Raises: MediaRefused ("virus"); ScannerAway, also for what clamd cannot tell or is too large for it."""
        answer = self._ask(lambda line: _stream(line, data))
        if answer.endswith(" FOUND"):
            self.infected += 1
            log.warning("file_infected", signature=answer.removesuffix(" FOUND").partition(": ")[2])
            raise MediaRefused("virus", VIRUS_VI)
        if not answer.endswith(" OK"):
            raise ScannerAway(f"clamd answered {answer[:80]!r}")

    def ping(self) -> bool:
        """Whether it answers now."""
        try:
            return self._ask(lambda line: line.sendall(b"zPING\0"), patience=_PING_PATIENCE) == "PONG"
        except ScannerAway:
            return False

    def _ask(self, say: Callable[[socket.socket], None], *, patience: float | None = None) -> str:
        try:
            with closing(socket.create_connection(self._place, timeout=patience or self._patience)) as line:
                with suppress(BrokenPipeError, ConnectionResetError):  # it hung up early: its answer may say why
                    say(line)
                return _answer(line)
        except OSError as error:
            raise ScannerAway(str(error)) from error


def _stream(line: socket.socket, data: bytes) -> None:
    """In pieces, each with its length in front (4 bytes, big-endian); a piece of length 0 ends it."""
    line.sendall(b"zINSTREAM\0")
    view = memoryview(data)
    for start in range(0, len(data), _PIECE):
        piece = view[start : start + _PIECE]
        line.sendall(len(piece).to_bytes(4, "big") + piece)
    line.sendall(bytes(4))


def _answer(line: socket.socket) -> str:
    """One answer, ended by a zero byte or by hanging up."""
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER and (more := line.recv(_LONGEST_ANSWER)):
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
