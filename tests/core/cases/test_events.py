"""Events as they are stored, and the fold that reads nothing else."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.cases.commands import NAMES
from core.cases.decide import FACTS
from core.cases.events import EVENT_TYPES, ActorRef, CaseAccepted, CaseMoved, ClockStarted, canonical, parse_event
from core.cases.evolve import evolve, fold
from tests.core.cases.bench import Bench, staff
from tests.core.regulations.hue_states import STATES

EVOLVE = Path(__file__).parents[3] / "core" / "cases" / "evolve"
BY = ActorRef(id="u-1", role="receptionist")


def accepted() -> CaseAccepted:
    return CaseAccepted(at=datetime(2026, 11, 20, 2, tzinfo=UTC), by=BY, rules=("HUE-1",))


def test_stored_bytes_are_sorted_compact_utf_8() -> None:
    """What is hashed must not depend on the order of fields or on a library's taste."""
    expected = (
        '{"at":"2026-11-20T02:00:00Z","by":{"agency_id":null,"id":"u-1","role":"receptionist"},'
        '"kind":"case_accepted","out_of_scope":false,"rules":["HUE-1"]}'
    )

    assert canonical(accepted()) == expected.encode()
    assert parse_event(canonical(accepted())) == accepted()


def test_every_kind_of_event_is_known_by_one_name() -> None:
    """The discriminator of the stored form; every command has exactly one fact."""
    names = [kind.model_fields["kind"].default for kind in EVENT_TYPES]

    assert len(set(names)) == len(names)
    assert FACTS.keys() - {"receive_report", "request_sent", "request_delivered", "correct_place"} == NAMES


def test_an_unknown_kind_or_field_is_an_error() -> None:
    """A newer event must not be half understood."""
    stored = canonical(accepted())

    with pytest.raises(ValueError, match="kind"):
        parse_event(stored.replace(b"case_accepted", b"case_adored"))
    with pytest.raises(ValueError, match="Extra inputs"):
        parse_event(stored.replace(b'"rules"', b'"mood":1,"rules"'))


def test_a_float_has_no_place_in_an_event() -> None:
    """Two machines may write it differently; the chain would break."""
    started = next(event for event in STATES["distributed"]().events if isinstance(event, ClockStarted))
    strange = started.model_copy(update={"timing": started.timing.model_copy(update={"engine": {"seconds": 0.5}})})

    with pytest.raises(ValueError, match="holds a float"):
        canonical(strange)


def test_a_case_begins_with_a_receipt_and_only_once() -> None:
    """Anything else means that events were lost or mixed up."""
    bench = Bench().receive()

    with pytest.raises(ValueError, match="begins with case_received"):
        fold([accepted()])
    with pytest.raises(ValueError, match="received already"):
        evolve(bench.it, bench.events[0])
    with pytest.raises(ValueError, match="no events"):
        fold([])


@pytest.mark.parametrize("state", STATES)
def test_events_hold_no_word_of_free_text(state: str) -> None:
    """Ids and commitments only; the words lie in the vault."""
    stored = b"".join(canonical(event) for event in STATES[state]().events).decode()

    for word in ("Ổ gà", "Trước số 12", "vá", "thẩm quyền", "Ngoài địa bàn", "Vẫn còn"):
        assert word not in stored


def test_folding_reads_no_pack_no_actor_and_no_calendar() -> None:
    """By its imports: nothing of regulations, of the clock engine, of agencies or of deciding."""
    imported = {
        node.module
        for path in EVOLVE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    forbidden = ("core.regulations", "core.clock", "core.cases.decide", "core.cases.agencies")

    assert not [name for name in imported if name.startswith(forbidden)]


def test_a_fold_is_the_same_after_the_pack_has_changed() -> None:
    """Stage names and due times stand in the events."""
    events = STATES["clarifying"]().events
    moved = [event.to for event in events if isinstance(event, CaseMoved)]

    assert fold(events).stage == moved[-1]
    assert fold(parse_event(canonical(event)) for event in events) == fold(events)


def test_the_last_time_of_each_command_is_remembered() -> None:
    """Start expressions count from it; the dispatch keeps its own."""
    bench = STATES["processing"]()
    bench.wait(minutes=3).do(staff("officer", "so_xay_dung"), "submit_result", result="Đã vá")

    assert bench.it.marks["submit_result"].at == bench.now
    assert bench.it.dispatch("d1").marks["submit_result"].by == "u-officer-so_xay_dung"
