"""The books find what is missing and what is there twice, in the database of a real gateway."""

from __future__ import annotations

import asyncio
import http.client
import secrets
from pathlib import Path

import pysqlite3.dbapi2 as sqlite3
import pytest

from bench.books import Books, check, compare
from bench.client import load_client
from bench.gateway import settings_for
from bench.launch import Gateway, bare_server
from bench.launch import gateway as start_gateway
from bench.messages import PATH
from core.contract.ports import ItemKey, RawDelivery
from gateway.deployment import open_deployment


@pytest.mark.parametrize(
    ("acknowledged", "stored", "missing", "twice"),
    [
        ({1, 2}, [1, 2], 0, 0),
        ({1, 2}, [1, 2, 3], 0, 0),
        ({1, 2, 3}, [2], 2, 0),
        ({1}, [1, 1, 2, 2, 2], 0, 2),
        (set(), [], 0, 0),
    ],
    ids=["equal", "answers under way", "two lost", "two doubled", "nothing"],
)
def test_books_compare_promises_with_what_is_there(
    acknowledged: set[int], stored: list[int], missing: int, twice: int
) -> None:
    """What is stored without being promised is no mistake."""
    found = compare(acknowledged, stored)

    assert (found.missing, found.twice) == (missing, twice)


def test_a_real_gateway_keeps_its_promises_and_the_books_would_tell(tmp_path: Path) -> None:
    """First as it is; then with a message taken away and another doubled behind its back."""
    with start_gateway(tmp_path / "gateway") as target, load_client(tmp_path) as client:
        first = client.closed(target, connections=8, seconds=0.3)
        client.closed(target, connections=8, seconds=0.1, repeats=1.0)
        acknowledged = client.acknowledged()
        honest = check(target, client.prefix, acknowledged)
        with sqlite3.connect(str(target.data / "langnghe.sqlite3")) as database:
            database.execute("DELETE FROM inbox_item WHERE id = (SELECT max(id) FROM inbox_item)")
            database.execute(
                "INSERT INTO inbox_item (raw_id, channel, account, dedupe_key, conversation_key, part, provider_time, "
                "received_at) SELECT raw_id, channel, account, 'another key', conversation_key, part, provider_time, "
                "received_at FROM inbox_item WHERE id = (SELECT min(id) FROM inbox_item)"
            )
        tampered = check(target, client.prefix, acknowledged)

    assert honest == Books(first.accepted, first.accepted, missing=0, twice=0, journaled=target.counters["journaled"])
    assert target.counters["stored"] + target.counters["journaled"] >= first.requests > 0
    assert (tampered.missing, tampered.twice) == (1, 1)


def test_what_waits_in_the_journal_is_not_missing(tmp_path: Path) -> None:
    """It is shipped before the books are read, as the next start of the gateway would do."""
    (tmp_path / "master.key").write_text(secrets.token_hex(32))
    target = Gateway([], [], tmp_path / "data-1", tmp_path / "master.key", "", [])
    body = b'{"events": [{"id": "run-1", "user": "u", "at": 1790000000}]}'
    _leave_in_journal(target, RawDelivery("testchat", "page", body), ItemKey("run-1", "u", "0"))

    found = check(target, "run", {1})

    assert (found.stored, found.missing, found.twice) == (1, 0, 0)


def _leave_in_journal(target: Gateway, delivery: RawDelivery, item: ItemKey) -> None:
    """As the gateway itself does while its database is away."""

    async def leave() -> None:
        settings = settings_for(target.data, database_url="", roles=("web",), key=target.key)
        async with open_deployment(settings) as deployment:
            deployment.inbox._note_away(TimeoutError())
            await deployment.inbox.accept(delivery, [item])
            assert deployment.inbox.counters.journaled == 1

    asyncio.run(leave())


def test_the_limit_answers_what_is_signed_and_nothing_else(tmp_path: Path) -> None:
    """A bare server that took everything would be no limit."""
    with bare_server(tmp_path) as target, load_client(tmp_path) as client:
        found = client.closed(target, connections=4, seconds=0.1, recycled=True)
        connection = http.client.HTTPConnection("127.0.0.1", target.ports[0])
        connection.request("POST", PATH, b'{"events": []}', {"X-Test-Signature": "0" * 64})
        refused = connection.getresponse().status
        connection.close()

    assert found.statuses == {"200": found.requests}
    assert refused == 401
