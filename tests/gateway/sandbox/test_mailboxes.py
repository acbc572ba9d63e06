"""Mailboxes of the sandbox's page."""

from __future__ import annotations

from collections import Counter

import pytest

from channels.email.sandbox_mails import KeptMail, write
from gateway.sandbox.player_email import EmailPlayer

AN, OFFICE = "an@hopthu.example.vn", "phananh@langnghe.example.vn"


def letter(text: str) -> bytes:
    """From the office."""
    return write({"from": OFFICE, "to": AN, "subject": "Trả lời", "text": text}).as_bytes()


async def test_a_mail_is_read_once_however_often_the_desk_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a demo of some days would do nothing else."""
    reads: Counter[int] = Counter()
    read = KeptMail.read

    def counted(mail: KeptMail) -> object:
        reads[mail.id] += 1
        return read(mail)

    monkeypatch.setattr(KeptMail, "read", counted)
    player = EmailPlayer(gateway=("127.0.0.1", 9), office=OFFICE)
    player._provider.keep(OFFICE, AN, letter("Đã tiếp nhận."))
    assert [player.arrived(AN)[0].text for _ in range(3)] == ["Đã tiếp nhận."] * 3
    player._provider.keep(OFFICE, AN, letter("Đã sửa."))
    assert [one.text for one in player.arrived(AN)] == ["Đã tiếp nhận.", "Đã sửa."]
    assert list(reads.values()) == [1, 1]
