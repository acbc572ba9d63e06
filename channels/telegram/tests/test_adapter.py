"""Sending as citizens see it, and how we are."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from channels.telegram.sandbox import Mood, TelegramSandbox
from channels.telegram.tests.builders import CHAT, outbound, provider
from core.contract.errors import ChannelMisconfigured, MessageInvalid, NotFound, OutcomeUnknown, RecipientOptedOut
from core.contract.ports import FetchesFiles, HookedChannel, ListeningChannel, Reach, Reaches
from core.contract.schema import Attachment, AttachmentKind
from tests.support.waiting import until

PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(900)


class Shelf:
    """A media store with two files."""

    async def get(self, stored_key: str) -> bytes:
        """What lies under this key."""
        try:
            return {"photo": PNG, "letter": b"%PDF-1.7 ..."}[stored_key]
        except KeyError:
            raise NotFound from None


def file(key: str, kind: AttachmentKind, media_type: str, name: str) -> Attachment:
    """An attachment of ours."""
    return Attachment(kind=kind, media_type=media_type, size=9, sha256="0" * 64, stored_key=key, name=name)


PHOTO = file("photo", AttachmentKind.IMAGE, "image/png", "sau khi sửa.png")
LETTER = file("letter", AttachmentKind.FILE, "application/pdf", "trả lời.pdf")
ERASED = file("erased", AttachmentKind.FILE, "application/pdf", "x.pdf")


async def test_it_is_all_that_it_says() -> None:
    async with provider() as (_, channel):
        assert isinstance(channel, HookedChannel)
        assert isinstance(channel, ListeningChannel)
        assert isinstance(channel, FetchesFiles)


async def test_it_reaches_whoever_wrote_to_it_with_files_and_buttons_at_any_time() -> None:
    """No window, no price; there is no other way to a person there than their chat."""
    async with provider() as (_, channel):
        assert isinstance(channel, Reaches)
        assert channel.reaches == (Reach("chat", "Telegram", files=True, buttons=True),)


async def test_a_long_answer_comes_in_parts_and_its_buttons_last() -> None:
    async with provider() as (sandbox, channel):
        text = "Đơn vị đã thay bóng đèn. " * 300
        result = await channel.send(outbound(text, buttons=(("Hài lòng", "rate:1"),)))
        shown = sandbox.phone(CHAT).shown

    assert [len(line.get("buttons", ())) for line in shown] == [0, 1]
    assert " ".join(line["text"] for line in shown) == text.strip()
    assert result.provider_message_id == f"{CHAT}:{shown[-1]['id']}"


async def test_photos_are_shown_and_letters_handed_over() -> None:
    async with provider(media=Shelf()) as (sandbox, channel):
        await channel.send(outbound("Đã sửa xong.", attachments=(PHOTO, LETTER, ERASED), buttons=(("Tốt", "rate:1"),)))
        shown = sandbox.phone(CHAT).shown

    assert [(line["kind"], line["text"], line["file"]) for line in shown] == [
        ("photo", "Đã sửa xong.", "sau khi sửa.png"),
        ("document", "", "trả lời.pdf"),
    ]
    assert [len(line.get("buttons", ())) for line in shown] == [0, 1]
    assert sandbox.files[shown[0]["file_id"]] == PNG


async def test_words_too_many_for_a_caption_come_first() -> None:
    async with provider(media=Shelf()) as (sandbox, channel):
        await channel.send(outbound("Đã sửa xong. " * 100, attachments=(LETTER,)))
        shown = sandbox.phone(CHAT).shown

    assert [line.get("kind", "text") for line in shown] == ["text", "document"]


async def test_a_message_with_nothing_in_it_is_ours_to_mend() -> None:
    async with provider() as (_, channel):
        with pytest.raises(MessageInvalid):
            await channel.send(outbound("  "))


async def test_who_blocked_us_is_left_alone() -> None:
    async with provider() as (sandbox, channel):
        sandbox.phone(CHAT).blocked = True
        with pytest.raises(RecipientOptedOut):
            await channel.send(outbound("Xin chào"))


class Tiring(TelegramSandbox):
    """Takes one message, then another mood."""

    async def weather(self, method: str) -> None:
        """The second call meets it."""
        self.mood = self.then if self.phone(CHAT).shown else Mood.NORMAL
        await super().weather(method)

    then = Mood.NORMAL


@pytest.mark.parametrize("mood", [Mood.ERROR, Mood.THROTTLED, Mood.CUT])
async def test_after_a_part_is_out_nothing_is_repeated(mood: Mood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.telegram.tests.builders.TelegramSandbox", Tiring)
    async with provider() as (sandbox, channel):
        assert isinstance(sandbox, Tiring)
        sandbox.then, sandbox.retry_after = mood, 3600
        with pytest.raises(OutcomeUnknown):
            await channel.send(outbound("Một câu. " * 1000))

        assert sandbox.phone(CHAT).shown


async def test_an_answer_to_a_button_ends_its_waiting_sign() -> None:
    async with provider() as (sandbox, channel):
        await channel.send(outbound("Dạ, cảm ơn.", in_reply_to="button:2200345"))
        await channel.send(outbound("Kết quả.", in_reply_to="button:2200345", purpose="notice"))
        await channel.send(outbound("Dạ.", in_reply_to=f"{CHAT}:71"))

        assert sandbox.answered == ["2200345"]


async def test_a_webhook_is_registered_at_the_start_and_stays() -> None:
    async with provider(hook_url="https://phananh.example.vn/hooks/telegram") as (sandbox, channel):
        await channel.start(_nowhere)
        await until(lambda: sandbox.hook, "the registration")
        health = await channel.check_health()
        await channel.stop()

        assert sandbox.hook["url"] == "https://phananh.example.vn/hooks/telegram"
        assert health.ok


async def _nowhere(*_: object) -> None:
    raise AssertionError("nothing was to come")


async def test_a_registration_that_fails_is_tried_again() -> None:
    async with provider(hook_url="https://phananh.example.vn/hooks/telegram") as (sandbox, channel):
        port = sandbox.http[1]
        await sandbox.stop()
        await channel.start(_nowhere)
        assert channel._listener is not None
        await until(lambda: channel._listener and channel._listener.trouble.told, "a failure")
        await sandbox.start(http_port=port)
        await until(lambda: sandbox.hook, "the registration")


async def test_connecting_says_who_we_are() -> None:
    async with provider(hook_url="https://phananh.example.vn/hooks/telegram") as (sandbox, channel):
        assert await channel.register_hook() == "@lang_nghe_bot"
        assert sandbox.hook["secret"] == channel.settings.hook_secret.get_secret_value()
    async with provider() as (_, deaf):
        with pytest.raises(ChannelMisconfigured):
            await deaf.register_hook()


async def test_health_tells_of_a_hook_elsewhere_and_of_what_waits() -> None:
    async with provider() as (sandbox, channel):
        sandbox.hook |= {"url": "https://elsewhere.example.vn/x", "secret": ""}
        elsewhere = await channel.check_health()
        sandbox.hook.clear()
        sandbox.updates += [{"update_id": number} for number in range(101)]
        waiting = await channel.check_health()

    assert (elsewhere.ok, waiting.ok) == (False, False)
    assert "địa chỉ khác" in elsewhere.detail
    assert "101" in waiting.detail


async def test_health_tells_of_calls_that_failed_lately() -> None:
    hook = "https://phananh.example.vn/hooks/telegram"
    async with provider(hook_url=hook) as (sandbox, channel):
        at = int(datetime.now(UTC).timestamp())
        sandbox.hook |= {"url": hook, "secret": "", "last_error_date": at, "last_error_message": "500"}
        alone = await channel.check_health()
        sandbox.updates.append({"update_id": 1})
        piling = await channel.check_health()

    assert (alone.ok, piling.ok) == (True, False)


def test_who_does_not_use_it_does_not_load_it() -> None:
    code = "import sys, gateway.app, gateway.registry; print(sorted({'telegram', 'httpx'} & sys.modules.keys()))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
