"""A number proved in a chat: by six digits or by the provider's word; who proved the same one is one person."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from core.cases.decide import Actor
from core.contract.errors import NotFound
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import Authenticity, InboundMessage, MessageKind, Parsed, new_id
from core.service.actors import Member
from core.service.desk import Issued
from core.service.joining import JOINED, PARTED
from core.service.reading import CaseReader
from core.storage import joining, tables
from gateway.admin.services import eraser_of
from tests.support.codes import PHONE, Phones, with_phones
from tests.support.databases import on_both_engines
from tests.support.deployments import World, open_world
from tests.support.hooked import HookedTestChannel, signed

LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."
CENTRE = Member("u", (("receptionist", ""),))
WISH = "xác minh số 0900 000 001"
_CODE = re.compile(r"\b\d{4} \d{4} \d{4}\b")


@dataclass
class CardChat(HookedTestChannel):
    """A chat in which people also share contact cards; `own`: the provider says whose card it is."""

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """A text that is a card becomes one."""
        return [self._carded(one) for one in super().parse(delivery, item)]

    def _carded(self, one: Parsed) -> Parsed:
        if not isinstance(one, InboundMessage) or not one.text.startswith("card:"):
            return one
        _, phone, whose = one.text.split(":")
        card = {"kind": MessageKind.CONTACT, "contact_phone": phone, "text": ""}
        return one.model_copy(update={**card, "authenticity": Authenticity(verified=whose == "own")})


@dataclass
class Chat:
    """People who write in a chat, and their phones."""

    world: World
    channel: CardChat
    phones: Phones

    async def write(self, text: str, *, user: str = "u1") -> list[str]:
        """One message, worked through; what the person reads then."""
        before = len(self.channel.sent)
        event = {"id": new_id(), "user": user, "at": self.world.clock().timestamp(), "text": text}
        body = json.dumps({"events": [event]}).encode()
        delivery = RawDelivery("testchat", "page", body, signed(body), received_at=self.world.clock())
        await self.world.deployment.inbox.accept(delivery, self.channel.split(delivery))
        await self.world.settle()
        await self.world.pass_time(seconds=10)
        return [one.text for one in self.channel.sent[before:] if one.recipient.value == user]

    async def prove(self, *, user: str = "u1") -> str:
        """Ask for a code and type it; the answer."""
        await self.write(WISH, user=user)
        (answer,) = await self.write(self.phones.codes()[-1], user=user)
        return answer

    async def rows(self, table: str, *columns: str) -> list[Any]:
        """What stands in a table."""
        wanted = [tables.metadata.tables[table].c[name] for name in columns]
        read = self.world.deployment.database.read
        return list(await read(lambda connection: connection.execute(select(*wanted)).all()))

    async def verified(self) -> list[str]:
        """By what this number was verified, once for each contact."""
        blind = self.world.deployment.safe.blind.phone(PHONE)
        found = await self.rows("identity", "address_blind", "verified_by")
        return [row.verified_by for row in found if row.address_blind == blind]


@pytest_asyncio.fixture
async def chat(world: World) -> Chat:
    """A chat channel and phones beside the others."""
    channels = world.deployment.channels
    assert isinstance(channels, dict)
    channel = CardChat()
    channels[channel.name] = channel
    return Chat(world, channel, with_phones(world))


@on_both_engines
async def test_six_digits_verify_the_number(chat: Chat) -> None:
    (told,) = await chat.write(WISH)
    assert "mã xác nhận 6 chữ số" in told
    assert "0900000001" not in told.replace(" ", "")

    (done,) = await chat.write(chat.phones.codes()[0])
    assert "đã xác minh số" in done
    assert await chat.verified() == ["otp"]


async def test_wrong_digits_verify_nothing_and_each_costs_a_try(chat: Chat) -> None:
    await chat.write(WISH)
    code = chat.phones.codes()[0]
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        (told,) = await chat.write(wrong)
        assert "mã chưa đúng" in told

    (told,) = await chat.write(code)
    assert "mã chưa đúng" in told
    assert await chat.verified() == []


async def test_the_code_of_one_conversation_is_none_in_another(chat: Chat) -> None:
    await chat.write(WISH)
    await chat.world.pass_time(seconds=60)
    await chat.write(WISH, user="u2")
    first, second = chat.phones.codes()

    (told,) = await chat.write(first, user="u2")
    assert "mã chưa đúng" in told
    (told,) = await chat.write(second, user="u2")
    assert "đã xác minh" in told


async def test_the_answer_is_the_same_when_the_number_has_had_too_many(chat: Chat) -> None:
    once = await chat.write(WISH)
    again = await chat.write(WISH, user="u2")

    assert once == again
    assert len(chat.phones.codes()) == 1


async def test_where_nothing_reaches_phones_it_is_said(chat: Chat) -> None:
    chat.phones.codes_to = ""

    (told,) = await chat.write(WISH)
    assert "chưa gửi được mã" in told


@on_both_engines
async def test_who_proved_the_same_number_is_one_person(chat: Chat) -> None:
    """Reports of the other account are named here; the link is written down beside both."""
    await chat.prove()
    said = await chat.write(LAMP)
    (code,) = _CODE.findall(said[-1])
    await chat.world.pass_time(minutes=5)

    told = await chat.prove(user="u2")
    assert _CODE.findall(told) == [code]
    assert await chat.verified() == ["otp", "otp"]
    (link,) = await chat.rows("contact_link", "id", "contact_id", "kept_id", "proof")
    assert link.proof == "otp"
    noted = [(row.what, row.ref) for row in await chat.rows("access_log", "what", "ref")]
    assert {(JOINED, link.contact_id), (JOINED, link.kept_id)} <= set(noted)
    database = chat.world.deployment.database
    both = await database.read(lambda connection: joining.one_person(connection, link.contact_id))
    assert set(both) == {link.contact_id, link.kept_id}


@on_both_engines
async def test_a_link_is_undone_and_nothing_was_moved(chat: Chat) -> None:
    await chat.prove()
    await chat.write(LAMP)
    owners = await chat.rows("report", "contact_id")
    await chat.world.pass_time(minutes=5)
    await chat.prove(user="u2")
    (link,) = await chat.rows("contact_link", "id", "contact_id", "kept_id")

    await chat.world.deployment.clerk.joining.part(link.id, by="u-editor")
    database = chat.world.deployment.database
    assert await database.read(lambda connection: joining.one_person(connection, link.kept_id)) == [link.kept_id]
    assert await chat.rows("report", "contact_id") == owners
    assert [row.what for row in await chat.rows("access_log", "what")].count(PARTED) == 2
    with pytest.raises(NotFound):
        await chat.world.deployment.clerk.joining.part(link.id, by="u-editor")


async def test_who_merely_named_the_number_is_not_joined_but_shown_to_a_person(chat: Chat) -> None:
    await chat.write(f"{LAMP} Số điện thoại 0900 000 001", user="u2")
    await chat.world.pass_time(minutes=5)

    told = await chat.prove()
    assert _CODE.findall(told) == []
    assert await chat.rows("contact_link", "id") == []
    assert True in [row.needs_human for row in await chat.rows("conversation", "needs_human")]


async def test_an_old_proof_joins_nobody(chat: Chat) -> None:
    """Numbers are handed out again."""
    await chat.prove()
    await chat.world.pass_time(days=181)

    await chat.prove(user="u2")
    assert await chat.rows("contact_link", "id") == []


async def test_ones_own_card_needs_no_code(chat: Chat) -> None:
    (told,) = await chat.write(f"card:{PHONE}:own")

    assert "đã xác minh số" in told
    assert await chat.verified() == ["provider"]
    assert chat.phones.sent == []


async def test_somebodys_card_verifies_nothing(chat: Chat) -> None:
    await chat.write(f"card:{PHONE}:somebody")

    assert await chat.verified() == []
    assert chat.phones.sent == []


async def test_the_same_two_accounts_are_joined_once(chat: Chat) -> None:
    await chat.prove()
    await chat.world.pass_time(minutes=5)
    await chat.prove(user="u2")
    await chat.world.pass_time(minutes=15)
    await chat.prove(user="u2")

    assert len(await chat.rows("contact_link", "id")) == 1


async def test_staff_see_one_person_and_part_them_again(chat: Chat) -> None:
    await chat.prove()
    await chat.write(LAMP)
    await chat.world.pass_time(minutes=5)
    await chat.prove(user="u2")
    (link,) = await chat.rows("contact_link", "id", "contact_id", "kept_id")
    deployment = chat.world.deployment
    reader = CaseReader(deployment.database, safe=deployment.safe, regulation=deployment.regulation, now=deployment.now)

    seen = await reader.contact(link.contact_id, CENTRE)
    assert [one.contact_id for one in seen.joined] == [link.kept_id]
    assert (len(seen.reports), len(seen.conversations)) == (1, 2)
    await deployment.clerk.joining.part(link.id, by="u-editor")
    seen = await reader.contact(link.contact_id, CENTRE)
    assert (seen.joined, seen.reports, len(seen.conversations)) == ((), (), 1)


@on_both_engines
async def test_an_erased_contact_was_joined_to_nobody(chat: Chat) -> None:
    await chat.prove()
    await chat.world.pass_time(minutes=5)
    await chat.prove(user="u2")
    (link,) = await chat.rows("contact_link", "contact_id")

    await eraser_of(chat.world.deployment).erase_contact(link.contact_id)
    assert await chat.rows("contact_link", "id") == []


@pytest.mark.parametrize(("outcome", "by"), [("reached", "callback"), ("not_reached", None)])
@pytest.mark.rule("QB-IV.1.1a.1")
async def test_a_call_that_reached_the_reporter_verifies_their_number(
    tmp_path: Path, outcome: str, by: str | None
) -> None:
    async with open_world(tmp_path / "own", regulation="quang_binh") as world:
        chat = Chat(world, CardChat(), with_phones(world))
        world.deployment.channels["testchat"] = chat.channel  # type: ignore[index]
        await chat.write(f"{LAMP} Nguyễn Văn An, 0900 000 001, an@example.vn, sáng nay")
        await chat.world.pass_time(minutes=1)
        ((case_id,),) = await chat.rows("case", "id")
        centre = Actor("ioc", frozenset({"receptionist"}))
        call = {"outcome": outcome}
        answer = await world.deployment.clerk.execute(case_id, "log_verification_call", call, actor=centre)

        assert isinstance(answer, Issued), answer
        assert await chat.verified() == [by]
