"""ClamAV in front of the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.contract.errors import ConfigError
from core.privacy.blind import BlindIndex
from core.privacy.errors import MediaRefused
from core.privacy.media import FileMediaStore
from core.privacy.scanner import Clamd, ScannerAway
from tests.core.privacy.stores import MemoryKeyStore, subject_keys
from tests.support.clamd import EICAR, running_clamd

PDF = b"%PDF-1.7 "


def store(folder: Path, port: int) -> FileMediaStore:
    keys = subject_keys(MemoryKeyStore())
    return FileMediaStore(folder, keys=keys, blind=BlindIndex(bytes(32)), scanner=Clamd("127.0.0.1", port))


async def test_a_clean_file_is_seen_whole_and_stored(tmp_path: Path) -> None:
    """Also one of many pieces."""
    data = PDF + bytes(range(256)) * 1000
    with running_clamd() as clamd:
        await store(tmp_path, clamd.port).put_file(data, subject_id="an", name="")
        assert clamd.seen == [data]


async def test_an_infected_file_is_refused_and_counted(tmp_path: Path) -> None:
    """Nothing of it is kept."""
    with running_clamd() as clamd:
        media = store(tmp_path, clamd.port)
        with pytest.raises(MediaRefused) as caught:
            await media.put_file(PDF + EICAR, subject_id="an", name="")

    assert (caught.value.reason, "mã độc" in caught.value.vi) == ("virus", True)
    assert media.scanner is not None
    assert media.scanner.infected == 1
    assert list(tmp_path.rglob("*")) == []


async def test_without_an_answer_nothing_is_taken(tmp_path: Path) -> None:
    """Away, or at a loss: a file too long for it is not taken unseen."""
    with running_clamd() as clamd:
        clamd.most = 1000
        media = store(tmp_path, clamd.port)
        assert media.scanner is not None
        assert media.scanner.ping()
        with pytest.raises(ScannerAway):
            await media.put_file(PDF + bytes(5000), subject_id="an", name="")
    with pytest.raises(ScannerAway):
        await media.put_file(PDF, subject_id="an", name="")
    assert not media.scanner.ping()
    assert list(tmp_path.rglob("*")) == []


async def test_what_we_made_ourselves_does_not_wait_for_it(tmp_path: Path) -> None:
    """A letter is drawn also while it is away."""
    with running_clamd() as clamd:
        media = store(tmp_path, clamd.port)
    assert (await media.put_file(PDF, subject_id="an", name="", ours=True)).stored_key


@pytest.mark.parametrize("address", ["127.0.0.1", ":3310", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:0"])
def test_an_address_that_is_none_is_refused_with_an_example(address: str) -> None:
    """When the deployment is opened."""
    with pytest.raises(ConfigError, match="3310"):
        Clamd.at(address)
