"""The ticket benchmark tells the truth: complete reports, every one a case, and a run that fails when one is not."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.tickets.loop import Lap, Load, closed_loop
from bench.tickets.measurements import ONE, PEER, compared, measurements
from bench.tickets.ours import Variant, ours
from bench.tickets.texts import WORDS, report_form, report_text
from core.contract.schema import Address, InboundMessage, ReportForm
from core.intake.dialogue import step
from core.intake.effects import Submit
from core.intake.happenings import MessageArrived
from core.intake.state import Dialogue
from core.regulations.loader import load_pack
from core.service.regulation import intake_rules
from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.support.servers import PostgresServer

SHORT = Load(in_flight=4, warm_up=0.0, seconds=0.5)


def test_every_text_is_a_complete_report() -> None:
    """Taken at once, from one message of an app, and about the place with its number."""
    rules, now = intake_rules(load_pack("thua_thien_hue"), office="Trung tâm"), datetime.now(UTC)
    for number in range(1, 60):
        text = report_text(number)
        message = InboundMessage(
            channel="app",
            account="hue",
            provider_message_id=str(number),
            sender=Address(channel="app", account="hue", value=f"citizen-{number}"),
            text=text,
            provider_time=now,
            received_at=now,
        )
        effects = step(Dialogue(), MessageArrived(message), rules=rules, now=now).effects

        (submitted,) = [effect for effect in effects if isinstance(effect, Submit)]
        assert f"số {number} " in submitted.draft.place.text
        assert len(text.split()) == WORDS


def test_no_two_texts_are_alike() -> None:
    assert len({report_text(number) for number in range(5000)}) == 5000


async def test_a_form_is_a_case_as_well(tmp_path: Path) -> None:
    """Of as many words; place, time and name stand in fields of their own."""
    form = ReportForm.model_validate(report_form(7))
    assert (len(form.content.split()), "số 7 " in form.place.text, form.occurred != "") == (WORDS, True, True)

    with ours(Variant("SQLite", form=True), tmp_path) as side:
        lap = await side.lap(SHORT)

    assert lap.sent >= SHORT.in_flight


async def test_a_closed_loop_has_never_more_in_flight_than_citizens() -> None:
    """And counts what was there within its seconds, not what was sent before or after."""
    busy, most, numbers = 0, 0, count()

    async def open_ticket() -> None:
        nonlocal busy, most
        busy, most = busy + 1, max(most, busy + 1)
        next(numbers)
        await asyncio.sleep(0.001)
        busy -= 1

    lap = await closed_loop(open_ticket, meter=lambda: (0.0, 0.0), load=Load(in_flight=3, warm_up=0.1, seconds=0.2))

    assert (busy, most) == (0, 3)
    assert 0 < lap.opened < lap.sent == next(numbers)


async def test_a_ticket_that_fails_fails_the_run() -> None:
    """Rather than being left out of the figures."""

    async def open_ticket() -> None:
        raise RuntimeError("500")

    with pytest.raises(ExceptionGroup):
        await closed_loop(open_ticket, meter=lambda: (0.0, 0.0), load=SHORT)


async def test_every_message_becomes_a_case_on_sqlite(tmp_path: Path) -> None:
    """By the real gateway; `lap` compares inbox, reports and cases with what was sent. Laps follow one another."""
    with ours(Variant("SQLite"), tmp_path) as side:
        first, second = await side.lap(SHORT), await side.lap(SHORT)

    assert min(first.sent, second.sent) >= SHORT.in_flight
    assert side.written == first.sent + second.sent
    assert first.cpu[0] > 0


async def test_two_processes_share_the_work_on_postgresql(tmp_path: Path, postgres_server: PostgresServer) -> None:
    """Each takes every other message; nothing is answered here, so all of it is left unsent."""
    postgres_server.create_database("tickets_two")
    variant = Variant("two", postgres_server, "tickets_two", processes=2, sender=False)
    with ours(variant, tmp_path) as side:
        lap = await side.lap(SHORT)

    assert (len(side.urls), lap.behind) == (2, lap.sent)
    assert lap.cpu[1] > 0


async def test_a_message_that_becomes_no_case_fails_the_run(tmp_path: Path) -> None:
    """A repeat is taken and opens nothing: whoever waits for its case waits in vain."""
    with ours(Variant("SQLite"), tmp_path) as side:
        await side.lap(SHORT)
        side.written, side.patience = 0, 1.0
        with pytest.raises(ExceptionGroup) as failure:
            await side.lap(SHORT)

    assert failure.group_contains(TimeoutError)


async def test_a_message_of_somebody_else_fails_the_run(tmp_path: Path) -> None:
    """What is counted must be what was sent, and no more either."""
    with ours(Variant("SQLite"), tmp_path) as side:
        lap = asyncio.create_task(side.lap(SHORT))
        await until(lambda: side.written > 0, "a first message")
        await asyncio.to_thread(_write_beside, side.sqlite)

        with pytest.raises(RuntimeError, match="messages became"):
            await lap


def _write_beside(path: Path) -> None:
    statement = """INSERT INTO inbox_item (raw_id, channel, account, dedupe_key, conversation_key, provider_time,
                   received_at, state) VALUES ('x', 'app', 'hue', 'x', 'x', 1, 1, 'ignored')"""
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        connection.execute(statement)


def test_the_figures_are_ratios_to_the_peer() -> None:
    """A tenth of its time and ten times its rate; every goal has its figure."""
    peer = Lap(seconds=2.0, sent=9, latencies=[0.2] * 8, cpu=(0.8, 0.16))
    one = Lap(seconds=2.0, sent=90, latencies=[0.02] * 80, cpu=(0.4, 0.08))

    found = compared({PEER: peer, ONE: one})

    assert found.figures == pytest.approx({"ratio": 10.0, "p99_ratio": 0.1, "cpu_ratio": 20.0})
    (measurement,) = [known for known in measurements() if known.name == "tickets.peer"]
    assert {goal.key for goal in measurement.goals} <= found.figures.keys()


def test_laps_add_up() -> None:
    laps = [Lap(1.0, 3, [0.1, 0.3], (1.0, 2.0), 4), Lap(3.0, 5, [0.2], (1.0, 0.0), 1)]

    whole = Lap.joined(laps)

    assert (whole.seconds, whole.sent, whole.opened, whole.cpu, whole.behind) == (4.0, 8, 3, (2.0, 2.0), 4)
    assert whole.milliseconds(0.5) == pytest.approx(200)
