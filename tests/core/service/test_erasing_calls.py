"""
Erasing whoever called: their number, what was noted of the call and every recording go, wherever they lie (VN-4).

A recording lies in the telephony process' spool until it is stored, so that it has to go there as well.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from channels.call_center.tests.played import CODE, PIN
from core.contract.errors import GatewayError
from core.service.calls import HeldCall
from core.storage import backup, call_notes
from core.storage.call_notes import NoteRow
from gateway.admin.services import auditor_of, eraser_of
from gateway.deployment import Deployment, open_deployment
from gateway.restoring import restore_archive, restore_key_backup
from tests.core.service.test_erasing import WORD, back_up, only_case, write_everything
from tests.support.calls import CALL, book_of, fetch_recordings, hand_over, leave_call, spool_of
from tests.support.canary import find_in_files, find_in_texts
from tests.support.databases import on_both_engines
from tests.support.deployments import World, settings_for
from tests.support.opened import everything_readable

pytestmark = pytest.mark.rule("VN-4", "VN-5")
NUMBER = "+84977123456"
REPORTS = {"purpose": "report", "code": CODE, "code_told": True, "pin": PIN, "finished": True}


async def called(world: World, *parts: str, **facts: object) -> HeldCall:
    """A call that was handed over; its recordings still lie in the spool."""
    leave_call(world, *parts, caller=NUMBER, **facts)
    await hand_over(world)
    (call,) = (await book_of(world).newest()).items
    return call


def left(world: World) -> list[Path]:
    """Everything that lies in the spool."""
    return [path for path in spool_of(world).folder.rglob("*") if path.is_file()]


async def heard(deployment: Deployment, call: HeldCall) -> int:
    """How many recordings of a call can be listened to."""
    opened = 0
    for key in call.labels:
        try:
            opened += bool((await deployment.media.open(key)).data)
        except GatewayError:
            continue
    return opened


@on_both_engines
async def test_a_recording_that_was_not_stored_yet_goes_where_it_lies(world: World) -> None:
    """At once, and nothing is fetched afterwards; the chain still verifies."""
    call = await called(world, "what", "where", "whole", **REPORTS)
    assert len([path for path in left(world) if ".wav" in path.name]) == 3
    assert find_in_texts(await everything_readable(world), [NUMBER])

    await eraser_of(world.deployment).erase_contact(call.row.subject_id)
    await fetch_recordings(world)

    assert left(world) == []
    assert await heard(world.deployment, call) == 0
    assert find_in_texts(await everything_readable(world), [NUMBER, NUMBER[3:]]) == []
    assert (await auditor_of(world.deployment).verify()).findings == []


async def test_another_callers_call_stays_in_the_spool(world: World) -> None:
    """Also one that is not handed over yet."""
    call = await called(world, "what", **REPORTS)
    leave_call(world, "what", id="2" * 32, caller="+84900000002")

    await eraser_of(world.deployment).erase_contact(call.row.subject_id)

    assert {path.parent.name for path in left(world)} == {"2" * 32}


async def test_a_backup_of_before_opens_neither_words_nor_recordings(world: World, tmp_path: Path) -> None:
    """Restored with the keys of today: the call is an empty row, its recordings are noise."""
    call = await called(world, "what", "where", **REPORTS)
    assert await fetch_recordings(world) == 2
    assert await heard(world.deployment, call) == 2
    await back_up(world, tmp_path / "before")

    await eraser_of(world.deployment).erase_contact(call.row.subject_id)
    await backup.back_up_keys(world.deployment.keys.database, tmp_path / "keys", now=world.clock())
    settings = settings_for(tmp_path / "restored", master_key=world.deployment.settings.master_key_reference)
    await restore_key_backup(settings, tmp_path / "keys")
    await restore_archive(settings, tmp_path / "before")

    async with open_deployment(settings, now=world.clock) as later:
        assert await heard(later, call) == 0
        assert find_in_texts(await everything_readable(replace(world, deployment=later)), [NUMBER, NUMBER[3:]]) == []
    assert find_in_files(tmp_path, [NUMBER, NUMBER[3:]]) == []


@on_both_engines
async def test_the_call_in_which_a_report_was_written_down_goes_with_its_person(world: World) -> None:
    """The call is a contact of its own; whoever asks for erasure names the report, or the call."""
    await write_everything(world)
    case = await only_case(world)
    call = await called(world, "whole")
    (contact,) = {one["contact_id"] for one in case.state["reports"]}
    note = NoteRow(CALL, contact, world.clock(), "u1")
    await world.deployment.database.write(partial(call_notes.begin, row=note))

    await eraser_of(world.deployment).erase_reporter(case.code)

    assert left(world) == []
    assert await heard(world.deployment, call) == 0
    assert find_in_texts(await everything_readable(world), [WORD, NUMBER, NUMBER[3:]]) == []


@on_both_engines
async def test_so_it_does_with_whoever_told_a_second_report_in_it(world: World) -> None:
    """That report has a contact of its own, which the call's note does not name."""
    await write_everything(world)
    case = await only_case(world)
    call = await called(world, "whole")
    await world.deployment.database.write(partial(call_notes.add_report, call_id=CALL, report=case.code))

    await eraser_of(world.deployment).erase_reporter(case.code)

    assert left(world) == []
    assert await heard(world.deployment, call) == 0
    assert find_in_texts(await everything_readable(world), [WORD, NUMBER, NUMBER[3:]]) == []
