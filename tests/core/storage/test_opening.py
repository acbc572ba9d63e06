"""What cannot be opened is told in a sentence: what happened, and what a person does about it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from core.contract.errors import ConfigError
from core.storage.opening import explain, explained


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """Which address, and the two ways out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use") as caught:
            await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", port)

    told = explain(caught.value, tmp_path)
    assert told is not None
    assert told.key == "port"
    assert str(port) in told.problem
    assert told.problem.endswith("stop the process that listens there, or choose another port")


def test_a_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    """A slip in the settings, not a failure of ours."""
    file = tmp_path / "var"
    file.touch()

    with (
        pytest.raises(ConfigError, match="is a file where a folder is needed") as caught,
        explained(file, server=False),
    ):
        file.mkdir(exist_ok=True)

    assert caught.value.key == "data"
