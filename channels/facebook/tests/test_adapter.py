"""The channel against the provider as it is played: sending, comments, files, health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from channels.facebook.sandbox import FacebookSandbox, Mood
from channels.facebook.settings import FacebookSettings
from channels.facebook.tests.builders import CITIZEN, OTHER_PAGE, PAGE, channel, outbound, provider, settings
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    NotFound,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    TemporarySendError,
    Throttled,
    WindowClosed,
)
from core.contract.ports import FetchesFiles, Greets, HookedChannel, ListeningChannel, RegistersHook, Stops
from core.contract.schema import Address, Attachment, AttachmentKind, OutboundMessage
from tests.contract.subject import NOON


def test_it_offers_what_the_gateway_looks_for() -> None:
    made = channel()

    assert isinstance(made, HookedChannel)
    assert isinstance(made, Greets)
    assert isinstance(made, FetchesFiles)
    assert isinstance(made, RegistersHook)
    assert isinstance(made, Stops)
    assert not isinstance(made, ListeningChannel)


async def test_what_was_cut_off_after_acceptance_is_on_the_phone_all_the_same() -> None:
    async with provider() as (made, sandbox):
        sandbox.mood = Mood.CUT_AFTER
        with pytest.raises(OutcomeUnknown):
            await made.send(outbound("Một lần thôi"))

        assert sandbox.phones[CITIZEN].received == ["Một lần thôi"]


async def test_each_page_writes_with_its_own_token() -> None:
    async with provider() as (made, sandbox):
        neighbour = sandbox.phone("Trần Thị Bình", page=OTHER_PAGE)
        neighbour.wrote_at = NOON
        there = Address(channel="facebook", account=OTHER_PAGE, value=neighbour.id)
        await made.send(outbound("Chào chị", account=OTHER_PAGE, recipient=there))

        assert (neighbour.received, sandbox.phones[CITIZEN].received) == (["Chào chị"], [])


async def test_a_page_without_a_token_is_a_matter_of_settings() -> None:
    with pytest.raises(ChannelMisconfigured):
        await channel().send(outbound(account="9999"))


async def test_a_wrong_app_secret_shows_in_the_proof() -> None:
    async with provider(app_secret="another-secret-of-ours") as (made, _):
        with pytest.raises(ChannelMisconfigured):
            await made.send(outbound())


async def test_our_mark_comes_back_in_the_echo() -> None:
    """So that a send whose answer was lost can be told from one that never arrived."""
    async with provider() as (made, sandbox):
        result = await made.send(outbound())
        await sandbox.quiet()
        echo, receipt = sandbox.events[-1]["entry"][0]["messaging"]

    assert echo["message"]["metadata"] == outbound().id
    assert echo["message"]["mid"] == receipt["delivery"]["mids"][0] == result.provider_message_id


async def test_a_text_cut_off_in_the_middle_leaves_the_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its beginning is on the phone: sent again, the person would read it twice."""
    async with provider() as (made, sandbox):
        send, pieces = made._client.send, 0

        async def second_fails(*args: Any, **more: Any) -> Any:
            nonlocal pieces
            pieces += 1
            sandbox.mood = Mood.NORMAL if pieces == 1 else Mood.RATE
            return await send(*args, **more)

        monkeypatch.setattr(made._client, "send", second_fails)
        with pytest.raises(OutcomeUnknown):
            await made.send(outbound("Đường hỏng. " * 300))

        assert len(sandbox.phones[CITIZEN].received) == 1


async def test_news_waits_when_our_share_is_nearly_used_up() -> None:
    async with provider() as (made, sandbox):
        sandbox.used = 88
        await made.send(outbound("một"))
        await made.send(outbound("hai"))
        with pytest.raises(Throttled):
            await made.send(outbound("ba", purpose="notice"))

        assert sandbox.phones[CITIZEN].received == ["một", "hai"]


async def test_after_a_day_only_a_person_or_a_template_gets_through() -> None:
    templates = {"notice": {"name": "status_update"}}
    async with provider(human_agent=True, templates=templates) as (made, sandbox):
        citizen = sandbox.phones[CITIZEN]
        citizen.wrote_at = NOON - timedelta(days=2)
        heard: dict[str, Any] = {"last_heard": citizen.wrote_at}
        fields = {"code": "1234", "status": "Đã tiếp nhận"}
        with pytest.raises(WindowClosed):
            await made.send(outbound("Bạn ơi", **heard))
        await made.send(outbound("Em là Hoa.", automatic=False, **heard))
        await made.send(outbound("Đã tiếp nhận", purpose="notice", fields=fields, **heard))

        assert [one.kind for one in citizen.shown] == ["MESSAGE_TAG", "UTILITY"]


async def test_the_provider_has_the_last_word_about_the_window() -> None:
    """We did not know when the person wrote last."""
    async with provider() as (made, sandbox):
        sandbox.phones[CITIZEN].wrote_at = NOON - timedelta(days=2)
        with pytest.raises(WindowClosed):
            await made.send(outbound())


async def commented(sandbox: FacebookSandbox, **more: Any) -> OutboundMessage:
    """Somebody comments, and this is our answer."""
    comment = await sandbox.comment(sandbox.phones[CITIZEN], "Đèn hỏng", **more)
    who = Address(channel="facebook", account=PAGE, value=f"commenter:{comment.author.public_id}")
    return outbound("Mã của anh/chị: 1234", recipient=who, in_reply_to=comment.id, last_heard=NOON)


async def test_a_comment_is_answered_privately_and_only_that_it_was_is_public() -> None:
    async with provider() as (made, sandbox):
        result = await made.send(await commented(sandbox))
        [comment], citizen = sandbox.comments.values(), sandbox.phones[CITIZEN]

        assert citizen.received == ["Mã của anh/chị: 1234"]
        assert comment.answers == [settings().comment_answer]
        assert result.reached_at == CITIZEN


async def test_a_comment_is_answered_once() -> None:
    async with provider() as (made, sandbox):
        message = await commented(sandbox)
        await made.send(message)
        with pytest.raises(WindowClosed):
            await made.send(message)
        [comment] = sandbox.comments.values()

        assert comment.answers == [settings().comment_answer]


async def test_who_can_get_no_private_answer_is_asked_to_write() -> None:
    """Once: news about a case does not repeat it for everybody to read."""
    async with provider() as (made, sandbox):
        message = await commented(sandbox)
        [comment] = sandbox.comments.values()
        comment.author = sandbox.phone("Trần Thị Bình", page=OTHER_PAGE)
        sandbox.pages[OTHER_PAGE] = sandbox.pages[PAGE]
        for purpose in ("reply", "notice"):
            with pytest.raises(RecipientUnreachable):
                await made.send(message.model_copy(update={"purpose": purpose}))

        assert comment.answers == [settings().invitation]


async def test_a_public_word_that_fails_changes_nothing() -> None:
    async with provider() as (made, sandbox):
        message = await commented(sandbox)
        client_comment = made._client.comment

        async def refused(page: str, comment_id: str, text: str) -> None:
            await client_comment(page, "1111_0", text)

        made._client.comment = refused  # type: ignore[method-assign]
        with capture_logs() as lines:
            assert (await made.send(message)).provider_message_id

    assert [line["event"] for line in lines] == ["comment_not_answered"]


async def test_nothing_is_said_in_public_where_nothing_is_configured() -> None:
    async with provider(comment_answer="") as (made, sandbox):
        await made.send(await commented(sandbox))
        [comment] = sandbox.comments.values()

        assert comment.answers == []


async def test_a_file_is_fetched_from_the_provider_only() -> None:
    async with provider() as (made, sandbox):
        sandbox.files["anh"] = b"\xff\xd8" + bytes(100)

        assert await made.fetch(f"{sandbox.url}/cdn/anh", most=1000) == sandbox.files["anh"]
        with pytest.raises(MessageInvalid):
            await made.fetch(f"{sandbox.url}/cdn/anh", most=50)
        with pytest.raises(MessageInvalid):
            await made.fetch("https://kho.example.vn/anh.jpg", most=1000)
        with pytest.raises(ProviderRefused):
            await made.fetch(f"{sandbox.url}/cdn/mat", most=1000)


async def test_health_tells_when_a_token_ends() -> None:
    end = datetime(2027, 1, 1, tzinfo=UTC)
    async with provider() as (made, sandbox):
        sandbox.token_end = end
        health = await made.check_health()

    assert health.ok
    assert health.expires == {"token": end}


async def test_health_tells_of_a_dead_token() -> None:
    async with provider() as (made, sandbox):
        sandbox.mood = Mood.EXPIRED
        health = await made.check_health()

    assert not health.ok
    assert "cần kết nối lại" in health.detail


async def test_health_names_what_a_token_may_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.facebook.client.SCOPES", frozenset({"pages_messaging", "pages_show_list"}))
    async with provider() as (made, _):
        health = await made.check_health()

    assert not health.ok
    assert "pages_show_list" in health.detail


async def test_a_page_that_was_cut_off_is_connected_again() -> None:
    """After an hour of failures the provider sends us nothing more of it."""
    async with provider() as (made, sandbox):
        sandbox.subscribed.discard(OTHER_PAGE)
        with capture_logs() as lines:
            health = await made.check_health()

        assert health.ok
        assert sandbox.subscribed == {PAGE, OTHER_PAGE}
    assert [line["account"] for line in lines] == [OTHER_PAGE]


@dataclass
class Store:
    """Keeps files in memory; what it does not have was erased."""

    files: dict[str, bytes]

    async def get(self, stored_key: str) -> bytes:
        if stored_key not in self.files:
            raise NotFound(stored_key)
        return self.files[stored_key]


def file(key: str, *, kind: AttachmentKind = AttachmentKind.FILE, name: str = "ket-qua.pdf") -> Attachment:
    """A stored file of ours."""
    return Attachment(kind=kind, media_type="application/pdf", size=4, sha256="", stored_key=key, name=name)


async def test_files_go_before_the_words_and_what_cannot_go_is_named() -> None:
    """Erased, or larger than the provider takes."""
    store = Store({"pdf": b"%PDF", "anh": b"x" * (8 * 1024 * 1024 + 1)})
    async with provider(media=store) as (made, sandbox):
        large = file("anh", kind=AttachmentKind.IMAGE, name="anh.jpg")
        await made.send(outbound("Kết quả đây ạ.", attachments=(file("pdf"), large, file("mat", name="cu.pdf"))))
        await sandbox.quiet()
        [number] = sandbox.files

        assert sandbox.files[number] == b"%PDF"
        assert sandbox.phones[CITIZEN].received == [
            f"[file {number}]",
            "Kết quả đây ạ.\nTệp không gửi kèm được qua Messenger: anh.jpg, cu.pdf",
        ]
        marked = ["metadata" in e["entry"][0]["messaging"][0]["message"] for e in sandbox.events]
        assert marked == [False, True]


async def test_a_file_that_was_not_taken_is_tried_again_with_everything() -> None:
    """Nothing was sent yet."""
    async with provider(media=Store({"pdf": b"%PDF"})) as (made, sandbox):
        sandbox.mood = Mood.CUT_AFTER
        with pytest.raises(TemporarySendError):
            await made.send(outbound("Kết quả", attachments=(file("pdf"),)))

        assert sandbox.phones[CITIZEN].received == []


async def test_a_template_takes_no_files() -> None:
    async with provider(media=Store({"pdf": b"%PDF"}), templates={"notice": {"name": "status_update"}}) as (made, box):
        fields, long_ago = {"code": "1234", "status": "Xong"}, NOON - timedelta(days=3)
        late = outbound("x", purpose="notice", fields=fields, last_heard=long_ago, attachments=(file("pdf"),))
        await made.send(late)

        assert box.phones[CITIZEN].received == ["status_update · 1234 · Xong"]
        assert box.files == {}


async def test_an_operator_connects_all_pages() -> None:
    async with provider() as (made, sandbox):
        sandbox.subscribed.clear()
        who = await made.register_hook()

        assert sandbox.subscribed == {PAGE, OTHER_PAGE}
    assert who == "900001 (1111, 1112)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"app_id": "abc"}, "app_id"),
        ({"app_secret": "short"}, "app_secret"),
        ({"verify_token": ""}, "verify_token"),
        ({"pages": {}}, "pages"),
        ({"pages": {"my-page": "token"}}, "pages"),
        ({"pages": {"1111": ""}}, "pages"),
        ({"graph_url": "http://graph.example.vn"}, "https only"),
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        settings(**change)


def test_settings_show_no_secret() -> None:
    shown = repr(settings())

    assert isinstance(settings(), FacebookSettings)
    assert not any(secret in shown for secret in ("secret-for-tests", "token-for-tests"))
