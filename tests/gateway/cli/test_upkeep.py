"""Quarantine, audit, backup, restore, erasure and keys from the command line."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import Report
from core.privacy.master import create_master_key_file
from core.storage import case_search, tables
from core.storage.case_search import Search
from core.storage.database import Connection
from gateway.admin import serving_admin
from gateway.deployment import Deployment, open_deployment
from gateway.settings import load_settings
from tests.gateway.cli.conftest import CommandLine
from tests.support.canary import find_in_files
from tests.support.deployments import open_world
from tests.support.letters import write_mail


async def write(data: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """One citizen's report in the data folder; returns its code."""
    async with open_world(data) as world:
        await write_mail(world, "Tôi tên Bạch Kỳ Lân. Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
        (case,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    capsys.readouterr()
    return case.code


async def test_what_could_not_be_read_is_listed_and_tried_again(
    data: Path, capsys: pytest.CaptureFixture[str], alone: CommandLine
) -> None:
    """By number, or all of it."""
    async with open_deployment(load_settings()) as deployment:
        for number in range(3):
            body = f"không phải thư {number}".encode()
            delivery = RawDelivery("email", "unknown-account", body, received_at=deployment.now())
            await deployment.inbox.accept(
                delivery, [ItemKey(f"item {number}", f"talk {number}")], quarantine="no header"
            )

    listed = (await alone.must("replay")).out.splitlines()
    one = await alone.must("replay", listed[0].split("\t")[0])
    again = await alone("replay", listed[0].split("\t")[0])
    rest = await alone.must("replay", "--all")

    assert [line.split("\t")[3] for line in listed] == ["no header"] * 3
    assert one.out.startswith("1 back")
    assert (again.code, "no quarantined item" in again.err) == (1, True)
    assert rest.out.startswith("2 back")
    assert (await alone.must("replay")).out == ""


async def test_an_archive_is_verified(data: Path, capsys: pytest.CaptureFixture[str], alone: CommandLine) -> None:
    """Exit 0 and counts where all holds; exit 1 and a line a finding where not."""
    await write(data, capsys)
    right = await alone.must("audit", "verify")

    def alter(connection: Connection) -> None:
        connection.execute(tables.case.update().values(stage="published"))

    async with open_deployment(load_settings()) as deployment:
        await deployment.database.write(alter)
    wrong = await alone("audit", "verify")
    told = await alone("audit", "verify", "--json")

    assert right.err.startswith("1 cases, ")
    assert right.err.rstrip().endswith("no findings")
    assert wrong.code == told.code == 1
    assert wrong.out.startswith("fold\t")
    assert told.json["findings"][0]["what"] == "fold"


async def test_the_root_is_printed_once_there_is_one(alone: CommandLine) -> None:
    """Before: a sentence that says when."""
    answer = await alone("audit", "root")

    assert answer.code == 1
    assert "when the first day is over" in answer.err


async def test_a_backup_comes_back(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], alone: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Archive and keys apart, into a data folder that never ran; the name is in neither."""
    code = await write(data, capsys)
    made = await alone.must("backup", "kho")
    await alone.must("backup", "--keys", "khoa")
    again = await alone("backup", "kho")
    monkeypatch.setenv("LANGNGHE_MASTER_KEY", f"file:{data / 'master.key'}")
    monkeypatch.setenv("LANGNGHE_DATA", str(tmp_path / "moi"))

    too_early = await alone("restore", "kho")
    await alone.must("restore", "--keys", "khoa")
    restored = await alone.must("restore", "kho")

    assert made.json["tables"] == restored.json["tables"]
    assert (again.code, "exists already" in again.err) == (1, True)
    assert (too_early.code, "no keys" in too_early.err) == (1, True)
    assert find_in_files(tmp_path / "kho", ["Bạch Kỳ Lân"]) == []
    assert (await alone.must("audit", "verify")).err.startswith("1 cases")
    assert (await alone.must("erase", "--report", code, "--yes")).json["cases_emptied"] == 1


async def test_erasing_asks_first(
    data: Path, capsys: pytest.CaptureFixture[str], langnghe: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no way back."""
    monkeypatch.setattr("builtins.input", lambda _: "no")

    answer = await langnghe("erase", "--report", "12345678")

    assert answer.code == 1
    assert "nothing was erased" in answer.out


async def test_a_person_is_erased_by_code(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], alone: CommandLine
) -> None:
    """Beside a running gateway or without one; afterwards name and words are nowhere, and the audit holds."""
    code = await write(data, capsys)
    assert find_in_files(data, ["trước số 12 Lê Lợi"])  # words are indexed for staff, the name never

    async with open_deployment(load_settings()) as deployment, serving_admin(deployment):
        done = await alone.must("erase", "--report", code, "--yes")
        again = await alone.must("erase", done.json["contact_id"], "--yes")

    assert (done.json["already"], again.json["already"]) == (False, True)
    assert find_in_files(tmp_path, ["Bạch Kỳ Lân", "trước số 12 Lê Lợi"]) == []
    await alone.must("audit", "verify")


async def test_what_of_recordings_is_due_is_counted(data: Path, alone: CommandLine) -> None:
    """Before anything is set; a slip is told."""
    counted = await alone.must("calls", "due", "--days", "365")
    wrong = await alone("calls", "due", "--days", "0")
    too_many = await alone("calls", "due", "--days", "99999999")

    assert json.loads(counted.out) == {"days": 365, "calls": 0, "files": 0, "at_most": 500}
    for answer in (wrong, too_many):
        assert (answer.code, "not a number of days" in answer.err) == (1, True)


async def test_the_master_key_is_changed(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], alone: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name the new one first, rotate, take the old one out: everything still opens, raw bodies too."""
    await write(data, capsys)
    old, new = data / "master.key", tmp_path / "new.key"
    create_master_key_file(new)
    monkeypatch.setenv("LANGNGHE_MASTER_KEY", f"file:{new}#2, file:{old}#1")

    done = await alone.must("keys", "rotate")
    again = await alone.must("keys", "rotate")
    old.unlink()
    monkeypatch.setenv("LANGNGHE_MASTER_KEY", f"file:{new}#2")

    assert done.json["subjects"] >= 4
    assert done.json["raw_bodies"] == 1
    assert again.json == {"subjects": 0, "raw_bodies": 0}
    async with open_deployment(load_settings()) as deployment:
        (report,) = await deployment.database.read(lambda c: c.execute(tables.report.select()).all())
        (raw,) = await deployment.database.read(lambda c: c.execute(tables.inbox_raw.select()).all())
        opened = await _open(deployment, report)
        assert "Lê Lợi" in opened.content
        assert b"Subject" in deployment.safe.zone.open(raw.wrapped_key, raw.body_sealed, binding=raw.id)


async def _open(deployment: Deployment, row: Any) -> Report:
    place = f"report:{row.id}"
    return await asyncio.to_thread(
        deployment.safe.open_model, row.content_sealed, Report, subject_id=row.contact_id, place=place
    )


@pytest.mark.parametrize("written", ["file:/no/such#0", "file:/no/such#x", "file:/no/such#2", "key", ""])
async def test_a_wrong_master_key_setting_is_told(
    alone: CommandLine, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """Which setting, never a value."""
    monkeypatch.setenv("LANGNGHE_MASTER_KEY", written or "file:/a#1, file:/b#1")

    answer = await alone("user", "list")

    assert answer.code == 1
    assert "master_key: " in answer.err
