"""Reading a hosted mailbox: what is taken, what is marked, what is remembered; at our sandbox and at Dovecot."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from channels.email.adapter import EmailChannel
from channels.email.imap import Mark, Memory
from channels.email.imap_session import ImapSession
from channels.email.sandbox_imap import ImapMood, ImapSandbox
from channels.email.settings import ImapSettings
from channels.email.tests.builders import ADDRESS, RECEIVED_AT, Store, delivery, mail, settings
from channels.email.tests.mailboxes import SERVERS, USER, Mailbox, opened
from channels.listening import Alone
from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from tests.support.dovecot import PASSWORD
from tests.support.waiting import until

SEEN = {"\\Seen"}


@pytest_asyncio.fixture(params=SERVERS)
async def mailbox(request: pytest.FixtureRequest) -> AsyncIterator[Mailbox]:
    """An empty mailbox, at each server there is."""
    async with opened(request.param) as found:
        yield found


@pytest_asyncio.fixture
async def house() -> AsyncIterator[ImapSandbox]:
    """Our own server, for moods that a real one has not."""
    sandbox = ImapSandbox(USER, PASSWORD)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@asynccontextmanager
async def reading(store: Store, imap: ImapSettings, **parts: Any) -> AsyncIterator[EmailChannel]:
    """The channel at its mailbox."""
    own = settings(imap=imap, smtp_port=None, lmtp_port=None, max_bytes=50_000)
    channel = EmailChannel(own, **({"clock": lambda: RECEIVED_AT} | parts))
    await channel.start(store.accept)
    try:
        yield channel
    finally:
        await channel.stop()


def raw(text: str = "Đường ngập.", *, key: str = "t1") -> bytes:
    return mail(text, key=key).as_bytes()


class _Another(Alone):
    """Another process has it, until it does not."""

    def __init__(self) -> None:
        self.ours = False

    async def hold(self) -> bool:
        return self.ours


async def test_what_waits_and_what_arrives_is_taken_once(mailbox: Mailbox, store: Store) -> None:
    """The same bytes and the same key as by SMTP; marked as read only when it is stored."""
    await mailbox.put(raw(key="before"))
    async with reading(store, mailbox.settings()) as channel:
        await until(lambda: len(store.kept) == 1, "what waited")
        await mailbox.put(raw(key="pushed"))
        await until(lambda: len(store.kept) == 2, "what was pushed")
        await until(lambda: _all_seen(mailbox, 2), "marks")
        first, [item] = store.kept[0]

        assert first.body == raw(key="before")
        assert first.account == ADDRESS
        assert channel.parse(first, item)[0].text == "Đường ngập."
        assert item.dedupe_key == channel.split(delivery(raw(key="before")))[0].dedupe_key


async def test_a_second_start_goes_on_where_the_first_ended(mailbox: Mailbox, store: Store) -> None:
    """Also for what a person has opened meanwhile: the mark counts, not the flag."""
    marks = Memory()
    await mailbox.put(raw(key="first"))
    async with reading(store, mailbox.settings(), progress=marks):
        await until(lambda: store.kept, "the first")
    await mailbox.put(raw(key="second"))
    await mailbox.asked(lambda box: list(box.fetch()))
    async with reading(store, mailbox.settings(), progress=marks):
        await until(lambda: len(store.keys) == 2, "the second")

    assert len(store.keys) == 2


class _Busy(Store):
    """While it takes the first mail, the next one arrives."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__()
        self._mailbox = mailbox

    async def accept(self, delivery: RawDelivery, items: Sequence[ItemKey]) -> None:
        await super().accept(delivery, items)
        if len(self.keys) == 1:
            await self._mailbox.put(raw(key="meanwhile"))


async def test_what_arrives_while_another_is_taken_waits_for_no_further_news(mailbox: Mailbox) -> None:
    """The server tells of it beside the answer to something else, and only once."""
    busy = _Busy(mailbox)
    await mailbox.put(raw(key="before"))
    async with reading(busy, mailbox.settings()):
        await until(lambda: len(busy.keys) == 2, "what came meanwhile")


@pytest.mark.parametrize("safe", [False, True], ids=["plain", "TLS"])
async def test_what_arrives_just_before_listening_is_heard(certificate: tuple[str, str], safe: bool) -> None:
    """Also when the server tells of it in one breath with its consent."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    house = ImapSandbox(USER, PASSWORD, tls=context if safe else None)
    await house.start()
    tls = {"tls": "implicit", "host": "localhost", "ca_file": certificate[0]} if safe else {}
    session = await asyncio.to_thread(ImapSession, Mailbox(house.port).settings(**tls))
    house.folders["INBOX"].add(raw(key="just before"), set())
    await asyncio.to_thread(session.begin_listening)
    assert await asyncio.to_thread(session.heard, 0.01)
    await asyncio.to_thread(session.end_listening)
    await asyncio.to_thread(session.begin_listening)
    assert not await asyncio.to_thread(session.heard, 0.01)
    await asyncio.to_thread(session.close)
    await house.stop()


async def test_the_first_look_leaves_what_people_have_read(mailbox: Mailbox, store: Store) -> None:
    """A mailbox with ten years in it does not become ten years of reports."""
    await mailbox.put(raw(key="old"))
    await mailbox.asked(lambda box: list(box.fetch()))
    await mailbox.put(raw(key="unread"))
    async with reading(store, mailbox.settings()):
        await until(lambda: _all_seen(mailbox, 2), "the unread one")
        await mailbox.put(raw(key="new"))
        await until(lambda: len(store.kept) == 2, "the new one")

    assert [body.body for body, _ in store.kept] == [raw(key="unread"), raw(key="new")]


async def test_a_folder_made_anew_is_read_again_by_key(mailbox: Mailbox, store: Store) -> None:
    """Its UIDs begin again (UIDVALIDITY): nothing is missed, and what came before has its old key."""
    marks, imap = Memory(), mailbox.settings(folder="PhanAnh")
    await mailbox.asked(lambda box: box.folder.create("PhanAnh"))
    for key in ("a", "b"):
        await mailbox.put(raw(key=key), folder="PhanAnh")
    async with reading(store, imap, progress=marks):
        await until(lambda: len(store.kept) == 2, "both")
    before = await marks.load("PhanAnh")
    await mailbox.asked(lambda box: [box.folder.delete("PhanAnh"), box.folder.create("PhanAnh")])
    for key in ("b", "c"):
        await mailbox.put(raw(key=key), folder="PhanAnh")
    async with reading(store, imap, progress=marks):
        await until(lambda: len(store.kept) == 4, "the rescan")
        await until(lambda: _moved_on(marks, before), "the new mark")

    assert len(store.keys) == 3


async def test_taken_mails_go_into_their_folder(mailbox: Mailbox, store: Store) -> None:
    """Where one is named; nothing else there is touched or removed."""
    await mailbox.asked(lambda box: box.folder.create("DaNhan"))
    await mailbox.put(raw(key="deleted by a person"))
    await mailbox.asked(lambda box: box.client.uid("STORE", "1", "+FLAGS", r"(\Seen \Deleted)"))
    await mailbox.put(raw(key="new"))
    async with reading(store, mailbox.settings(done_folder="DaNhan")):
        await until(lambda: _has(mailbox, "DaNhan", [SEEN]), "the move")

    assert await mailbox.flags() == [{"\\Seen", "\\Deleted"}]


async def test_what_cannot_be_stored_stays_unread(mailbox: Mailbox, store: Store) -> None:
    """And comes again, also after a fault that nobody foresaw."""
    store.failure = IntakeUnavailable()
    await mailbox.put(raw())
    async with reading(store, mailbox.settings()) as channel:
        await until(lambda: _ails(channel, "intake_unavailable"), "the refusal")
        store.failure = RuntimeError("broken")
        await until(lambda: _ails(channel, "RuntimeError"), "the fault")
        assert await mailbox.flags() == [set()]
        store.failure = None
        await until(lambda: _all_seen(mailbox, 1), "the next try")

    assert len(store.kept) == 1


async def test_a_mail_beyond_the_limit_is_pointed_out(mailbox: Mailbox, store: Store) -> None:
    """It is flagged for a person, is not fetched, and holds nothing up."""
    await mailbox.put(raw() + b"x" * 60_000)
    await mailbox.put(raw(key="after"))
    async with reading(store, mailbox.settings()):
        await until(lambda: _has(mailbox, "INBOX", [{"\\Flagged"}, SEEN]), "both")

    assert [found.body for found, _ in store.kept] == [raw(key="after")]


async def test_one_process_reads(mailbox: Mailbox, store: Store) -> None:
    """Whoever has not the lease does not even log in."""
    lease = _Another()
    await mailbox.put(raw())
    async with reading(store, mailbox.settings(longest_pause=0.1), lease=lease):
        assert await mailbox.flags() == [set()]
        lease.ours = True
        await until(lambda: store.kept, "our turn")


async def test_a_wrong_password_is_told(mailbox: Mailbox, store: Store) -> None:
    """To staff, in a sentence; nothing else of the channel stops."""
    async with reading(store, mailbox.settings(password="sai")) as channel:
        await until(lambda: _ails(channel, "channel_misconfigured"), "the refusal")
        health = await channel.check_health()

    assert not health.ok
    assert health.detail == "Không đọc được hộp thư qua IMAP (channel_misconfigured)."


async def test_it_renews_its_listening(mailbox: Mailbox, store: Store) -> None:
    """Before routers forget the connection; news between two listenings are found by asking."""
    async with reading(store, mailbox.settings(idle_seconds=0.01)):
        for key in ("one", "two", "three"):
            await mailbox.put(raw(key=key))
        await until(lambda: len(store.keys) == 3, "all three")


async def test_without_push_it_asks(house: ImapSandbox, store: Store) -> None:
    """Every so often."""
    house.mood = ImapMood.DEAF
    async with reading(store, Mailbox(house.port).settings(poll_seconds=0.05)):
        await until(lambda: house.logins, "the log-in")
        await house.put(raw())
        await until(lambda: store.kept, "the next look")

    assert house.logins == ["password"]


async def test_it_comes_back_after_a_break(house: ImapSandbox, store: Store) -> None:
    """The line cut in the middle of a mail, then the server gone: neither loses one."""
    house.mood = ImapMood.CUT
    async with reading(store, Mailbox(house.port).settings()) as channel:
        await house.put(raw(key="cut"))
        await until(lambda: _ails(channel, "connection_failed"), "the break")
        house.mood = ImapMood.NORMAL
        await until(lambda: len(store.keys) == 1, "the mail that was cut")
        await house.stop()
        await until(lambda: _ails(channel, "connection_failed"), "the server gone")
        house.folders["INBOX"].add(raw(key="meanwhile"), set())
        await house.start()
        await until(lambda: len(store.keys) == 2, "the mail of the meantime")


async def test_tls_wants_a_certificate_that_is_trusted(certificate: tuple[str, str], store: Store) -> None:
    """From a known authority, or the province's own."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    house = ImapSandbox(USER, PASSWORD, tls=context)
    await house.start()
    await house.put(raw())
    safe = Mailbox(house.port).settings(tls="implicit", host="localhost")
    async with reading(store, safe) as channel:
        await until(lambda: _ails(channel, "channel_misconfigured"), "the refusal")
    async with reading(store, safe.model_copy(update={"ca_file": certificate[0]})):
        await until(lambda: store.kept, "the mail")
        await house.put(raw(key="pushed"))
        await until(lambda: len(store.kept) == 2, "the push")
    await house.stop()


@pytest.mark.parametrize(
    ("header", "recipients"),
    [
        ("To: phananh+la@example.vn, ai.do@example.vn", "phananh+la@example.vn"),
        ("Delivered-To: postmaster@example.vn", "postmaster@example.vn"),
        ("To: danh.sach@example.vn", ADDRESS),
    ],
    ids=["plus-address", "alias", "blind copy"],
)
async def test_what_lies_in_the_mailbox_is_for_us(
    house: ImapSandbox, store: Store, header: str, recipients: str
) -> None:
    """A mailbox keeps no envelope: who it was sent to is what servers and writers noted."""
    await house.put(f"From: an@hopthu.example.vn\r\n{header}\r\nSubject: x\r\n\r\nNgập.\r\n".encode())
    async with reading(store, Mailbox(house.port).settings()):
        await until(lambda: store.kept, "the mail")

    assert store.kept[0][0].headers["envelope-to"] == recipients
    assert "envelope-from" not in store.kept[0][0].headers


def _ails(channel: EmailChannel, code: str) -> bool:
    assert channel._reader is not None
    return channel._reader.trouble.told == code


async def _all_seen(mailbox: Mailbox, count: int) -> bool:
    return await mailbox.flags() == [SEEN] * count


async def _has(mailbox: Mailbox, folder: str, flags: list[set[str]]) -> bool:
    return await mailbox.flags(folder=folder) == flags


async def _moved_on(marks: Memory, before: Mark | None) -> bool:
    now = await marks.load("PhanAnh")
    return now is not None and before is not None and now.validity != before.validity
