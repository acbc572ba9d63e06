"""
The next way for what could not be told on the last one: another address of the same person, or another channel.

What was sealed for the first way is opened, written anew for the next, and stored in the transaction in which the
first one fails; the same way is never tried twice for one thing. A message nobody knows the end of is left to a
receipt, an echo, or a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal

import structlog

from core.contract.ports import Channel, Reach, Reaches
from core.contract.schema import Address, OutboundMessage, Reporter, new_id
from core.identity import phones
from core.notify.house import House
from core.notify.router import FALLS_THROUGH, News, Route, Way, explain, falls_through, is_shut, is_thin, route
from core.privacy.blind import kind_of_address
from core.service.envelope import opened_entry, sealed_entry
from core.service.reading.names import CHANNELS
from core.service.safe import Safe
from core.service.talk import Correspondent
from core.storage import conversations, outbox, standings, ways
from core.storage.conversations import ConversationRow
from core.storage.database import Database
from core.storage.outbox import ClaimedEntry, NewEntry
from core.storage.ways import Known

log = structlog.get_logger()

_THIN = "news_elsewhere"
_NO_SUBJECT = "Về phản ánh của anh/chị"
CAME_BACK = "recipient_unreachable"
"""Why another way is tried for what a provider took and could not bring."""


@dataclass(frozen=True)
class _Contact:
    """Everything opened: who they are in each conversation, and what they left besides."""

    talks: tuple[tuple[ConversationRow, Correspondent], ...]
    profile: Reporter
    known: Known


class Routing:
    """Finds the next way. `channels`: those that are on; `healthy`: whether one works, as far as is known."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        channels: Mapping[str, Channel],
        house: House,
        now: Callable[[], datetime],
        healthy: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._safe = safe
        self._channels = channels
        self._house = house
        self._now = now
        self._healthy = healthy

    async def is_shut(self, message: OutboundMessage) -> bool:
        """Whether its reader lets us write to them here no more."""
        to = message.recipient
        blind = self._safe.blind.address(to.channel, to.account, to.value)
        known = await self._database.read(partial(standings.at_addresses, address_blinds=[blind]))
        here = (row for row in known if (row.channel, row.account) == (to.channel, to.account))
        return any(not row.reachable and is_shut(row.at, message.last_heard) for row in here)

    async def next(self, entry: ClaimedEntry, code: str) -> NewEntry | None:
        """
        The entry that tries the next way, not stored yet; None where there is no other, or none may be tried.

        Args:
            code: why this one failed for good.
        """
        if not entry.way or entry.forget or entry.payload_sealed is None or code not in FALLS_THROUGH:
            return None
        tried = await self._database.read(
            partial(outbox.ways_tried, conversation_id=entry.conversation_id, root=entry.root)
        )
        known = await self._database.read(partial(ways.of_person, contact_id=entry.subject_id))
        for contact in known:
            await self._safe.bring(contact, new=False)
        written = await self._safe.aside(partial(self._rewritten, entry, code, tried, known), *known)
        if written is None:
            log.warning("no_way_left", entry=entry.id, way=entry.way, error=code)
        return written

    async def instead(self, conversation_id: str, *, coded: bool) -> Route:
        """
        How an answer of ours would go, where the conversation itself takes none (a call that is over).

        `coded`: there is a report whose code can be told.
        """
        row = await self._database.read(partial(conversations.load, conversation_id=conversation_id))
        known = await self._database.read(partial(ways.of_person, contact_id=row.contact_id))
        for contact in known:
            await self._safe.bring(contact, new=False)
        return await self._safe.aside(partial(self._beside, row, known, coded=coded), *known)

    def _beside(self, row: ConversationRow, known: Mapping[str, Known], *, coded: bool) -> Route:
        person = [self._opened(contact, one) for contact, one in known.items()]
        found = (way for one in person for way in self._ways(one, row.id))
        usable = [way for way in found if not way.own and (coded or not is_thin(way))]
        return route(News("reply"), usable, wish=_where_they_write(person), now=self._now())

    async def came_back(self, provider_message_id: str) -> None:
        """A provider took a message and told later that it could not bring it: the next way is tried."""
        entry = await self._database.read(partial(outbox.came_back, provider_message_id=provider_message_id))
        if entry is not None:
            await self.pass_on(entry, CAME_BACK)

    async def pass_on(self, entry: ClaimedEntry, code: str) -> None:
        """Try the next way, if there is one, for what stands as failed."""
        following = await self.next(entry, code)
        if following is not None:
            await self._database.write(partial(outbox.pass_on, entry_id=entry.id, following=following))

    def _rewritten(
        self, entry: ClaimedEntry, code: str, tried: list[str], known: Mapping[str, Known]
    ) -> NewEntry | None:
        message = opened_entry(self._safe, entry.payload_sealed, entry_id=entry.id, subject_id=entry.subject_id)
        if message.purpose == "otp" or not falls_through(message.purpose, code):
            return None
        now, person = self._now(), [self._opened(contact, one) for contact, one in known.items()]
        theirs = (way for contact in person for way in self._ways(contact, entry.conversation_id))
        asked_on = message.channel if message.purpose == "bulletin" else ""
        found = route(
            News(message.purpose, urgent=not entry.waits, asked_on=asked_on),
            [way for way in theirs if not is_thin(way) or message.fields.get("code")],
            tried=[*tried, entry.way],
            wish=_where_they_write(person),
            now=now,
        )
        log.info("way_chosen", entry=entry.id, failed=entry.way, error=code, route=found.logged())
        if not found.ways:
            return None
        why = explain(self._failed(message), code, then=found.ways, now=now)
        return self._entry(entry, self._redirected(message, found.ways[0]), found.ways[0], why=why)

    def _opened(self, subject: str, known: Known) -> _Contact:
        opened = (
            (row, self._safe.open_or_none(row.correspondent_sealed, Correspondent, subject_id=subject, place=place))
            for row in known.conversations
            for place in [f"conversation:{row.id}"]
        )
        profile = self._safe.open_or_none(
            known.profile_sealed, Reporter, subject_id=subject, place=f"contact:{subject}"
        )
        return _Contact(tuple((row, who) for row, who in opened if who), profile or Reporter(), known)

    def _ways(self, contact: _Contact, conversation_id: str) -> Iterator[Way]:
        """Every address of theirs, by every way that reaches such a one."""
        for row, who in contact.talks:
            for reach in self._reaches(row.channel):
                if reach.to != kind_of_address(who.address.value):
                    continue
                if reach.by and not phones.at_home(who.address.value):
                    continue
                if reach.by:  # a line of ours calls: nothing that goes on in their conversation
                    yield self._way(contact, who.address.model_copy(update={"account": reach.account}), reach)
                    continue
                own, heard = row.id == conversation_id, who.last_heard or row.last_inbound_at
                yield self._way(contact, who.address, reach, own=own, last_heard=heard)
        said = filter(None, map(phones.normalise, contact.profile.phones))
        numbers = filter(phones.at_home, said)
        for kind, values in (("phone", numbers), ("email", contact.profile.emails)):
            for value in values:
                yield from self._by_address(contact, kind, value)

    def _by_address(self, contact: _Contact, kind: str, value: str) -> Iterator[Way]:
        for name in self._channels:
            for reach in self._reaches(name):
                if reach.to == kind and reach.account:
                    yield self._way(contact, Address(channel=name, account=reach.account, value=value), reach)

    def _way(
        self, contact: _Contact, to: Address, reach: Reach, *, own: bool = False, last_heard: datetime | None = None
    ) -> Way:
        blind = self._safe.blind.address(to.channel, to.account, to.value)
        shut = (
            row.at
            for row in contact.known.standings
            if (row.address_blind, row.channel, row.account) == (blind, to.channel, to.account) and not row.reachable
        )
        return Way(
            to.channel,
            to.account,
            to.value,
            reach,
            own=own,
            proved=reach.to == "chat" or contact.known.proved.get(blind) is not None,
            last_heard=last_heard,
            shut=next(shut, None),
            healthy=self._healthy(to.channel),
        )

    def _reaches(self, name: str) -> tuple[Reach, ...]:
        channel = self._channels.get(name)
        return tuple(channel.reaches) if isinstance(channel, Reaches) else ()

    def _failed(self, message: OutboundMessage) -> Way:
        to = message.recipient
        kind: Literal["chat", "phone", "email"] = kind_of_address(to.value)
        spoken = (reach for reach in self._reaches(to.channel) if reach.account == to.account or not reach.by)
        declared = (reach for reach in spoken if reach.to == kind)
        reach = next(declared, Reach(kind, CHANNELS.get(to.channel, to.channel)))
        return Way(to.channel, to.account, to.value, reach, last_heard=message.last_heard)

    def _redirected(self, message: OutboundMessage, way: Way) -> OutboundMessage:
        """
        The same news for another way: where the address is only said to be theirs, just that there is some; so too in
        the place of a bell, which has no words.
        """
        thin = is_thin(way) or not message.text
        told = {"text": message.text, "subject": message.subject or _NO_SUBJECT, "fields": message.fields}
        if thin:
            letter = self._house.write(_THIN, {"code": message.fields.get("code", "")})
            fields = message.fields | ({"status": letter.status} if "status" in message.fields else {})
            told = {"text": letter.text, "subject": letter.subject, "fields": fields}
        return OutboundMessage.model_validate(
            told
            | {
                "id": new_id(),
                "channel": way.channel,
                "account": way.account,
                "recipient": Address(channel=way.channel, account=way.account, value=way.value),
                "buttons": message.buttons if way.reach.buttons and not thin else (),
                "attachments": message.attachments if way.reach.files and not thin else (),
                "conversation_id": message.conversation_id,
                "automatic": message.automatic,
                "purpose": message.purpose,
                "last_heard": way.last_heard,
                "expires_at": message.expires_at if message.purpose == "bulletin" else None,
                "proved": not is_thin(way),
            }
        )

    def _entry(self, failed: ClaimedEntry, message: OutboundMessage, way: Way, *, why: str) -> NewEntry:
        now, quiet = self._now(), self._house.quiet
        key = f"{failed.dedupe_key.partition('#')[0]}#{way.name}"
        entry = sealed_entry(
            self._safe, message, subject_id=failed.subject_id, dedupe_key=key, now=now, case_id=failed.case_id
        )
        return replace(
            entry,
            conversation_id=failed.conversation_id,
            next_at=quiet.calls_at(way.name, quiet.leaves_at(way.channel, now) if failed.waits else now),
            root=failed.root,
            way=way.name,
            why=why[:300],
            waits=failed.waits,
        )


def _where_they_write(person: Sequence[_Contact]) -> list[str]:
    """The channels on which a person has written to us, the last one first: that is where they look."""
    talks = [(who.last_heard or row.last_inbound_at, row.channel) for one in person for row, who in one.talks]
    heard = sorted(((at, channel) for at, channel in talks if at is not None), reverse=True)
    return list(dict.fromkeys(channel for _, channel in heard))
