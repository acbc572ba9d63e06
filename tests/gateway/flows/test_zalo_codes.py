"""One-time passwords by Zalo: an official account that is set up as a province sets it up, from the settings on."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.zalo.adapter import ZaloChannel
from channels.zalo.oauth import Granted
from channels.zalo.sandbox import ZaloSandbox
from core.service.proving import Sent, Wanted
from tests.support.deployments import open_world

PHONE, USER = "+84900000001", "2460000000000000003"


@pytest.mark.parametrize("template", ["300001", ""])
async def test_a_password_comes_by_phone_number_where_there_is_a_template(tmp_path: Path, template: str) -> None:
    """The citizen never wrote to the account; without an approved template Zalo carries none."""
    sandbox = ZaloSandbox()
    await sandbox.start()
    sandbox.phone(USER).number = PHONE.removeprefix("+")
    urls = dict.fromkeys(("api_url", "oauth_url", "template_url"), sandbox.url)
    zalo = {**sandbox.account.__dict__, **urls, "otp_template": template, "otp_fields": ["ma_xac_thuc=otp"]}
    async with open_world(tmp_path / "var", zalo=zalo) as world:
        channel = world.deployment.channels["zalo"]
        assert isinstance(channel, ZaloChannel)
        await channel.api.keeper.connect(Granted(*sandbox.tokens.grant()))
        proving = world.deployment.proving
        way = proving.carriers.way([PHONE])
        if way is not None:
            answer = await proving.request(Wanted("send:1", way, "198.51.100.7"))
            assert isinstance(answer, Sent)
            await world.settle()
        await channel.stop()
    await sandbox.stop()
    shown = [one.template for one in sandbox.phone(USER).shown]

    assert (way is not None, len(shown)) == (bool(template), 1 if template else 0)
    assert all(one["id"] == template and one["ma_xac_thuc"].isdigit() for one in shown)
