"""What the tests of the SMS channel share: settings for each carrier, deliveries, and a sandbox that is connected."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from channels.sms.adapter import LineSmsChannel, SmsChannel, open_sms
from channels.sms.sandbox import Network, Secrets, SmsSandbox
from channels.sms.settings import SmsSettings
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import Address, OutboundMessage, Parsed

PAYLOADS = Path(__file__).parents[1] / "payloads"
PUBLIC = "https://gw.example.vn"
NOON = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
CITIZEN = "+84900000001"
SECRETS = Secrets()
LONG = "Đường Lê Lợi ngập sâu trước số nhà 12, xe máy không qua được, đề nghị cơ quan chức năng xử lý sớm. 🌊 " * 3
HOOK_SECRET = "a-path-that-nobody-guesses"
SENDERS = {"twilio": "+15005550009", "esms": "LANGNGHE", "speedsms": "LANGNGHE", "smpp": "8100"}
HOOKS = {
    "twilio": f"{PUBLIC}/hooks/twilio/{SECRETS.account_sid}/sms",
    "esms": f"{PUBLIC}/hooks/sms/esms/{HOOK_SECRET}",
    "speedsms": f"{PUBLIC}/hooks/sms/speedsms/{HOOK_SECRET}",
    "smpp": "",
}


def carrier(name: str, sandbox: SmsSandbox | None = None, **changes: Any) -> dict[str, Any]:
    """A carrier's settings; calls go to the sandbox, or nowhere."""
    url = sandbox.url if sandbox else "http://127.0.0.1:9"
    own = {
        "twilio": {"account_sid": SECRETS.account_sid, "auth_token": SECRETS.auth_token, "base_url": url},
        "esms": {
            "api_key": SECRETS.api_key,
            "secret_key": SECRETS.secret_key,
            "private_key": SECRETS.private_key,
            "hook_secret": HOOK_SECRET,
            "base_url": url,
        },
        "speedsms": {"token": SECRETS.token, "hook_secret": HOOK_SECRET, "base_url": f"{url}/index.php"},
        "smpp": {
            "host": "127.0.0.1",
            "port": sandbox.centre.address[1] if sandbox else 9,
            "system_id": SECRETS.system_id,
            "password": SECRETS.password,
            "per_second": 1000,
            "answer_ids": "hex",
            "receipt_ids": "hex",
        },
    }[name]
    return {"carrier": name, "sender": SENDERS[name], **own, **changes}


def settings(
    name: str, sandbox: SmsSandbox | None = None, *, marks: bool = True, most: int = 3, **changes: Any
) -> SmsSettings:
    """The channel's settings with this carrier."""
    given = {"public_url": PUBLIC, "marks": marks, "most_segments": most, "carrier": carrier(name, sandbox, **changes)}
    return SmsSettings.model_validate(given)


def channel(name: str, **changes: Any) -> SmsChannel:
    """The channel, connected to nothing."""
    return open_sms(settings(name, **changes), clock=lambda: NOON)


@dataclass
class Store:
    """An inbox of our own: keeps, or fails as it is told to."""

    failure: Exception | None = None
    kept: list[tuple[RawDelivery, Sequence[ItemKey]]] = field(default_factory=list)

    async def accept(self, delivery: RawDelivery, items: Sequence[ItemKey]) -> None:
        """As the gateway's inbox."""
        if self.failure is not None:
            raise self.failure
        self.kept.append((delivery, items))


@asynccontextmanager
async def sandboxed(
    name: str, *, store: Store | None = None, **changes: Any
) -> AsyncIterator[tuple[SmsChannel, SmsSandbox]]:
    """The channel with a sandbox behind it; a line is bound, where the carrier has one."""
    sandbox = SmsSandbox(name, network(name))  # type: ignore[arg-type]
    await sandbox.start()
    opened = open_sms(settings(name, sandbox, **changes), clock=lambda: NOON)
    try:
        if isinstance(opened, LineSmsChannel):
            await opened.start((store or Store()).accept)
            assert (await opened.check_health()).ok
        yield opened, sandbox
    finally:
        await opened.stop()
        await sandbox.stop()


def network(name: str, gateway: str = "http://127.0.0.1:9") -> Network:
    """What the providers know of us."""
    return Network(
        number=SENDERS[name], hook=HOOKS[name], public_url=PUBLIC, gateway=gateway, secrets=SECRETS, reports=False
    )


def outbound(text: str, *, name: str = "twilio", to: str = CITIZEN, **changes: Any) -> OutboundMessage:
    """One message to a citizen."""
    given: dict[str, Any] = {
        "id": "0190a0b0c0d0e0f00000000000000001",
        "channel": "sms",
        "account": SENDERS[name],
        "recipient": Address(channel="sms", account=SENDERS[name], value=to),
        "text": text,
    }
    return OutboundMessage.model_validate(given | changes)


def payload(name: str, headers: dict[str, str] | None = None) -> RawDelivery:
    """A recorded delivery as the gateway's door would give it to the channel."""
    path = next(PAYLOADS.glob(f"{name}.*"))
    data = path.read_bytes()
    body = bytes.fromhex(data.decode()) if path.suffix == ".hex" else data.strip()
    return RawDelivery("sms", SENDERS[name.partition("_")[0]], body, headers or {}, received_at=NOON)


def meaning(name: str, **changes: Any) -> Parsed:
    """What the channel makes of a recorded delivery."""
    delivery, opened = payload(name), channel(name.partition("_")[0], **changes)
    [item] = opened.split(delivery)
    [parsed] = opened.parse(delivery, item)
    return parsed


async def is_well(opened: SmsChannel) -> bool:
    """Whether the carrier would take a message now."""
    return (await opened.check_health()).ok
