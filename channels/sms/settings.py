"""Everything about our SMS number or brand name that a province configures; immutable, checked once at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from channels.twilio import MEDIA_HOSTS, Account

_NUMBER = re.compile(r"\+?[0-9]{7,15}")
_ORDINARY_TYPES: Mapping[str, str] = MappingProxyType({"esms": "8", "speedsms": "2"})
"""With which `sms_type` a carrier sends from a number of its own."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Hooked(_Frozen):
    """
    A carrier that signs nothing: what comes by its hook is proved by a path that nobody else knows.

    `hook_secret`: at least 16 letters, digits, dashes or underscores, the last part of the hook's path.
    """

    hook_secret: SecretStr
    timeout: float = Field(default=20, gt=0, description="Seconds that one call may take")

    @field_validator("hook_secret")
    @classmethod
    def _unguessable(cls, value: SecretStr) -> SecretStr:
        if not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("at least 16 letters, digits, dashes or underscores")
        return value


class TwilioSettings(_Frozen):
    """
    A Twilio account; `sender` is a number (+1500…), an alphanumeric name, or a messaging service (MG…).

    Hooks are signed with the account's auth token; while it is being changed the old one counts as well. Calls are
    made with an API key where there is one.
    """

    carrier: Literal["twilio"] = "twilio"
    sender: str
    account_sid: str
    auth_token: SecretStr
    old_auth_token: SecretStr = SecretStr("")
    key_sid: str = ""
    key_secret: SecretStr = SecretStr("")
    timeout: float = Field(default=20, gt=0, description="Seconds that one call may take")
    base_url: str = "https://api.twilio.com"
    media_hosts: frozenset[str] = MEDIA_HOSTS

    @property
    def account(self) -> Account:
        """Whom Twilio knows us as."""
        return Account(self.account_sid, self.auth_token, self.old_auth_token, self.key_sid, self.key_secret)


class EsmsSettings(_Hooked):
    """
    An account at eSMS.vn; `sender` is the brand name. `private_key` proves messages that citizens send to the number.

    `sms_type` 2: brand name for care and passwords, 8: fixed number. `sandbox`: everything is taken, nothing sent.
    """

    carrier: Literal["esms"] = "esms"
    sender: str
    api_key: SecretStr
    secret_key: SecretStr
    private_key: SecretStr = SecretStr("")
    sms_type: Literal["2", "8"] = "2"
    sandbox: bool = False
    base_url: str = "https://rest.esms.vn"


class SpeedSmsSettings(_Hooked):
    """An account at SpeedSMS; `sms_type` 2: any number, 3: own brand name, 4: their brand name."""

    carrier: Literal["speedsms"] = "speedsms"
    sender: str
    token: SecretStr
    sms_type: Literal[2, 3, 4] = 3
    base_url: str = "https://api.speedsms.vn/index.php"


class SmppSettings(_Frozen):
    """
    A line to a carrier's message centre (SMPP 3.4). Times are in seconds.

    `window` is how many messages may be unanswered. `long_messages`: parts with a header each ("udh") or one PDU with
    the whole text ("payload"). `answer_ids` and `receipt_ids` say how the centre writes the number of a message when
    it takes it and when it reports on it: as they are ("text"), or in hexadecimal or decimal digits.
    """

    carrier: Literal["smpp"] = "smpp"
    sender: str
    host: str
    port: int = 2775
    tls: bool = False
    system_id: str
    password: SecretStr
    system_type: str = ""
    window: int = Field(default=10, ge=1, le=1000)
    per_second: float = Field(default=20, gt=0, description="Most messages in a second that the contract allows")
    long_messages: Literal["udh", "payload"] = "udh"
    answer_ids: Literal["text", "hex", "decimal"] = "text"
    receipt_ids: Literal["text", "hex", "decimal"] = "text"
    enquire_seconds: float = Field(default=30, gt=0)
    response_seconds: float = Field(default=10, gt=0)
    parts_seconds: float = Field(default=10, gt=0, description="How long the parts of one message are waited for")
    reconnect_seconds: float = Field(default=60, gt=0, description="The longest pause between two attempts")


CarrierSettings = Annotated[
    TwilioSettings | EsmsSettings | SpeedSmsSettings | SmppSettings, Field(discriminator="carrier")
]


class SmsSettings(_Frozen):
    """
    One number or brand name of the gateway.

    `public_url` is where the carrier finds us, without a slash at its end: signatures and callbacks are built from it
    and never from what a request says about itself, which a proxy changes. `marks`: the brand is registered for
    Vietnamese with marks (UCS-2); without, every text is sent in the GSM alphabet. `most_segments` is how long a text
    may be; longer ones are shortened.
    """

    public_url: str
    marks: bool = False
    most_segments: int = Field(default=3, ge=1, le=10)
    carrier: CarrierSettings

    @property
    def registered(self) -> bool:
        """
        Whether messages bear a registered name or a short code, and not somebody's number (VN-6).

        A messaging service (MG…) is the account's own choice among what it has registered.
        """
        ordinary = _ORDINARY_TYPES.get(self.carrier.carrier) == str(getattr(self.carrier, "sms_type", ""))
        return not (ordinary or _NUMBER.fullmatch(self.carrier.sender))
