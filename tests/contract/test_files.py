"""What every channel must do with files: name each of them, say where its bytes are, and believe nothing of them."""

from __future__ import annotations

import hashlib
from typing import Any

from core.contract.ports import CarriesFiles, FetchesFiles, RawDelivery
from core.contract.schema import AttachmentKind
from tests.contract.cases import each, one
from tests.contract.subject import Subject

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(5000)


@each("to_fetch")
def test_a_file_that_lies_with_the_provider_says_where(subject: Subject, case: RawDelivery) -> None:
    """Nothing is claimed of it that only its content can tell."""
    message = one(subject, case)

    assert isinstance(subject.channel(), FetchesFiles)
    assert message.attachments
    for file in message.attachments:
        assert file.source_url
        assert (file.sha256, file.stored_key) == ("", "")


@each("with_file")
def test_a_file_is_described_by_its_content(subject: Subject, case: Any) -> None:
    """Digest, size, type by content, a harmless name, nothing stored yet."""
    [file] = one(subject, case("../../Ảnh\u202egnp.exe", PNG)).attachments

    assert (file.kind, file.media_type, file.size) == (AttachmentKind.IMAGE, "image/png", len(PNG))
    assert file.sha256 == hashlib.sha256(PNG).hexdigest()
    assert file.stored_key == ""
    assert not set("/\\\u202e") & set(file.name)


@each("with_file")
def test_the_bytes_of_a_file_are_found_by_its_digest(subject: Subject, case: Any) -> None:
    """The worker gets exactly what was sent."""
    channel, delivery = subject.channel(), case("a.png", PNG)
    [item] = channel.split(delivery)

    assert isinstance(channel, CarriesFiles)
    assert dict(channel.extract_files(delivery, item)) == {hashlib.sha256(PNG).hexdigest(): PNG}


@each("albums")
def test_an_album_loses_no_file(subject: Subject, case: list[RawDelivery]) -> None:
    """Whether its files come together or one by one: all of them, in one conversation."""
    channel = subject.channel()
    items = [(delivery, item) for delivery in case for item in channel.split(delivery)]
    files = [
        file for delivery, item in items for meaning in channel.parse(delivery, item) for file in meaning.attachments
    ]

    assert len({item.conversation_key for _, item in items}) == 1
    assert len({file.source_url or file.sha256 for file in files}) == len(files) > 1


@each("stored")
def test_a_file_that_is_here_already_is_named_by_its_place(subject: Subject, case: RawDelivery) -> None:
    """Nobody goes for it once more."""
    message = one(subject, case)

    assert not isinstance(subject.channel(), FetchesFiles)
    assert message.attachments
    assert all(file.stored_key and not file.source_url for file in message.attachments)
