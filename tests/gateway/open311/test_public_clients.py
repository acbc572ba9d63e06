"""A program that others wrote for any city: it finds out what is wanted here, sends a request and follows it."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import Open311Client, ValidationError
from civicbot.registry import Endpoint

from tests.gateway.open311.conftest import Program
from tests.gateway.open311.test_reading import UNKNOWN

WORDS = {"address_string": "Số 12 Lê Lợi, phường Vĩnh Ninh", "description": "Đèn đường hỏng ba hôm nay."}
SENT = {"dry_run": False, "confirm": "SEND", "validate_remote": True}


def client_of(program: Program) -> Open311Client:
    """civicbot 0.4, which waits between two calls unless it is told not to."""
    here = Endpoint("here", "Nơi này", str(program.client.make_url("/open311/v2")), write=True)
    return Open311Client(here, HttpTransport(rate_limiter=RateLimiter(0)))


async def test_it_sends_what_our_definition_wants_and_reads_it_again(program: Program) -> None:
    """Checked by the client against our services and definition before it is sent."""
    client, service = client_of(program), program.services[0]
    send = partial(client.create_request, service, api_key=program.key, lat=16.4637, lng=107.5909, **WORDS, **SENT)
    (made,) = (await asyncio.to_thread(send)).response
    await program.world.settle()
    code = made["service_request_id"]

    one = await asyncio.to_thread(client.get_request, code)
    listed = await asyncio.to_thread(partial(client.list_requests, status="open", service_request_ids=[code]))

    assert [one["service_request_id"], one["status"], one["service_code"]] == [code, "open", service]
    assert (one["lat"], one["long"]) == (16.464, 107.591)
    assert listed == [one]


async def test_it_understands_our_refusals(program: Program) -> None:
    """A service that there is not, a key that is wrong, a request that nobody sent."""
    client = client_of(program)
    with pytest.raises(ValidationError, match="not offered"):
        await asyncio.to_thread(partial(client.create_request, "khong-co", api_key=program.key, **WORDS, **SENT))
    send = partial(client.create_request, program.services[0], api_key="la", **WORDS, **SENT)
    refused = []
    for ask in (send, partial(client.get_request, UNKNOWN)):
        with pytest.raises(HttpError) as error:
            await asyncio.to_thread(ask)
        refused.append(error.value.status)

    assert refused == [403, 404]
