"""What a limit proposes when it has run out: offered, never done by itself, and not pressed on anybody at night."""

from __future__ import annotations

import json

import pytest

from core.cases.moves import is_offered
from core.clock import sentence_vi
from core.regulations.loader import PackError, parse_pack
from core.regulations.model import Pack
from tests.core.cases.bench import Bench, at, pack_of, staff

DESK = staff("receptionist")


def with_clock(name: str, **changes: object) -> Pack:
    """Thừa Thiên Huế with one of its clocks written differently."""
    document = json.loads(pack_of("thua_thien_hue").document)
    document["clocks"][name] |= changes
    document["meta"]["decision"] = "QĐ 43/2020/QĐ-UBND"
    return parse_pack(json.dumps(document, ensure_ascii=False))


def waiting_in_the_evening() -> Bench:
    """The desk has an hour from 19:30; afterwards cancelling is proposed, save between 21:00 and 07:00."""
    breach = {"tell": ["receptionist"], "offer": "cancel", "quiet": "21:00-07:00"}
    bench = Bench(now=at("2026-11-20 19:30"))
    bench.pack = with_clock("intake", allowance="1h", breach=breach, article="Điều 1 khoản 2")
    return bench.receive()


@pytest.mark.rule("A-LS-2")
@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-20 20:59:59", True),
        ("2026-11-20 21:00:00", False),
        ("2026-11-21 03:10:00", False),
        ("2026-11-21 06:59:59", False),
        ("2026-11-21 07:00:00", True),
    ],
)
def test_an_offer_rests_in_the_quiet_hours(now: str, offered: bool) -> None:
    """The command itself stays lawful; only the proposal waits for the morning."""
    bench = waiting_in_the_evening().until("2026-11-20 20:30:01")
    bench.fire("intake")
    assert bench.stage == "received"  # nothing is done by itself

    bench.until(now)

    move = next(move for move in bench.moves(DESK) if move.command == "cancel")
    assert move.offered is offered
    assert is_offered(bench.pack, bench.it.clocks["intake"], bench.now) is offered


@pytest.mark.parametrize("hours", ["21:00", "21:00-25:00", "nights", "-"])
def test_quiet_hours_that_nobody_can_read_are_refused(hours: str) -> None:
    """When the pack is loaded, not in the first night."""
    with pytest.raises(PackError, match=r"clocks\.intake\.breach\.quiet"):
        with_clock("intake", breach={"quiet": hours})


def test_nothing_is_offered_before_the_limit() -> None:
    """Nor by a limit that proposes nothing."""
    bench = waiting_in_the_evening()
    clock = bench.it.clocks["intake"]

    assert not is_offered(bench.pack, clock, bench.now)
    silent = clock.model_copy(update={"breached_at": at("2026-11-20 20:30:01"), "offer": ""})
    assert not is_offered(bench.pack, silent, bench.now)


@pytest.mark.rule("U-11")
def test_every_due_time_says_where_the_text_gives_it() -> None:
    """Decision and article stand in the stored explanation, also after a pause."""
    bench = waiting_in_the_evening()
    article = "QĐ 43/2020/QĐ-UBND, Điều 1 khoản 2"
    assert sentence_vi(bench.it.clocks["intake"].clock.due).endswith(f"; {article}")
    bench.do(DESK, "request_supplement", fields=["place"])
    bench.wait(minutes=10).do(DESK, "supply_supplement")

    assert bench.it.clocks["intake"].explanation_vi.endswith(f"; {article}")
    assert bench.pack.article_of(bench.pack.clocks["acceptance"]) == "QĐ 43/2020/QĐ-UBND, Bước 2"
