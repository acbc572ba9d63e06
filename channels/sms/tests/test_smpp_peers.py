"""Our line and the library's own message centre; the library's own client and the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import smpp34

from channels.sms.adapter import LineSmsChannel, open_sms
from channels.sms.sandbox import Network
from channels.sms.sandbox.smsc import MessageCentre
from channels.sms.settings import SmppSettings
from channels.sms.tests.builders import (
    SECRETS,
    Store,
    carrier,
    outbound,
    settings,
)
from core.contract.schema import DeliveryReceipt, DeliveryStatus


@asynccontextmanager
async def published_centre() -> AsyncIterator[tuple[smpp34.Server, int]]:
    """The library's own message centre, on a free port."""
    probe = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = int(probe.sockets[0].getsockname()[1])
    probe.close()
    await probe.wait_closed()
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="MySMSC")
    await server.start()
    yield server, port
    await server.stop()


async def test_our_line_talks_to_the_published_centre() -> None:
    """Bind, message, report: another reading of the same standard."""
    store = Store()
    async with published_centre() as (server, port):
        given = carrier("smpp", port=port, answer_ids="text", receipt_ids="text")
        opened = open_sms(settings("smpp").model_copy(update={"carrier": SmppSettings.model_validate(given)}))
        assert isinstance(opened, LineSmsChannel)
        await opened.start(store.accept)
        esme = await server.next()
        assert isinstance(esme, smpp34.Esme)
        sending = asyncio.create_task(opened.send(outbound("Chào ạ", name="smpp")))
        event = await server.next()
        assert isinstance(event, smpp34.SubmitSmEvent)
        event.accept(message_id="abc")
        result = await sending
        report = await esme.deliver_sm(
            source_addr=event.destination_addr,
            destination_addr=event.source_addr,
            esm_class=4,
            short_message=b"id:abc stat:DELIVRD",
        )
        await opened.stop()

    [(delivery, [item])] = store.kept
    [parsed] = opened.parse(delivery, item)
    assert (bytes(event.short_message).decode("utf-16-be"), result.provider_message_id) == ("Chào ạ", "abc")
    assert report.is_success
    assert isinstance(parsed, DeliveryReceipt)
    assert (parsed.provider_message_id, parsed.status) == ("abc", DeliveryStatus.DELIVERED)


async def test_the_published_client_talks_to_the_sandbox() -> None:
    """Bind, message, report, and a citizen's message."""
    centre = MessageCentre(Network(secrets=SECRETS))
    await centre.start()
    host, port = centre.address
    client = smpp34.Client(
        host=host, port=port, system_id=SECRETS.system_id, password=SECRETS.password, bind_type="TRX"
    )
    smsc = await client.connect()
    answer = await smsc.submit_sm(
        destination_addr="84900000001", source_addr="8100", short_message=b"Chao", registered_delivery=1
    )
    reports = [await smsc.next(), await smsc.next()]
    said = await centre.say("84900000001", "bao o ga")
    message = await smsc.next()
    await smsc.unbind()
    await centre.stop()

    assert answer.is_success
    assert answer.message_id == "ABCDF0"
    assert all(isinstance(one, smpp34.DeliverSmEvent) for one in reports)
    assert said == 0
    assert isinstance(message, smpp34.DeliverSmEvent)
    assert bytes(message.short_message) == b"bao o ga"
    assert [shown.text for shown in centre.network.phones.shown] == ["Chao"]
