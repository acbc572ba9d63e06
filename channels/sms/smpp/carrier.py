"""A carrier's own line: one transceiver where we listen, a transmitter where this process only sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from channels.sms.carrier import Submission, Table, failure
from channels.sms.settings import SmppSettings
from channels.sms.smpp import incoming, outgoing
from channels.sms.smpp.ear import Ear
from channels.sms.smpp.line import Line, Pace
from channels.sms.smpp.pdu import Command, Pdu, Status, enquire, message_id
from channels.sms.smpp.receipts import Spellings, comparable
from channels.sms.smpp.session import Session
from channels.sms.smpp.texts import read
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    MessageInvalid,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    SignatureInvalid,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import AcceptRaw, Health, ItemKey, RawDelivery
from core.contract.schema import Parsed

TRIES = 5
"""How often a part is offered after the first has left; half a message helps nobody."""
ERRORS: Table = {
    "0x1": MessageInvalid,
    "0x8": TemporarySendError,
    "0xa": ChannelMisconfigured,
    "0xb": RecipientUnreachable,
    "0x14": Throttled,
    "0x45": TemporarySendError,
    "0x58": Throttled,
    "0x64": TemporarySendError,
    "0x65": ProviderRefused,
}


class Smpp:
    """Implements `Carrier`, and listens."""

    def __init__(self, settings: SmppSettings, *, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._spellings = Spellings(settings.answer_ids, settings.receipt_ids)
        self._clock = clock
        self._pace = Pace(settings.per_second)
        self._line: Line | None = None
        self._stopped = False
        self._ear = Ear(settings, clock=clock)

    def verify(self, delivery: RawDelivery) -> None:
        """The line it came by was opened with our password, by us; nothing else is to be proved."""
        if not delivery.body:
            raise SignatureInvalid("nothing came")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item a message, in however many parts it came."""
        return [incoming.key_of(read(delivery.body), at=delivery.received_at or self._clock())]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What the PDUs say."""
        at = delivery.received_at or datetime.now(UTC)
        pdus = read(delivery.body)
        return [incoming.meaning_of(pdus, item, account=delivery.account, at=at, spellings=self._spellings)]

    async def start(self, accept: AcceptRaw) -> None:
        """Begin to listen; returns at once."""
        if self._line is not None:  # a sender was quicker, and hears nothing
            await self._line.end()
        self._line, self._ear.accept, self._stopped = None, accept, False
        self._open(Command.BIND_TRANSCEIVER)

    async def close(self) -> None:
        """Store what has come, then unbind; idempotent. Nothing is sent any more."""
        self._stopped = True
        await self._ear.finish()
        line, self._line = self._line, None
        if line is not None:
            await line.end()

    async def submit(self, submission: Submission) -> str:
        """
        Hand over all parts; returns the id of the last, which is the one that is reported on.

        Raises SendError; OutcomeUnknown as soon as one part has left and another has not.
        """
        session = await self._open(Command.BIND_TRANSMITTER).session()
        answer: Pdu | None = None
        for writer in outgoing.write(submission, self._settings):
            answer = await self._offer(session, writer, has_begun=answer is not None)
        if answer is None or not (given := message_id(answer)):
            raise OutcomeUnknown("the message centre gave the message no id")
        return comparable(given, self._settings.answer_ids)

    async def check_health(self) -> Health:
        """Whether the line is open and the centre answers."""
        try:
            session = await self._open(Command.BIND_TRANSMITTER).session()
            await session.request(enquire)
        except SendError as error:
            return Health(ok=False, detail=f"Đường truyền tin nhắn tới nhà mạng bị gián đoạn ({error.code}).")
        return Health(ok=True, detail="Đường truyền tin nhắn tới nhà mạng hoạt động bình thường.")

    def _open(self, command: Command) -> Line:
        """The line of this process; whoever only sends hears nothing by it."""
        if self._stopped:
            raise ConnectionFailed("the line is closed")
        if self._line is None:
            self._line = Line(self._settings, command, deliver=self._ear.hear)
            self._line.begin()
        return self._line

    async def _offer(self, session: Session, writer: outgoing.Writer, *, has_begun: bool) -> Pdu:
        """One part; the first is given back where the centre has no time, the others are insisted on."""
        for _ in range(TRIES):
            try:
                return await self._once(session, writer)
            except (Throttled, ConnectionFailed) as error:
                if not has_begun:
                    raise
                problem: SendError = error
            except SendError as error:
                if not has_begun:
                    raise
                problem = error
                break
        raise OutcomeUnknown("only a part of the message has left", provider_code=problem.provider_code)

    async def _once(self, session: Session, writer: outgoing.Writer) -> Pdu:
        await self._pace.turn()
        answer = await session.request(writer)
        if answer.status == Status.OK:
            self._pace.speed_up()
            return answer
        problem = failure(ERRORS, hex(answer.status))
        if isinstance(problem, Throttled):
            problem.retry_after = max(self._pace.slow_down(), problem.retry_after)
        raise problem
