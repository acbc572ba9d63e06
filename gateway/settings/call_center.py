"""The hotline: where it listens, its trunks, and which number leads where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from channels.call_center.numbers import NUMBER, NumberFormat
from gateway.settings.agents import Agents
from gateway.settings.base import Names, Port, Section
from gateway.settings.call_twilio import CallTwilio
from gateway.settings.fleet import Fleet
from gateway.settings.outgoing import Outgoing
from gateway.settings.sip_tls import SipTls
from gateway.settings.transcripts import Transcripts
from gateway.settings.turn import Turn


class Trunk(Section):
    """
    A line to a carrier or PBX. Without a `host` it only takes calls from its `peers` (addresses or networks). `port` 0:
    DNS says where the host is served (SRV). `srtp`: sound is protected by keys in the description, which `transport`
    tls keeps secret; a call without is refused.

    With `registers` we make ourselves known at the host. `caller_ids` are the numbers that may be shown, the first
    where none is asked for (`0232312*`: all that begin so); with `passes_callers` callers who are put through are shown
    by their own number. `dials` and `shows` are how the line wants numbers written: `national` (0900…), `e164` (+84…),
    `digits` (84…). With `identity` the number goes into that header and `user` into From, as some carriers
    want it; `domain` is the name after the @ where it is not the host. `channels` is how many calls it carries at once
    (0: no limit of its own). `options_seconds` is how often the host is asked whether it is there (0: never). `public`
    takes calls from anybody: for a test line, not for a carrier.
    """

    host: str = ""
    port: Port = 5060
    transport: Literal["udp", "tcp", "tls"] = "udp"
    user: str = ""
    password: SecretStr = SecretStr("")
    domain: str = ""
    registers: bool = False
    peers: Names = ()
    public: bool = False
    caller_ids: Names = ()
    passes_callers: bool = False
    dials: NumberFormat = "as_is"
    shows: NumberFormat = "as_is"
    channels: int = Field(default=0, ge=0)
    srtp: bool = False
    identity: Literal["", "P-Asserted-Identity", "P-Preferred-Identity"] = ""
    options_seconds: float = Field(default=30, ge=0, le=3600)


class CallCenter(Section):
    """
    The telephony process. On by itself in demo mode, and wherever a trunk is named.

    `numbers`: which numbers of ours are answered; empty: all that a trunk brings. `flow`: what callers hear; the
    standard one, or a file of your own. `storm`: no menu, only what and where. `call_back_within`: by when whoever is
    owed a call gets one, as regulations write it ("2wh": working hours). `drain_seconds`: how long a stop waits for
    calls that are up.
    """

    enabled: Literal["auto", "yes", "no"] = "auto"
    sip_host: str = "127.0.0.1"
    sip_port: Port = 5060
    advertised: str = Field(default="", description="the address that others are told, where it is another")
    media_address: str = Field(default="", description="where sound is taken; empty: as sip_host")
    media_advertised: str = Field(default="", description="as callers reach it, where it is another")
    behind_nat: bool = Field(default=False, description="sound may come from another address than callers say")
    rtp_first: Port = 20000
    rtp_last: Port = 20999
    rtpengine: str = Field(default="", description="host:port of rtpengine, which meets browsers for us; empty: none")
    latest_ms: float = Field(default=20, gt=0, description="in a crowd, new calls are refused while sound leaves later")
    max_calls: int = Field(default=120, ge=1, le=2000)
    trunks: dict[str, Trunk] = Field(default_factory=dict)
    numbers: Names = ("1022",)
    flow: str = Field(default="", description="path of a flow; empty: the standard one")
    prompts: str = Field(default="", description="folder of recorded prompts; empty: prompts in the data folder")
    transfers: Names = Field(default=(), description="numbers that callers may be connected with (113, 114 …)")
    outside: dict[Annotated[str, Field(min_length=1, max_length=80)], Annotated[str, Field(pattern=NUMBER)]] = Field(
        default_factory=dict, description="name and number of places that agents may ask about a call, and give it to"
    )
    storm: bool = False
    call_back_within: str = "2wh"
    drain_seconds: float = Field(default=30, ge=0, le=3600)
    outgoing: Outgoing = Outgoing()
    twilio: CallTwilio = CallTwilio()
    fleet: Fleet = Fleet()
    turn: Turn = Turn()
    tls: SipTls = SipTls()
    agents: Agents = Agents()
    transcripts: Transcripts = Transcripts()

    @property
    def calls_out(self) -> bool:
        """Whether a line can call somebody."""
        return any(one.host for one in self.trunks.values()) or bool(self.twilio.account_sid)

    @property
    def has_line(self) -> bool:
        """Whether calls can come in from the telephone network."""
        return bool(self.trunks) or bool(self.twilio.account_sid)

    @property
    def answered(self) -> tuple[str, ...]:
        """Numbers of ours that are answered, those at Twilio too; empty: all that a trunk brings."""
        return (*self.numbers, *self.twilio.numbers) if self.numbers else ()
