"""What all readers share: where they read, how they open seals, who may see what, and the log of what was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial

from core.cases.model import Case
from core.contract.errors import CaseError
from core.regulations.model import Pack
from core.service.actors import ADMIN, Member, has_part, may_see, reach
from core.service.reading.curtain import Curtain
from core.service.reading.gathering import Opener
from core.service.reading.names import Names
from core.service.reading.recent import Recent
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.storage import people, restrictions
from core.storage.database import Database


class RevealRefused(CaseError):
    """This person may see it, but not who is behind it: 403."""

    code = "reveal_refused"
    vi = "Quý vị không được xem thông tin cá nhân của người phản ánh này."


class Restricted(RevealRefused):
    """Whoever is behind it had the processing of their data restricted (VN-4): 403, for everybody."""

    code = "restricted"
    vi = "Người này đã yêu cầu hạn chế xử lý dữ liệu: danh tính không được hiện. Xem mục Dữ liệu cá nhân."


class Reads:
    """The common ground of the readers. `now` is the only clock."""

    def __init__(self, database: Database, *, safe: Safe, regulation: Regulation, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._regulation = regulation
        self._now = now
        self._opener = Opener(safe)
        self._recent = Recent()

    async def log(self, member: Member, what: str, ref: str) -> None:
        """Note that personal data was read: who, what, of which case or contact (VN-4)."""
        write = partial(people.log_access, user_id=member.id, what=what, ref=ref, now=self._now())
        await self._database.write(write)

    async def refuse_restricted(self, contact_ids: Collection[str]) -> None:
        """Raises Restricted: one of these people had processing restricted."""
        if await self._database.read(partial(restrictions.held_among, contact_ids=contact_ids)):
            raise Restricted("at the wish of the person")

    def allowed(self, member: Member, case: Case) -> bool:
        """Whether this person may see the case at all."""
        return may_see(member, case, pack=self.pack(case), agencies=self._regulation.agencies)

    def reach(self, member: Member) -> frozenset[str] | None:
        """The agencies whose cases this person's lists are made of; None: all cases."""
        return reach(member, packs=self._regulation.packs, agencies=self._regulation.agencies)

    def may_reveal(self, member: Member, case: Case) -> bool:
        """The centre always; an agency with a part in the case unless the reporter asked for secrecy (TG-5.4)."""
        pack = self.pack(case)
        part = has_part(member, case, pack=pack, agencies=self._regulation.agencies)
        return member.is_centre(pack) or (part and not case.flags.confidential)

    def curtain(self, member: Member, *, reveal: bool, pack: Pack | None = None) -> Curtain:
        """The curtain before this person, drawn aside or not; under the regulation in force, or this one."""
        intake = (pack or self._regulation.current).intake
        wanted = any(entry.field == "identity_number" for entry in intake.required.values())
        return Curtain(reveal, hides_number=wanted and not member.holds(*intake.identity_readers))

    def hears(self, member: Member) -> bool:
        """Whether this person may read conversations: the centre, and administrators (masked)."""
        return member.is_centre(self._regulation.current) or member.holds(ADMIN)

    def pack(self, case: Case) -> Pack:
        """The regulation that the case is pinned to."""
        return self._regulation.packs.get(case.regulation)

    def names(self, pack: Pack | None = None, users: Mapping[str, str] | None = None) -> Names:
        """Words for codes, from this pack or the one in force."""
        return Names(pack or self._regulation.current, self._regulation.agencies, users or {})
