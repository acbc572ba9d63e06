"""The outbox: written once, sent once or `unknown`, in order inside a conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from core.contract.errors import VersionConflict
from core.storage import outbox
from core.storage.database import Database
from tests.support.databases import on_both_engines, put

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def entry(name: str, *, conversation: str = "c", cause: str = "") -> outbox.NewEntry:
    return outbox.NewEntry(
        id=name,
        dedupe_key=cause or name,
        conversation_id=conversation,
        case_id=None,
        channel="test",
        subject_id="s",
        payload_sealed=b"x",
        next_at=NOW,
        created_at=NOW,
    )


async def add(database: Database, *entries: outbox.NewEntry) -> None:
    await put(database, outbox.ENTRIES, *(one.__dict__ for one in entries))


async def claim(database: Database, owner: str = "me", now: datetime = NOW) -> list[str]:
    return [one.id for one in await database.write(partial(outbox.claim, owner=owner, now=now))]


async def settle(database: Database, name: str, outcome: outbox.Outcome, owner: str = "me") -> None:
    await database.write(partial(outbox.settle, settled=[outbox.Settled(name, outcome, owner=owner, at=NOW)]))


@on_both_engines
async def test_one_cause_is_written_once(database: Database) -> None:
    """A notice decided twice (crash, replay) is one message."""
    await add(database, entry("1", cause="case-1/published"))
    await add(database, entry("2", cause="case-1/published"), entry("3", cause="case-1/published"))
    assert await claim(database) == ["1"]


@on_both_engines
@pytest.mark.parametrize("outcome", ["unknown", "pending"])
async def test_what_the_provider_has_shown_goes_out_no_second_time(database: Database, outcome: str) -> None:
    """The echo came before the time was up, or before an error that was none."""
    await add(database, entry("1"))
    await claim(database)
    await database.write(partial(outbox.note_echo, entry_id="1", provider_message_id="p1", at=NOW))

    await settle(database, "1", outbox.Outcome(outcome, reason="no answer", next_at=NOW))
    state = await database.read(outbox.outbox_state)

    assert (await claim(database), state.pending, state.unknown) == ([], 0, 0)


@on_both_engines
async def test_what_the_provider_has_shown_was_sent_though_its_sender_died(database: Database) -> None:
    """The echo is faster than the answer, and the process ends between them."""
    await add(database, entry("1"), entry("2", conversation="other"))
    await claim(database)
    await database.write(partial(outbox.note_echo, entry_id="1", provider_message_id="p1", at=NOW))

    unknown = await database.write(partial(outbox.mark_unknown, now=NOW + timedelta(seconds=20)))
    state = await database.read(outbox.outbox_state)

    assert unknown == ["2"]
    assert (state.pending, state.unknown, state.failed) == (0, 1, 0)


@on_both_engines
async def test_a_conversation_is_told_in_order(database: Database) -> None:
    """The second message waits for the first; other conversations do not."""
    await add(database, entry("1"), entry("2"), entry("3", conversation="other"))

    assert sorted(await claim(database)) == ["1", "3"]
    assert await claim(database) == []
    await settle(database, "1", outbox.Outcome("sent", provider_message_id="p1"))
    assert await claim(database) == ["2"]


@on_both_engines
async def test_a_failed_try_waits_its_turn(database: Database) -> None:
    """Back to pending, not before `next_at`, and what follows in the conversation waits behind it."""
    await add(database, entry("1"), entry("2"))
    await claim(database)
    later = NOW + timedelta(minutes=1)

    await settle(database, "1", outbox.Outcome("pending", reason="throttled", next_at=later))

    assert await claim(database) == []
    assert await claim(database, now=later) == ["1"]


@on_both_engines
async def test_the_row_of_a_dead_owner_is_unknown_and_not_sent_again(database: Database) -> None:
    """It may have gone out: a receipt or a person settles it."""
    await add(database, entry("1"))
    await claim(database)
    later = NOW + timedelta(minutes=5)

    assert await database.write(partial(outbox.mark_unknown, now=later)) == ["1"]

    assert await claim(database, now=later) == []
    assert (await database.read(outbox.outbox_state)).unknown == 1
    assert await database.write(partial(outbox.resend, entry_id="1", now=later))
    assert await claim(database, now=later) == ["1"]


@on_both_engines
async def test_a_claim_outlives_a_clock_set_back_by_its_usual_time_only(database: Database) -> None:
    """Claimed yesterday by the clock as it is now: the dead owner is noticed within a claim's time, not in a day."""
    await add(database, entry("1"))
    await claim(database)
    yesterday = NOW - timedelta(days=1)

    assert await database.write(partial(outbox.mark_unknown, now=yesterday)) == []
    assert await database.write(partial(outbox.mark_unknown, now=yesterday + timedelta(seconds=16))) == ["1"]


@on_both_engines
async def test_only_what_is_still_being_sent_is_kept(database: Database) -> None:
    """What came of the other could not be recorded: its owner lives, and it becomes `unknown` all the same."""
    await add(database, entry("1"), entry("2", conversation="other"))
    await claim(database)
    later = NOW + timedelta(seconds=10)

    await database.write(partial(outbox.renew, entries=["1"], owner="somebody else", now=later + timedelta(hours=1)))
    await database.write(partial(outbox.renew, entries=["1"], owner="me", now=later))

    assert await database.write(partial(outbox.mark_unknown, now=later + timedelta(seconds=10))) == ["2"]
    assert await database.write(partial(outbox.mark_unknown, now=later + timedelta(seconds=16))) == ["1"]


@on_both_engines
async def test_only_the_owner_settles(database: Database) -> None:
    """A worker that lost its claim may not write over the other's outcome."""
    await add(database, entry("1"))
    await claim(database)

    with pytest.raises(VersionConflict):
        await settle(database, "1", outbox.Outcome("sent"), owner="somebody else")


@on_both_engines
async def test_a_receipt_finds_its_message(database: Database) -> None:
    """By the provider's id; a stranger's receipt is nobody's."""
    await add(database, entry("1"))
    await claim(database)
    await settle(database, "1", outbox.Outcome("sent", provider_message_id="p1"))
    note = partial(outbox.note_receipt, outcome="delivered")

    assert await database.write(partial(note, provider_message_id="p1")) == "1"
    assert await database.write(partial(note, provider_message_id="other")) is None


@on_both_engines
async def test_two_workers_never_claim_the_same_entry(database: Database) -> None:
    """Whatever one takes, the other does not see."""
    await add(database, *(entry(str(number), conversation=str(number)) for number in range(30)))

    first, second = await claim(database, "one"), await claim(database, "two")

    assert len(first) == 20
    assert len(second) == 10
    assert not set(first) & set(second)


@on_both_engines
async def test_what_came_back_for_good_is_failed(database: Database) -> None:
    """A bounce after the relay had taken it: staff see it among what did not arrive."""
    await add(database, entry("1"))
    await claim(database)
    await settle(database, "1", outbox.Outcome("sent", provider_message_id="p1"))
    note = partial(outbox.note_receipt, provider_message_id="p1", outcome="failed")

    await database.write(partial(note, permanent=False))
    assert (await database.read(outbox.outbox_state)).failed == 0
    await database.write(partial(note, permanent=True))
    assert (await database.read(outbox.outbox_state)).failed == 1


@on_both_engines
async def test_the_next_time_to_send_is_known(database: Database) -> None:
    """Of what waits; neither of what is being sent nor of what was."""
    assert await database.read(outbox.next_send) is None
    await add(database, entry("1"), entry("2", conversation="other"))
    assert await database.read(outbox.next_send) == NOW

    await claim(database)
    assert await database.read(outbox.next_send) is None
    later = NOW + timedelta(minutes=1)
    await settle(database, "1", outbox.Outcome("pending", next_at=later))
    await settle(database, "2", outbox.Outcome("sent", provider_message_id="p2"))

    assert await database.read(outbox.next_send) == later


def to_system(name: str, system: str) -> outbox.NewEntry:
    return replace(entry(name), channel=f"{outbox.LANES}{system}")


async def claim_lane(database: Database, system: str) -> list[str]:
    share = outbox.Share(f"{outbox.LANES}{system}")
    return [one.id for one in await database.write(partial(outbox.claim, owner="me", now=NOW, share=share))]


@on_both_engines
async def test_what_goes_to_another_system_is_sent_by_its_own_lane_alone(database: Database) -> None:
    """Neither a sender of everything nor that of channels that are off takes it for a message to somebody."""
    await add(database, to_system("1", "a"), to_system("2", "b"))
    elsewhere = partial(outbox.claim, owner="me", now=NOW, share=outbox.Share(but=("mail",)))

    taken = await claim(database), await database.write(elsewhere)

    assert taken == ([], [])
    assert (await claim_lane(database, "a"), await claim_lane(database, "b")) == (["1"], ["2"])


@on_both_engines
async def test_what_a_dead_owner_sent_to_a_system_is_sent_again(database: Database) -> None:
    """It knows the message by its id, so that nobody has to decide."""
    await add(database, to_system("1", "a"))
    await claim_lane(database, "a")

    unknown = await database.write(outbox.mark_all_unknown)

    assert unknown == []
    assert await claim_lane(database, "a") == ["1"]


@on_both_engines
async def test_whoever_is_back_hears_at_once_of_what_waited(database: Database) -> None:
    """Of its own lane only."""
    for system in ("a", "b"):
        await add(database, to_system(system, system))
        await claim_lane(database, system)
        await settle(database, system, outbox.Outcome("pending", next_at=NOW + timedelta(hours=1)))

    hastened = await database.write(partial(outbox.hasten, channel=f"{outbox.LANES}a", now=NOW))

    assert hastened == 1
    assert (await claim_lane(database, "a"), await claim_lane(database, "b")) == (["a"], [])
