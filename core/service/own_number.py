"""What the dialogue has done about a number that somebody says is theirs: a password sent, an answer taken."""

from __future__ import annotations

from functools import partial

from core.identity.contacts import Proof as Evidence
from core.intake.effects import TakeProof
from core.intake.happenings import NumberProof, Proof
from core.service.joining import Joined, Joining
from core.service.proving import Proving, Wanted
from core.service.talk import Talk
from core.service.work import Work


class OwnNumber:
    """Proves the numbers of people in conversations."""

    def __init__(self, proving: Proving, joining: Joining) -> None:
        self._proving = proving
        self._joining = joining

    def ask(self, work: Work, talk: Talk, phone: str) -> NumberProof:
        """A password for this conversation; it leaves once all of the work is stored."""
        way = self._proving.carriers.way([phone])
        if way is None:
            return NumberProof(phone, Proof.NOWHERE)
        client = f"{talk.row.channel}:{talk.row.address_blind}"
        work.afterwards.append(partial(self._proving.request, Wanted(_purpose(talk), way, client)))
        return NumberProof(phone, Proof.SENT)

    async def take(self, work: Work, talk: Talk, effect: TakeProof) -> tuple[NumberProof, Joined]:
        """The number is theirs, by a password or by the provider's word."""
        if effect.typed and not await self._proving.answer(work, effect.phone, effect.typed, purpose=_purpose(talk)):
            return NumberProof(effect.phone, Proof.WRONG), Joined()
        evidence = Evidence.OTP if effect.typed else Evidence.PROVIDER
        joined = await self._joining.prove(work, talk, effect.phone, evidence)
        return NumberProof(effect.phone, Proof.DONE, joined.codes), joined


def _purpose(talk: Talk) -> str:
    return f"link:{talk.row.id}"
