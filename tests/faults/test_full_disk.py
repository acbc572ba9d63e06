"""A full disk: the journal or 503, never half a file, and all goes on by itself when there is space again."""

from __future__ import annotations

import errno
import io
import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from core.contract.errors import IntakeUnavailable
from core.storage.inbox_queue import inbox_state
from core.storage.journal import read_frames
from gateway.deployment import open_deployment
from gateway.pages.failures import failure_of
from tests.faults.ground import Ground, ground_on
from tests.faults.running import BUSY, OK, Citizens, Gateway, statuses
from tests.support.deployments import settings_for
from tests.support.waiting import until


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.chaos)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """A new deployment on each engine."""
    with ground_on(request.param, tmp_path) as made:
        yield made


async def test_a_full_disk_loses_nothing_and_is_told(ground: Ground) -> None:
    """
    The database's disk is full: the journal takes all. The journal's, too: 503, an alarm, a line in the log.

    Nothing that was refused is left behind, however often providers try again.
    """
    async with ground.gateway() as gateway:
        citizens = Citizens(gateway)
        assert statuses(await citizens.write(10)) == {OK}
        ground.shim.fill(below=ground.server.data if ground.server else ground.database)
        assert statuses(await citizens.write_until(lambda: segments(ground) != [])) == {OK}
        assert ground.shim.refused > 0

        if ground.server:
            ground.server.kill()
        ground.shim.fill(below=ground.data, left=100)  # the first frame ends in the middle
        assert statuses(await citizens.write(20)) == {BUSY}
        before = [(path, path.read_bytes()) for path in segments(ground)]
        assert statuses(await citizens.write(20)) == {BUSY}
        assert [(path, path.read_bytes()) for path in segments(ground)] == before
        assert gateway.said("journal_failed")

        ground.heal()
        await citizens.write_again()
        await until(lambda: not segments(ground), "the journal being shipped")
        await until(lambda: rings(gateway, "intake_refused"), "an alarm")
        assert await gateway.stop() == 0
    assert await ground.kept() == dict.fromkeys((one.id for one in citizens.answers), 1)


async def test_a_message_waits_until_its_picture_fits(tmp_path: Path) -> None:
    """The disk of the pictures is full: no half picture is stored, the message is no failure, and later it is done."""
    with ground_on("sqlite", tmp_path) as ground:
        media = ground.data / "media"
        async with ground.gateway() as gateway:
            citizens = Citizens(gateway, photo=picture())
            ground.shim.fill(below=media, left=200)
            assert statuses(await citizens.write(2)) == {OK}
            await until(lambda: len(gateway.said("item_waits_for_disk")) > 2, "two messages that wait")
            await until(lambda: files_in(media) == [], "nothing of a picture that did not fit")

            ground.shim.heal()
            await until(lambda: len(files_in(media)) == 2, "both pictures being stored")
            assert await gateway.stop() == 0

        async with open_deployment(settings_for(ground.data, master_key=f"file:{ground.key}")) as deployment:
            assert (await deployment.database.read(inbox_state)).quarantined == 0
            for path in files_in(media):
                stored = await deployment.media.open(path.parent.name + path.name)
                assert stored.media_type == "image/jpeg"


async def rings(gateway: Gateway, alarm: str) -> bool:
    """Whether `/healthz` tells of it."""
    async with aiohttp.ClientSession() as session, session.get(f"{gateway.url}/healthz") as response:
        return alarm in {one["name"] for one in (await response.json())["alarms"]}


def segments(ground: Ground) -> list[Path]:
    """What waits in the journal; a segment without a frame holds nothing."""
    return [path for path in sorted(ground.journal.glob("*.journal")) if list(read_frames(path))]


def files_in(folder: Path) -> list[Path]:
    """Every file, half ones and those beside their place as well."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def picture() -> str:
    """A photo as the chat provider writes it."""
    made = io.BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(made, "JPEG")
    return b64encode(made.getvalue()).decode()


@pytest.mark.parametrize("problem", [errno.ENOSPC, errno.EDQUOT, errno.EROFS], ids=os.strerror)
def test_whoever_sends_a_file_to_a_full_disk_is_asked_to_come_back(problem: int) -> None:
    """503 with a polite sentence, and not "something went wrong"."""
    failure = failure_of(OSError(problem, os.strerror(problem)), max_body_mb=35)

    assert (failure.status, failure.message) == (BUSY, IntakeUnavailable.vi)
