"""
Telling members of staff: who holds the role there, in which forms, and what came of each.

Every form is a delivery of its own. The console keeps a notice until its reader has read it; other forms are entries of
the outbox. Where this deployment has no channel for a form, a person left no address, or nobody holds the role, that is
what is recorded: no delivery is ever pretended. A notice says which work is due and when, never what people wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from types import MappingProxyType

from core.contract.schema import Address, Model, OutboundMessage, new_id
from core.notify.house import House
from core.notify.letters import Letter
from core.notify.plan import Notice
from core.regulations.sections import Form
from core.service.audience import Wanted, each_once, given_to, values_of, wanted_by
from core.service.case_links import CaseLinks
from core.service.casefile import CaseFile
from core.service.envelope import sealed_entry
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.work import Work
from core.storage import outbox, staff_notices
from core.storage.database import Database
from core.storage.outbox import NewEntry
from core.storage.staff_notices import Holder, NoticeRow

CONSOLE = "console"
OUTSIDE: tuple[Form, ...] = ("push", "sms", "email")
"""Forms that need a channel, and an address of the person."""
CARRIERS: Mapping[str, str] = MappingProxyType({"push": "webpush", "sms": "sms", "email": "email"})
"""Form → the channel that brings it. The address of a push is the person: their devices are known by that."""

LINKED = frozenset({"sms", "email"})
"""Forms that reach one person alone, so that a link of their own may stand in them."""


@dataclass(frozen=True)
class Saying:
    """
    Something that staff are told for another reason than an event of a case; once under its key.

    Args:
        seats: (role, agency) pairs, the nearest first. notification: what sort of thing it is, by which the console
            knows where it leads. text: its last line is the address where it is seen to.
        case_id, code: where it is about one case after all.
    """

    key: str
    seats: tuple[tuple[str, str], ...]
    notification: str
    letter: Letter
    via: tuple[Form, ...] = ("console", *OUTSIDE)
    case_id: str = ""
    code: str = ""


class StaffAddress(Model):
    """Where one official is told in one form: a number, a mail address, a device."""

    value: str


class Officers:
    """Writes what staff are told into a unit of work. `accounts`: form whose channel is on → our side of it."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        regulation: Regulation,
        house: House,
        links: CaseLinks,
        accounts: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._safe = safe
        self._regulation = regulation
        self._house = house
        self._links = links
        self._accounts = accounts
        self._now = now

    async def tell(self, work: Work, file: CaseFile, notices: Sequence[Notice]) -> None:
        """Put every notice that names a form before everybody who holds its roles."""
        told = [notice for notice in notices if notice.staff and notice.via]
        wanted = [one for notice in told for one in wanted_by(notice, file, self._regulation.agencies)]
        if not wanted:
            return
        seats = {seat for one in wanted for seat in one.seats}
        holders = await self._database.read(partial(staff_notices.holders, seats=seats, now=self._now()))
        forms = {form for notice in told for form in notice.via}
        addresses = await self._addresses({holder.user_id for holder in holders}, forms)
        for one in wanted:
            await self._tell(work, file, one, [found for found in holders if one.concerns(found)], addresses)

    async def say(self, work: Work, sayings: Sequence[Saying]) -> None:
        """Put each before everybody who sits there; what was said before under its key is not said again."""
        seats = {seat for one in sayings for seat in one.seats}
        holders = await self._database.read(partial(staff_notices.holders, seats=seats, now=self._now()))
        forms = {form for one in sayings for form in one.via}
        addresses = await self._addresses({holder.user_id for holder in holders}, forms)
        for one in sayings:
            await self._give(work, one, [found for found in holders if _seat_of(found) in one.seats], addresses)

    async def say_once(self, work: Work, sayings: Sequence[Saying]) -> int:
        """Those whose keys are not known yet; how many that was. Nothing is put where everything is known."""
        known = await self._database.read(partial(staff_notices.said, keys=[one.key for one in sayings]))
        fresh = [one for one in sayings if one.key not in known]
        if fresh:
            await self.say(work, fresh)
        return len(fresh)

    async def say_to(self, work: Work, saying: Saying, user_id: str) -> None:
        """Put it before this person alone, whatever they hold."""
        role, agency = saying.seats[0]
        addresses = await self._addresses({user_id}, saying.via)
        await self._give(work, saying, [Holder(user_id, role, agency)], addresses)

    async def _addresses(self, users: set[str], forms: Collection[str]) -> Mapping[tuple[str, str], bytes]:
        reachable = any(form in self._accounts for form in forms)
        return await self._database.read(partial(staff_notices.addresses, user_ids=users)) if reachable else {}

    async def _tell(
        self,
        work: Work,
        file: CaseFile,
        one: Wanted,
        holders: Sequence[Holder],
        addresses: Mapping[tuple[str, str], bytes],
    ) -> None:
        letter = self._house.write_to_staff(
            one.notice.template, values_of(file, one, self._regulation.agencies), case_id=file.now.id
        )
        saying = Saying(
            key=f"{file.now.id}/{one.notice.key}/{one.part.id if one.part else '-'}",
            seats=one.seats,
            notification=one.notice.notification,
            letter=letter,
            via=tuple(one.notice.via),
            case_id=file.now.id,
            code=file.now.code,
        )
        await self._give(work, saying, given_to(one, holders), addresses)

    async def _give(
        self, work: Work, saying: Saying, chosen: Sequence[Holder], addresses: Mapping[tuple[str, str], bytes]
    ) -> None:
        if not chosen:
            work.put(staff_notices.NOTICES, self._row(saying, None, CONSOLE, "nobody").__dict__)
        for holder in each_once(chosen):
            for form in saying.via:
                await self._deliver(work, saying, holder, form, addresses.get((holder.user_id, form)))

    async def _deliver(self, work: Work, saying: Saying, holder: Holder, form: Form, sealed: bytes | None) -> None:
        if form == CONSOLE:
            work.put(staff_notices.NOTICES, self._row(saying, holder, form, "shown").__dict__)
            return
        address = await self._address(holder.user_id, form, sealed) if form in self._accounts else None
        if address is None:
            state = "no_address" if form in self._accounts else "no_channel"
            work.put(staff_notices.NOTICES, self._row(saying, holder, form, state).__dict__)
            return
        row = self._row(saying, holder, form, "queued", outbox_id=new_id())
        work.put(outbox.ENTRIES, self._entry(row, address).__dict__)
        work.put(staff_notices.NOTICES, row.__dict__)

    def _row(
        self, saying: Saying, holder: Holder | None, form: str, state: str, *, outbox_id: str | None = None
    ) -> NoticeRow:
        seat = _seat_of(holder) if holder else saying.seats[0]
        who = holder.user_id if holder else "@".join(seat)
        return NoticeRow(
            id=new_id(),
            dedupe_key=f"{saying.key}/{who}/{form}",
            user_id=holder.user_id if holder else None,
            role=seat[0],
            agency_id=seat[1],
            case_id=saying.case_id,
            case_code=saying.code,
            notification=saying.notification,
            form=form,
            subject=saying.letter.subject[:200],
            text=saying.letter.text[:600],
            state=state,
            outbox_id=outbox_id,
            created_at=self._now(),
        )

    def _entry(self, row: NoticeRow, address: str) -> NewEntry:
        """The message under the key of the person who gets it; messages to one person leave in order."""
        user_id, entry_id = str(row.user_id), str(row.outbox_id)
        channel, account = CARRIERS[row.form], self._accounts[row.form]
        message = OutboundMessage(
            id=entry_id,
            channel=channel,
            account=account,
            recipient=Address(channel=channel, account=account, value=address),
            text=self._with_link(row),
            subject=row.subject,
            conversation_id=user_id,
            fields={"page": "work"},
        )
        key, case_id = f"{outbox.TO_STAFF}{sha256(row.dedupe_key.encode()).hexdigest()}", row.case_id or None
        return sealed_entry(
            self._safe, message, subject_id=user_id, dedupe_key=key, now=row.created_at, case_id=case_id
        )

    def _with_link(self, row: NoticeRow) -> str:
        """
        What is sent: by SMS and mail the address of the case is the reader's own, which opens it without a password.

        It stands in the sealed message alone: the notice that is kept names the page that asks who one is.
        """
        page = self._house.case_page(row.case_id) if row.case_id else ""
        if row.form not in LINKED or not page or row.user_id is None:
            return row.text
        return row.text.replace(page, self._links.address(user_id=row.user_id, case_id=row.case_id))

    async def _address(self, user_id: str, form: str, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        await self._safe.bring(user_id, new=False)
        opened = self._safe.open_or_none(sealed, StaffAddress, subject_id=user_id, place=_place(user_id, form))
        return opened.value if opened else None

    async def set_address(self, user_id: str, form: Form, value: str) -> None:
        """Where this person wants to be told in this form; empty: not any more. ValueError: not a form outside."""
        if form not in OUTSIDE:
            raise ValueError(f"{form} needs no address")
        sealed = None
        if value:
            await self._safe.bring(user_id, new=True)
            sealed = self._safe.seal(StaffAddress(value=value), subject_id=user_id, place=_place(user_id, form))
        write = partial(staff_notices.set_address, user_id=user_id, form=form, sealed=sealed, now=self._now())
        await self._database.write(write)

    async def addresses_of(self, user_id: str) -> dict[str, str]:
        """This person's own addresses, by form."""
        found = await self._database.read(partial(staff_notices.addresses, user_ids=[user_id]))
        opened = {form: await self._address(user_id, form, sealed) for (_, form), sealed in found.items()}
        return {form: value for form, value in opened.items() if value}


def _seat_of(holder: Holder) -> tuple[str, str]:
    return holder.role, holder.agency_id


def _place(user_id: str, form: str) -> str:
    return f"staff_address:{user_id}:{form}"
