"""What our side says past the gateway: a person in the provider's inbox, and our own messages told back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from core.contract.schema import Address, DeliveryReceipt, DeliveryStatus, Echo
from core.service.work import Work
from core.storage.database import Connection
from core.storage.tables import conversation, message, outbox
from tests.gateway.flows.office import LAMP, Chat, wanted
from tests.support.databases import on_both_engines
from tests.support.deployments import World


def echo(world: World, user: str = "u1", **more: object) -> Echo:
    """Something our side said to somebody on the test chat."""
    address = Address(channel="testchat", account="page", value=user)
    base = {"channel": "testchat", "account": "page", "recipient": address, "by": "person", "at": world.clock()}
    return Echo.model_validate(base | {"provider_message_id": "e1"} | more)


async def tell(world: World, one: Echo) -> bool:
    """An echo comes in, as a unit of its own."""
    work = Work()
    told = await world.deployment.intake.echoes.note(work, one, raw_id=None)
    await world.deployment.clerk.finish(work)
    return told


async def entries(world: World) -> list[tuple[str, str, str]]:
    """State, outcome and provider's id of everything we wrote, the oldest first."""
    query = select(outbox.c.state, outbox.c.outcome, outbox.c.provider_message_id).order_by(outbox.c.seq)
    return await world.deployment.database.read(lambda connection: [tuple(row) for row in connection.execute(query)])


async def talks(world: World) -> list[str]:
    """Ids of all conversations."""
    return await world.deployment.database.read(lambda connection: list(connection.scalars(select(conversation.c.id))))


@on_both_engines
async def test_who_answers_in_the_providers_inbox_takes_the_conversation_over(world: World, chat: Chat) -> None:
    """The dialogue keeps silent, staff see what was said, and hear of it once."""
    await chat.say("đèn đường bị hỏng")
    said = len(chat.heard)

    assert await tell(world, echo(world, text="Chào anh, đèn ở đoạn nào ạ?"))
    assert not await tell(world, echo(world, text="Chào anh, đèn ở đoạn nào ạ?"))
    await chat.say("trước số 12 Lê Lợi phường Vĩnh Ninh")

    assert len(chat.heard) == said
    [row] = await wanted(world)
    lines = select(message.c.kind).where(message.c.conversation_id == row.id).order_by(message.c.seq)
    told = await world.deployment.database.read(lambda connection: list(connection.scalars(lines)))
    assert (row.mode, told) == ("person", ["text", "bot", "outside", "text"])


async def test_who_never_wrote_to_us_has_no_conversation_to_take_over(world: World, chat: Chat) -> None:
    """An office writes to somebody by itself."""
    assert not await tell(world, echo(world, "stranger", text="Xin chào"))
    assert await wanted(world) == []


@on_both_engines
async def test_our_own_message_told_back_ends_the_uncertainty(world: World, chat: Chat) -> None:
    """Sending broke off; now the provider shows that it arrived."""
    await chat.say("đèn đường bị hỏng")

    def lose(connection: Connection) -> str:
        entry = connection.execute(
            update(outbox).values(state="unknown", provider_message_id=None).returning(outbox.c.id)
        )
        connection.execute(update(message).where(message.c.direction == "out").values(provider_blind=""))
        return str(entry.scalars().one())

    lost = await world.deployment.database.write(lose)

    assert await tell(world, echo(world, by="us", reference=lost))
    assert not await tell(world, echo(world, by="us", reference=lost))
    assert not await tell(world, echo(world, by="us", reference="nobody's", provider_message_id="e2"))
    assert await entries(world) == [("sent", "", "e1")]
    assert await wanted(world) == []


async def test_a_person_who_is_known_elsewhere_goes_on_where_they_were(world: World, chat: Chat) -> None:
    """A public comment was answered privately: what comes from there belongs to the same conversation."""
    await chat.say("đèn đường bị hỏng")
    [talk] = await world.deployment.database.read(
        lambda connection: list(connection.scalars(select(conversation.c.id)))
    )

    await world.deployment.intake.echoes.moved(talk, "u2")
    chat.user = "u2"
    await chat.say("trước số 12 Lê Lợi phường Vĩnh Ninh")

    assert "mã" in chat.heard[-1].lower()
    assert await talks(world) == [talk]


@on_both_engines
async def test_a_watermark_is_about_everything_before_it(world: World, chat: Chat) -> None:
    """Read until then: what went out later was not."""
    await chat.say("đèn đường bị hỏng")
    until = world.clock()
    await world.pass_time(minutes=1)
    await chat.say(LAMP)
    work, intake = Work(), world.deployment.intake
    for status in (DeliveryStatus.READ, DeliveryStatus.DELIVERED):
        receipt = DeliveryReceipt(
            channel="testchat",
            account="page",
            provider_message_id="",
            status=status,
            at=until + timedelta(seconds=1),
            address="u1",
        )
        await intake.receipts.note(work, receipt)
    await world.deployment.clerk.finish(work)

    outcomes = [outcome for _, outcome, _ in await entries(world)]
    assert outcomes[0] == "read"
    assert set(outcomes[1:]) == {""}
