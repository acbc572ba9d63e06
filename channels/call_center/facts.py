"""
What is known of a call once it is over: written to the spool by the telephony process, read by the channel's mapping.

Fields are only ever added: a record may be read by a later version than the one that wrote it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.contract.schema import Instant

CHANNEL = "call_center"
MACHINE = "machine"
"""Our side of calls that the machine makes, whichever line carries them."""
WHOLE = "whole"
"""Stem of the recording of the whole call."""
ID = r"^[0-9a-f]{32}$"
_FILE = r"^[a-z][a-z0-9_]{0,31}\.wav(\.sealed)?$"

Purpose = Literal["", "report", "callback", "status", "emergency"]
"""What the caller came to do, as far as the flow knows; empty: they hung up before."""


class _Facts(BaseModel):
    """Frozen, and deaf to what later versions add."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Answer(_Facts):
    """Keys pressed at a step of the flow; those of a PIN are never kept."""

    step: str
    keys: str


class Recording(_Facts):
    """
    A file of the call in its spool folder.

    Args:
        part: what was asked for ("what", "where", "message"), or "whole".
        source: where it lies, if not in the spool (`tapes`).
        sha256: of the file. `spoken_seconds`: 0 where nobody measured it.
        complete: False where the disk refused part of it.
    """

    part: str
    file: str = Field(pattern=_FILE)
    source: str = ""
    seconds: float = 0.0
    spoken_seconds: float = 0.0
    sha256: str = ""
    size: int = 0
    complete: bool = True


class CallRecord(_Facts):
    """
    One call, from its ring to its end; every call leaves one, also one that ended in its greeting.

    Of a call that a provider took for us more is told later: a record of the same call, `adds` names what is new in it.

    Args:
        caller: E.164, as the trunk asserted it; empty where it is withheld or no number.
        called: the number of ours that was dialled.
        began_at: the ring; `answered_at` stays empty where the caller gave up before.
        ended_by: "crash" where the telephony process itself ended in the call.
        step: where in the flow it ended.
        notice: the caller was told that the call is recorded, and only from then on it was (VN-5).
        code: promised to the caller; `code_told`: read out to its end. `pin` is empty where none was read out.
        emergency: the line that is meant (113 …), where it was an emergency.
        followed: the caller was told where a report stands. `talked`: with a person.
        finished: the flow came to an end that leaves nothing to do.
        call_back_to: another number than the caller's, typed by them.
        agent: who of ours talked to the caller, or called them (a user's id). `given_to`: the place outside that they
            gave the call to.
        about: what we called about, "case:" or "call:" and an id. Of our own calls `called` is theirs, in E.164.
        queue: in which they waited for a person, since `queued_at`, and the `skills` that were asked for.
        rated: code of the report they follow, proved by its PIN or by their number, and the key they pressed.
        message: the outbox message for which the machine called. `proved`: they gave the PIN of its report, so that the
            number is theirs. `opted_out`: they want no more such calls.
        sealed: what of all this only the web side may read (`secrecy`), base64; then those fields are empty.
    """

    id: str = Field(pattern=ID)
    adds: str = Field(default="", pattern=r"^[a-z0-9]{0,40}$")
    way: Literal["in", "out"] = "in"
    trunk: str
    caller: str = ""
    called: str = ""
    flow: str = ""
    storm: bool = False
    language: str = "vi"
    began_at: Instant
    answered_at: Instant | None = None
    ended_at: Instant
    ended_by: Literal["them", "us", "trunk", "crash"] = "crash"
    ended_code: int = 0
    step: str = ""
    purpose: Purpose = ""
    finished: bool = False
    notice: bool = False
    emergency: str = ""
    answers: tuple[Answer, ...] = ()
    recordings: tuple[Recording, ...] = ()
    code: str = ""
    code_told: bool = False
    followed: bool = False
    talked: bool = False
    pin: str = Field(default="", repr=False)
    call_back_to: str = ""
    agent: str = ""
    given_to: str = ""
    about: str = ""
    queue: str = ""
    queued_at: Instant | None = None
    skills: tuple[str, ...] = ()
    rated: tuple[str, str] | None = None
    message: str = ""
    proved: bool = False
    opted_out: bool = False
    sealed: str = ""

    def recording(self, part: str) -> Recording | None:
        """The file of one part."""
        return next((one for one in self.recordings if one.part == part), None)
