"""
The books: every acknowledged message is stored, none twice.

Read from the database itself after the run: each raw body is unsealed and the item's message id looked up in it, so
that neither the unique key nor its hash is taken at its word. What a gateway left in its journal is shipped first, as
its next start would do.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bench.gateway import settings_for, with_channel
from bench.launch import Gateway
from bench.messages import number_of
from core.storage.inbox import unpack_delivery
from core.storage.tables import inbox_item, inbox_raw
from gateway.deployment import Deployment, open_deployment

_ROWS = 5_000


@dataclass(frozen=True)
class Books:
    """
    What was found; `missing` and `twice` must be 0.

    `journaled` deliveries were taken while the database was too slow; of `worked` messages the worker had made
    something before the gateway stopped.
    """

    acknowledged: int
    stored: int
    missing: int
    twice: int
    journaled: int
    worked: int = 0


def compare(acknowledged: set[int], stored: Iterable[int], *, journaled: int = 0, worked: int = 0) -> Books:
    """More may be stored than was acknowledged: an answer can be under way when somebody stops listening."""
    counted = Counter(stored)
    twice = sum(1 for count in counted.values() if count > 1)
    return Books(len(acknowledged), len(counted), len(acknowledged - counted.keys()), twice, journaled, worked)


def check(gateway: Gateway, prefix: str, acknowledged: set[int]) -> Books:
    """Stop the gateway, finish its journal, and compare."""
    gateway.stop()
    with with_channel():
        stored, worked = asyncio.run(_stored(gateway, prefix))
    return compare(acknowledged, stored, journaled=gateway.counters.get("journaled", 0), worked=worked)


async def _stored(gateway: Gateway, prefix: str) -> tuple[list[int], int]:
    found: list[int] = []
    worked = 0
    for data in sorted(gateway.data.parent.glob("data-*"), reverse=True):  # the first holds the embedded database
        settings = settings_for(data, database_url=gateway.database_url, roles=("web",), key=gateway.key)
        async with open_deployment(settings) as deployment:
            while await deployment.inbox.ship():
                pass
            if data == gateway.data:
                found = await deployment.database.read(lambda connection: list(_read(connection, deployment, prefix)))
                worked = await deployment.database.read(_worked)
    return found, worked


def _worked(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(inbox_item).where(inbox_item.c.state != "new")) or 0


def _read(connection: Connection, deployment: Deployment, prefix: str) -> Iterable[int]:
    query = (
        select(
            inbox_raw.c.id,
            inbox_raw.c.channel,
            inbox_raw.c.account,
            inbox_raw.c.received_at,
            inbox_raw.c.wrapped_key,
            inbox_raw.c.body_sealed,
            inbox_item.c.part,
        )
        .join(inbox_raw, inbox_raw.c.id == inbox_item.c.raw_id)
        .execution_options(yield_per=_ROWS)
    )
    for raw_id, channel, account, received_at, wrapped, sealed, part in connection.execute(query):
        packed = deployment.safe.zone.open(wrapped, sealed, binding=raw_id)
        delivery = unpack_delivery(packed, channel=channel, account=account, received_at=received_at)
        number = number_of(prefix, json.loads(delivery.body)["events"][int(part)]["id"])
        if number is not None:
            yield number
