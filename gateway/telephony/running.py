"""Which telephony processes there are over a data folder: locked files say so, whoever started them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from core.contract.errors import ConfigError
from gateway.settings import Settings
from gateway.telephony.node import node_of
from gateway.telephony.paths import running_file


class Running(BaseModel):
    """A live telephony process; `settings` is a digest of those it was started with."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    settings: str


@contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """Be this node of the data folder, for the length of a block. ConfigError: another process is."""
    path = running_file(settings.data, node_of(settings))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            problem = "another telephony process takes calls over this data folder"
            raise ConfigError("data", problem, example="var/") from None
        told = Running(pid=os.getpid(), settings=digest_of(settings)).model_dump_json().encode()
        os.ftruncate(file, 0)
        os.pwrite(file, told, 0)
        yield
    finally:
        os.close(file)


def running(data: Path, node: int = 1) -> Running | None:
    """The process that takes calls over this data folder now as this node; None where none does."""
    try:
        file = os.open(running_file(data, node), os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            return Running.model_validate_json(os.pread(file, 4096, 0))
        except ValidationError:  # it is just writing this
            return Running(pid=0, settings="")
    else:
        return None
    finally:
        os.close(file)


def digest_of(settings: Settings) -> str:
    """Changes with whatever a telephony process would have to be started anew for."""
    # The former changes in trials; the latter is for pages alone.
    changing: dict[str, Any] = {"twilio": {"base_url"}, "turn": True}
    ours = json.dumps(settings.call_center.model_dump(exclude=changing), default=_plain, sort_keys=True)
    return hashlib.sha256(f"{settings.mode} {settings.data.absolute()} {ours}".encode()).hexdigest()


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
