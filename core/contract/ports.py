"""
The seams: what a channel offers the gateway, and what the gateway offers a channel.

A channel verifies, splits and parses; it decides nothing and stores nothing. `split` runs before the answer to the
provider and must be cheap; `parse` runs in a worker and is pure; `send` is the only I/O.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from core.contract.schema import Address, OutboundMessage, Parsed

HOOK_LIMIT = 1024 * 1024
"""What one webhook's body may have in bytes, where the provider says nothing else."""


@dataclass(frozen=True)
class RawDelivery:
    """
    One provider request exactly as it arrived: what signatures are checked on and what is stored.

    Names of HTTP headers are in lower case, whatever a proxy on the way made of them.
    """

    channel: str
    account: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True)
class ItemKey:
    """
    One item inside a raw body, found by the splitter without understanding it.

    `dedupe_key` is unique for ever within (channel, account); `conversation_key` groups items whose order matters;
    `part` tells `parse` which piece of the body is meant (empty: all of it).
    """

    dedupe_key: str
    conversation_key: str
    part: str = ""
    provider_time: datetime | None = None


@dataclass(frozen=True)
class SendResult:
    """
    What the provider said on taking our message: its id for it, kept to match receipts and replies.

    `reached_at`: the address at which this person is known from now on, where that is another one (a private answer to
    a public comment).
    """

    provider_message_id: str
    reached_at: str = ""


@dataclass(frozen=True)
class Health:
    """
    Whether a channel works, in one word for machines and one Vietnamese sentence for staff.

    `expires`: what it needs and has an end, "certificate" or "token", with that instant (aware), the first of each.
    """

    ok: bool
    detail: str = ""
    expires: Mapping[str, datetime] = field(default_factory=dict)


AcceptRaw = Callable[[RawDelivery, Sequence[ItemKey]], Awaitable[None]]
"""Stores a delivery durably; returns once it is safe to answer the sender, raises IntakeUnavailable otherwise."""


@runtime_checkable
class Channel(Protocol):
    """What every channel folder offers; `channels/<name>/adapter.py` in reading order."""

    name: str
    threaded: bool
    """A message without a known thread begins a new conversation (mail), or goes on with the address's last (chat)."""

    def verify(self, delivery: RawDelivery) -> None:
        """Raise SignatureInvalid unless the raw bytes are proved to come from the provider."""

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """Cut a verified body into items. PayloadInvalid: the whole body becomes one quarantined item."""

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """Map one item to what it means; pure. PayloadInvalid sends it to quarantine."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Hand one message to the provider, within a time limit. Raises SendError."""

    async def check_health(self) -> Health:
        """Ask the provider whether we could send now."""


@runtime_checkable
class ListeningChannel(Channel, Protocol):
    """A channel with an ear of its own (mail, calls): started and stopped with the process."""

    async def start(self, accept: AcceptRaw) -> None:
        """Begin to listen; everything heard is given to `accept` before it is confirmed to the sender."""

    async def stop(self) -> None:
        """Stop listening; finish what is being received."""


@runtime_checkable
class HookedChannel(Channel, Protocol):
    """A channel whose provider calls us over HTTP."""

    hook: str
    """Path below `/hooks`; `{account}` in it names our side ("zalo", "facebook/{account}")."""

    account: str
    """Our side where the path names none (one hook for a whole app)."""

    hook_headers: frozenset[str]
    """Names, in lower case, of the HTTP headers that `verify` and `parse` look at; they see and we store no others."""

    hook_limit: int
    """Bytes that one body may have; what is longer is refused before it is read."""


@runtime_checkable
class Greets(Protocol):
    """A hooked channel whose provider first asks, by GET, whether the hook is ours."""

    def greet(self, query: Mapping[str, str]) -> str:
        """What to answer (200, plain text). Raises SignatureInvalid: 403."""


@runtime_checkable
class HookedByQuery(Protocol):
    """A hooked channel whose provider may also call by GET: the query then is what a body is elsewhere."""

    hook_methods: frozenset[str]
    """"GET" and "POST", or one of them."""


@runtime_checkable
class Acknowledges(Protocol):
    """A hooked channel whose provider wants to read something when we have taken its delivery."""

    def acknowledge(self, delivery: RawDelivery) -> tuple[str, str]:
        """Media type and text of the answer (200) to a delivery that was verified and is stored; never raises."""


@runtime_checkable
class RegistersHook(Protocol):
    """A channel that tells its provider by itself where our hook is; an operator may have it done again."""

    async def register_hook(self) -> str:
        """Do so now; returns who we are there. Raises SendError."""


@runtime_checkable
class Stops(Protocol):
    """A channel that holds connections; every `ListeningChannel` is one."""

    async def stop(self) -> None:
        """Let go of them; called more than once, at last when nobody sends any more."""


@runtime_checkable
class FetchesFiles(Protocol):
    """A channel whose messages name files that lie with the provider, for a short while only."""

    async def fetch(self, source: str, *, most: int) -> bytes:
        """
        The file that `Attachment.source_url` names, of at most `most` bytes.

        Raises MessageInvalid: too long, or not where the provider keeps files. ProviderRefused: gone.
        TemporarySendError: try again.
        """


@runtime_checkable
class LetsGoOfFiles(Protocol):
    """A channel that keeps files for us (a spool of recordings) until they lie in our store."""

    async def let_go(self, source: str) -> None:
        """The file that this source names is stored; it is never asked for again."""


@runtime_checkable
class KnowsNames(Protocol):
    """A channel whose provider does not name the sender of a message, but tells when asked."""

    async def name_of(self, address: Address) -> str:
        """What the person calls themselves there, proved by nothing; empty: it is not told. Raises SendError."""


@runtime_checkable
class CarriesFiles(Protocol):
    """A channel whose raw body holds the files themselves (mail), so that nothing has to be fetched later."""

    def extract_files(self, delivery: RawDelivery, item: ItemKey) -> Mapping[str, bytes]:
        """sha256 of an attachment → its bytes; pure."""


@runtime_checkable
class CarriesCodes(Protocol):
    """A channel that can bring a one-time password to an address, and so prove that it is somebody's."""

    codes_to: Literal["phone", "email", ""]
    """What kind of address that is; empty while it cannot (no brandname, no template, no relay)."""

    codes_from: str
    """Our account that they come from."""


@runtime_checkable
class SpeaksCodes(Protocol):
    """A channel that calls somebody and reads a one-time password out; only where they ask for that."""

    spoken_codes_from: str
    """Our account that the call comes from; empty while it cannot."""


@dataclass(frozen=True)
class Reach:
    """
    One way out that a channel offers, as far as it is known before anything is tried.

    Args:
        to: what kind of address it goes to. `label`: what staff call it ("SMS", "mẫu ZNS").
        account: our side of it; empty: whichever the person wrote to.
        window: how long after the person's own words it is open; None: always.
        templates: purposes that an approved template carries, also beyond the window.
        only_templates: nothing else goes this way.
        by: "voice" for a call of the machine, which is tried only where nothing else is left.
        price: 0 free, 1 cheap, 2 dear, per message.
    """

    to: Literal["chat", "phone", "email"]
    label: str
    account: str = ""
    window: timedelta | None = None
    templates: frozenset[str] = frozenset()
    only_templates: bool = False
    by: Literal["", "voice"] = ""
    files: bool = False
    buttons: bool = False
    price: Literal[0, 1, 2] = 0


@runtime_checkable
class Reaches(Protocol):
    """A channel that says by which ways it reaches people, so that news can go another way where one is closed."""

    @property
    def reaches(self) -> Sequence[Reach]:
        """Its ways out, as it is set up now."""


@dataclass(frozen=True)
class Allowance:
    """
    How many messages a provider takes from us, `per_second` and `per_day` (in Vietnam); None: no limit is known.

    `at_once`: how many one process may have under way. `patience`: seconds after which nobody waits for an answer.
    """

    per_second: float | None = None
    per_day: int | None = None
    at_once: int | None = None
    patience: float = 60


UNLIMITED = Allowance()


@runtime_checkable
class Allows(Protocol):
    """A channel whose provider says how much it takes; all our processes together keep to it."""

    @property
    def allowance(self) -> Allowance:
        """As it is set up now; a deployment's own settings go before it."""


@dataclass(frozen=True)
class Fate:
    """
    What became of a message whose sending broke off, as far as its provider knows.

    `unknown`: it cannot tell, or not yet. `provider_message_id`: its id for what it took, as its receipts will name it.
    """

    state: Literal["taken", "delivered", "failed", "unknown"]
    provider_message_id: str = ""
    reason: str = ""


@runtime_checkable
class KnowsRepeats(Protocol):
    """A way out whose receiver knows a message by its id: what may have arrived is sent again, never left unknown."""

    knows_repeats: Literal[True]


@runtime_checkable
class AsksStatus(Protocol):
    """A channel whose provider can be asked, by what we know ourselves, what became of a message."""

    async def asked(self, message: OutboundMessage, *, since: datetime) -> Fate:
        """Look for it among what was handed over since then (aware). Raises SendError: it cannot be asked now."""


class MediaStore(Protocol):
    """Files of citizens and officers, encrypted under their subject's key; a channel only reads them."""

    async def get(self, stored_key: str) -> bytes:
        """The stored bytes. Raises NotFound when erased."""


@dataclass(frozen=True)
class Tokens:
    """
    A provider's pair of tokens: `access` is shown with each call until `expires`, `refresh` is used once for a new one.

    `generation` goes up with each pair, so that whoever was refused can tell whether a newer one stands. With
    `needs_reauth` the provider no longer takes the pair, and only a person can connect us again.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires: datetime
    refreshed_at: datetime
    generation: int
    needs_reauth: bool = False


@dataclass(frozen=True)
class TokenLease:
    """
    The right of one process to use the refresh token of a generation.

    `interrupted`: somebody had it before and never said what came of it: the token may be used up already.
    """

    account: str
    generation: int
    owner: str
    interrupted: bool


class TokenStore(Protocol):
    """A channel's tokens, kept for it: sealed, shared by all processes, renewed by one of them at a time."""

    async def current(self, account: str) -> Tokens | None:
        """The pair in force; None where this account of ours was never connected."""

    async def connect(self, account: str, *, access: str, refresh: str, expires: datetime) -> Tokens:
        """Store a pair that a person was granted just now; it goes before whatever stood there."""

    async def lease(self, account: str, *, generation: int, seconds: float) -> TokenLease | None:
        """
        The right to renew this generation, for so many seconds; ended by `renewed` or `release`.

        Returns: None where another process has it, a newer pair stands, or only a person can help.
        """

    async def renewed(self, lease: TokenLease, *, access: str, refresh: str, expires: datetime) -> Tokens | None:
        """Store the new pair before anybody uses it; returns what stands now, which may be a pair granted meanwhile."""

    async def release(self, lease: TokenLease, *, unsettled: bool = False, needs_reauth: bool = False) -> None:
        """
        Give the lease back without a new pair. `unsettled`: the refresh token may be used up, nobody knows;
        `needs_reauth`: it is, and nothing was got for it.
        """


@runtime_checkable
class NeedsGrant(Protocol):
    """A channel to which an official connects us at the provider (OAuth with PKCE), and which renews that by itself."""

    label: str
    """What staff call it."""

    account: str

    def grant_link(self, *, state: str, verifier: str) -> str:
        """Where the official goes to grant it; the provider comes back to `/oauth/<channel>/callback`."""

    async def redeem(self, query: Mapping[str, str], *, verifier: str) -> None:
        """Turn what the provider came back with into a stored pair. Raises SendError; PayloadInvalid: not an answer."""

    async def tokens(self) -> Tokens | None:
        """What stands now, for staff to see when it ends."""


@dataclass(frozen=True)
class Device:
    """
    A browser or an app that rings for somebody.

    `endpoint`: where a browser's push service is called, or an app's registration token. `p256dh`, `auth`: a browser's
    keys (base64url). `service`: who rings it: "webpush", or "fcm" for an app of its own.
    """

    id: str
    endpoint: str = field(repr=False)
    p256dh: str = field(default="", repr=False)
    auth: str = field(default="", repr=False)
    service: str = "webpush"


class Devices(Protocol):
    """Who switched notices on, and on which devices; kept for a push channel, sealed."""

    async def of(self, owner: str) -> Sequence[Device]:
        """What rings for this conversation or member of staff."""

    async def end(self, device_id: str) -> None:
        """The push service no longer knows it: it rings no more."""
