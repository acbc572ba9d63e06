"""Figures of a period from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import local
from tests.gateway.cli.conftest import CommandLine
from tests.support.deployments import open_world
from tests.support.letters import write_mail

REPORT = "Tôi tên Bạch Kỳ Lân. Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua."


@pytest.mark.rule("TG-12.5", "TG-13.4", "LS-10.3")
async def test_a_period_is_printed_written_and_refused(
    data: Path, capsys: pytest.CaptureFixture[str], alone: CommandLine
) -> None:
    """As text, JSON, spreadsheet and PDF; a slip is told in a sentence."""
    async with open_world(data) as world:
        world.clock.at = datetime.now(UTC)  # what the command line goes by: it counts nothing of the future
        await write_mail(world, REPORT)
        world.clock.at = datetime.now(UTC)
        await world.settle()
        day = f"{local(world.clock()):%Y-%m-%d}"
    capsys.readouterr()

    printed = await alone.must("period-report", f"{day}..{day}")
    told = (await alone.must("period-report", f"{day}..{day}", "--json")).json
    files = [data / f"bao-cao.{kind}" for kind in ("xlsx", "pdf")]
    for file in files:
        await alone.must("period-report", f"{day}..{day}", "--out", str(file))
    wrong = [
        await alone("period-report", *words)
        for words in (["hom-qua"], ["--as-of", "15/11"], ["--as-of", "9999-12-31"], ["--out", "x.doc"])
    ]

    assert "Tiếp nhận trong kỳ" in printed.out
    assert told["sheets"][0]["rows"][0] == ["Tiếp nhận trong kỳ", 1]
    assert [file.read_bytes()[:4] for file in files] == [b"PK\x03\x04", b"%PDF"]
    assert [(answer.code, bool(answer.err)) for answer in wrong] == [(1, True)] * 4


async def test_milestones_are_made_anew_on_request(alone: CommandLine) -> None:
    """By the worker, beside its work."""
    assert (await alone.must("statistics", "rebuild")).err.startswith("begun")
