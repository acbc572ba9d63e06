"""Twilio played beside a whole gateway: hooks at a real port, a telephony process in this loop, a link between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.call_center.sandbox import Phone, VoiceSandbox
from channels.call_center.sandbox import World as Telephones
from channels.sms.tests.builders import channel
from gateway.settings import Settings
from gateway.telephony.link import serving_calls
from gateway.telephony.process import Telephony, taking_calls
from tests.support.caller import short_prompts
from tests.support.deployments import World, open_world
from tests.support.stage import join, served
from tests.support.waiting import until

ACCOUNT, TOKEN, NUMBER = "AC00000000000000000000000000000001", "auth-token-for-tests", "+15005550009"
PUBLIC = "http://127.0.0.1:8080"
TONE = bytes([0x80] * 40 + [0x00] * 40) * 50
"""Half a second of something that is no silence, in µ-law."""


@dataclass
class VoiceStage:
    """A gateway with a line at Twilio; `telephony` is None while that process is away."""

    world: World
    twilio: VoiceSandbox

    @property
    def settings(self) -> Settings:
        """Of the deployment."""
        return self.world.deployment.settings

    @asynccontextmanager
    async def telephony(self) -> AsyncIterator[Telephony]:
        """The telephony process, for the length of a block."""
        async with taking_calls(self.settings) as running:
            await until(lambda: "twilio" in running.switchboard.started, "the line")
            yield running

    def is_taped(self, part: str) -> bool:
        """Whether a part of somebody's report is being recorded."""
        return any((self.settings.data / "calls").glob(f"*/{part}.wav"))

    async def call(self, number: str = "+84900000001", *, streams: int = 1) -> Phone:
        """Somebody calls, and is on the line."""
        phone = self.twilio.call(number)
        await until(lambda: phone.streams == streams or phone.over.is_set(), "the stream")
        return phone


@asynccontextmanager
async def voice_stage(folder: Path, **twilio: object) -> AsyncIterator[VoiceStage]:
    """Everything but the telephony process."""
    telephones = Telephones(ACCOUNT, TOKEN, NUMBER, public_url=PUBLIC, gateway="", patience=0.05)
    sandbox = VoiceSandbox(telephones)
    async with AsyncExitStack() as stack:
        await sandbox.start()
        stack.push_async_callback(sandbox.stop)
        line = {"account_sid": ACCOUNT, "auth_token": TOKEN, "numbers": (NUMBER,), "base_url": sandbox.url} | twilio
        calls = {
            "twilio": line,
            "sip_port": 0,
            "rtp_first": 0,
            "rtp_last": 0,
            "latest_ms": 100_000,
            "drain_seconds": 0,
            "transfers": ("114",),
            "prompts": str(short_prompts(folder / "prompts")),
        }
        world = await stack.enter_async_context(open_world(folder / "var", call_center=calls))
        join(world, channel("twilio"))  # the account's messages
        telephones.gateway = await stack.enter_async_context(served(world))
        await stack.enter_async_context(serving_calls(world.deployment))
        yield VoiceStage(world, sandbox)
