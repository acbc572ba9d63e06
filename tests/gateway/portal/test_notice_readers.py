"""A citizen has notices sent: proved by a one-time password, written to, ended by one click."""

from __future__ import annotations

import re

import pytest

from gateway.notice_readers import notice_letters_of, readers_of
from tests.gateway.portal.citizen import Citizen, Shown
from tests.support.codes import PHONE, WRITTEN, Phones, with_phones
from tests.support.public_notices import TITLE, tell_everybody

PAGE, PROOF = "/thong-bao/nhan", "/thong-bao/nhan/xac-nhan"


def without_mail(citizen: Citizen) -> None:
    """From now on no mail leaves."""
    channels = citizen.deployment.channels
    assert isinstance(channels, dict)
    channels.pop("email", None)


async def asked(citizen: Citizen, address: str = WRITTEN, **changes: str) -> Shown:
    """The form, filled and sent."""
    given = {"dia-chi": address, "khu-vuc": "Phường Một, Phường Hai", "dong-y": "1"} | changes
    return await citizen.send((await citizen.see(PAGE)).form(PAGE), **given)


async def proved(citizen: Citizen, phones: Phones) -> str:
    """The link of a reader who answered the password; where it leads says what is sent."""
    page = await asked(citizen)
    assert WRITTEN not in page.text
    await citizen.world.settle()
    kept = await citizen.send(page.form(PROOF), otp=phones.codes()[-1])
    assert "Phường Một, Phường Hai" in kept.text
    return re.findall(r"/thong-bao/dung-nhan/[0-9a-f]{64}", kept.html)[0]


async def told(citizen: Citizen, phones: Phones) -> list[str]:
    """What comes to the phone of a notice, after everything was written and sent."""
    before = len(phones.sent)
    await notice_letters_of(citizen.deployment).run_once()
    await citizen.world.settle()
    return [one.text for one in phones.sent[before:]]


@pytest.mark.rule("VN-4", "VN-6")
async def test_notices_come_to_whoever_proved_their_number_until_they_want_no_more(citizen: Citizen) -> None:
    phones = with_phones(citizen.world)
    link = await proved(citizen, phones)
    assert await readers_of(citizen.deployment).count() == {"sms": 1}
    await tell_everybody(citizen.world, areas=("Phường Hai",))
    await tell_everybody(citizen.world, title="Lịch cắt nước", areas=("Phường Ba",))

    (text,) = await told(citizen, phones)

    assert TITLE in text
    assert link in text
    citizen.forget_cookies()  # whoever holds the link ends it, a mail program too
    async with citizen.client.post(link, data={"List-Unsubscribe": "One-Click"}) as ended:
        assert "Đã dừng nhận" in await ended.text()
    await tell_everybody(citizen.world)
    assert await told(citizen, phones) == []
    assert "Đã dừng nhận" in (await citizen.see(link)).text
    assert (await citizen.see(link[:-1] + ("0" if link[-1] != "0" else "1"))).status == 404


async def test_nothing_is_kept_without_the_password_and_without_consent(citizen: Citizen) -> None:
    phones = with_phones(citizen.world)
    for changes, sentence in (
        ({"dong-y": ""}, "đánh dấu đồng ý"),
        ({"khu-vuc": ",".join(map(str, range(21)))}, "không quá 20 xã, phường"),
    ):
        assert sentence in (await asked(citizen, **changes)).text
    assert "số điện thoại di động" in (await asked(citizen, "nobody")).text
    assert "dùng địa chỉ khác" in (await asked(citizen, "+44 20 7946 0018")).text  # whoever owns it might earn from it
    without_mail(citizen)
    assert "dùng địa chỉ khác" in (await asked(citizen, "an@hopthu.example.vn")).text
    await citizen.world.settle()
    assert phones.sent == []
    page = await asked(citizen)
    await citizen.world.settle()
    wrong = "000000" if phones.codes(PHONE)[-1] != "000000" else "000001"
    assert (await citizen.send(page.form(PROOF), otp=wrong)).status == 422
    assert await readers_of(citizen.deployment).count() == {}


async def test_where_nothing_can_be_sent_the_page_says_where_to_read(citizen: Citizen) -> None:
    without_mail(citizen)
    page = await citizen.see(PAGE)
    assert "Hiện chưa gửi được thông báo" in page.text
    assert not page.has_form(PAGE)
    assert PAGE in (await citizen.see("/thong-bao")).html
