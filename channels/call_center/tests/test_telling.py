"""Calls that the machine makes: what is told, kept and proved; and every way in which nobody is reached."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from channels.call_center.agents.caller import Served, Told, Wanted
from channels.call_center.errands import LONGEST_TEXT, Errand, Outcome, end_of, speakable
from channels.call_center.facts import CallRecord
from channels.call_center.flow.happenings import Looked
from channels.call_center.flow.load import CODE_FLOW, RESULT_FLOW, read_named
from channels.call_center.mapping import outcome_of, to_facts
from channels.call_center.ports import Call, CallFailed, Way
from channels.call_center.prompts.voice import NoVoice
from channels.call_center.spool import Spool
from channels.call_center.telling import TOLD, Telling, ToldCall
from channels.call_center.tests.played import CODE, PIN, PlayedCall, PlayedDesk, PlayedMedia, tools
from core.contract.schema import CallOutcome

NUMBER, MESSAGE, OTP = "+84900000001", "0" * 31 + "9", "918273"
RESULT = Errand(message=MESSAGE, kind="result", number=NUMBER, code=CODE, text="Đã thay bóng đèn.", proved=True)
PASSWORD = Errand(message=MESSAGE, kind="code", number=NUMBER, otp=OTP)
OFFERED = [("talked", "served"), ("callback", "callback"), ("machine", "callback")]
ANSWERED = Looked(True, stage=("stage_answered",), ratable=True)


class Voice:
    """Says everything, as one second of silence."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def say(self, text: str) -> bytes | None:
        self.said.append(text)
        return bytes(16000)


@dataclass
class Line:
    """Somebody answers, or it fails with a code."""

    answer: PlayedCall | int
    name: str = "all"
    dialled: list[tuple[str, str]] = field(default_factory=list)

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Any = None) -> Call:
        self.dialled.append((to, caller))
        if isinstance(self.answer, int):
            raise CallFailed(self.answer)
        return self.answer  # type: ignore[return-value]


class Desk:
    """People who answer, of whom one does, or nobody."""

    def __init__(self, outcome: str) -> None:
        self._outcome = outcome

    async def serve(self, call: Call, wanted: Wanted, *, about: str, told: Told) -> Served:
        if self._outcome == "talked":
            told.answered("lan")
        return Served(self._outcome)  # type: ignore[arg-type]


@dataclass
class Trial:
    """One call of the machine."""

    folder: Path
    answer: PlayedCall | int
    errand: Errand = RESULT
    looked: Looked = ANSWERED
    person: str = "machine"
    voice: Any = field(default_factory=Voice)

    async def run(self) -> Outcome:
        self.desk = PlayedDesk(answer=self.looked)
        self.line = Line(self.answer)
        kept = replace(tools(self.folder, self.desk), people=Desk(self.person))
        flow = read_named(RESULT_FLOW if self.errand.kind == "result" else CODE_FLOW).flow
        call = ToldCall(self.errand, Telling(self.line, kept, flow, self.voice))  # type: ignore[arg-type]
        await asyncio.wait_for(call.lead(), 30)
        return call.decided.result().outcome

    @property
    def record(self) -> CallRecord:
        (place,) = Spool(self.folder).waiting()
        return CallRecord.model_validate_json(Spool(self.folder).body(place))


def reached(*keys: str, **how: Any) -> PlayedCall:
    return PlayedCall(PlayedMedia(keys=list(keys), **how), NUMBER, way=Way.OUT, called="")


@pytest.mark.rule("QB-QD.III.1.1b", "VN-5")
async def test_a_result_is_read_out_and_rated(tmp_path: Path) -> None:
    call = reached("1", "1")
    trial = Trial(tmp_path, call)

    assert await trial.run() is Outcome.REACHED

    assert trial.line.dialled == [(NUMBER, "")]
    assert trial.voice.said == ["Đã thay bóng đèn."]
    assert call.media.learned == {TOLD: bytes(16000)}
    assert TOLD in call.media.heard
    assert call.media.recorded_from == "recording_notice"
    record = trial.record
    assert (record.way, record.called, record.message, record.agent) == ("out", NUMBER, MESSAGE, "")
    assert (record.rated, record.followed, record.finished, record.proved) == ((CODE, "1"), True, True, False)
    assert [one.part for one in record.recordings] == ["whole"]
    assert "bóng đèn" not in record.model_dump_json()
    facts = to_facts(record)
    assert (facts.outcome, facts.message, facts.call_back_to) == (CallOutcome.SERVED, MESSAGE, NUMBER)


async def test_without_a_voice_the_stage_is_said(tmp_path: Path) -> None:
    call = reached("1", "1")

    assert await Trial(tmp_path, call, voice=NoVoice()).run() is Outcome.REACHED

    assert "stage_answered" in call.media.heard
    assert "told_is" not in call.media.heard


async def test_a_stranger_gives_the_pin_and_it_stands_in_no_record(tmp_path: Path) -> None:
    call = reached("1", PIN, "3")
    trial = Trial(tmp_path, call, errand=RESULT.model_copy(update={"proved": False}))

    assert await trial.run() is Outcome.REACHED

    assert trial.desk.asked == [(CODE, PIN, "")]
    assert trial.voice.said == []
    assert (trial.record.proved, trial.record.rated) == (True, (CODE, "3"))
    assert PIN not in trial.record.model_dump_json()


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_a_password_leaves_nothing_behind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    call = reached("1", "")
    trial = Trial(tmp_path, call, errand=PASSWORD)

    assert await trial.run() is Outcome.REACHED

    spelled = re.sub(r"\D", "", "".join(slot for slot in call.media.heard if slot.startswith("digit_")))
    assert spelled == OTP + OTP
    assert (call.media.recording, call.media.closed) == (None, 1)
    assert os.listdir(tmp_path) == []
    assert OTP not in caplog.text + repr(PASSWORD)


@pytest.mark.parametrize("errand", [RESULT, PASSWORD], ids=["result", "code"])
async def test_a_voice_mail_box_is_nobody(tmp_path: Path, errand: Errand) -> None:
    call = reached("", "")

    assert await Trial(tmp_path, call, errand=errand).run() is Outcome.NOT_REACHED

    assert not {TOLD, "stage_answered", "digit_9"} & set(call.media.heard)
    assert call.media.recorded_from == ""


async def test_who_rings_off_at_once_is_not_reached(tmp_path: Path) -> None:
    trial = Trial(tmp_path, reached(leaves_at="result_call"))

    assert await trial.run() is Outcome.NOT_REACHED
    assert outcome_of(trial.record) is CallOutcome.NOT_REACHED


async def test_who_rings_off_after_hearing_it_was_reached(tmp_path: Path) -> None:
    trial = Trial(tmp_path, reached("1", leaves_at="rate"))

    assert await trial.run() is Outcome.REACHED
    assert (trial.record.ended_by, outcome_of(trial.record)) == ("them", CallOutcome.SERVED)


async def test_no_more_calls(tmp_path: Path) -> None:
    trial = Trial(tmp_path, reached("8"))

    assert await trial.run() is Outcome.OPTED_OUT
    assert trial.record.opted_out


@pytest.mark.parametrize(("person", "outcome"), OFFERED)
async def test_nine_leads_to_a_person_or_a_call_back(tmp_path: Path, person: str, outcome: str) -> None:
    trial = Trial(tmp_path, reached("9"), person=person)

    assert await trial.run() is Outcome.REACHED
    assert (outcome_of(trial.record).value, trial.record.agent) == (outcome, "lan" if person == "talked" else "")


@pytest.mark.parametrize(
    ("code", "outcome", "kept"),
    [
        (486, Outcome.NOT_REACHED, CallOutcome.NOT_REACHED),
        (408, Outcome.NOT_REACHED, CallOutcome.NOT_REACHED),
        (603, Outcome.NOT_REACHED, CallOutcome.NOT_REACHED),
        (404, Outcome.NO_NUMBER, CallOutcome.NOT_REACHED),
        (503, Outcome.NO_LINE, CallOutcome.NOT_TRIED),
        (0, Outcome.NO_LINE, CallOutcome.NOT_TRIED),
    ],
)
async def test_why_nobody_was_reached(tmp_path: Path, code: int, outcome: Outcome, kept: CallOutcome) -> None:
    trial = Trial(tmp_path, code)

    assert await trial.run() is outcome
    assert (trial.record.ended_code, outcome_of(trial.record), trial.record.recordings) == (code, kept, ())


async def test_what_cannot_be_kept_is_not_begun(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trial = Trial(tmp_path / "file", 486)

    with pytest.raises(NotADirectoryError):
        await trial.run()

    assert trial.line.dialled == []


async def test_an_error_of_ours_ends_the_call_and_is_kept(tmp_path: Path) -> None:
    call = reached("1")
    call.media.collect = lambda *_a, **_k: 1 / 0  # type: ignore[assignment,method-assign]
    trial = Trial(tmp_path, call)

    assert await trial.run() is Outcome.NOT_REACHED
    assert (call.media.closed, trial.record.ended_by) == (1, "trunk")


def test_what_a_crash_leaves_is_no_call_that_reached_somebody() -> None:
    begun = {"id": MESSAGE, "way": "out", "trunk": "all", "message": MESSAGE, "began_at": "2026-03-02T05:00:00Z"}
    record = CallRecord.model_validate(begun | {"ended_at": "2026-03-02T05:00:09Z"})

    assert end_of(record) is Outcome.NO_LINE


def test_what_a_voice_can_read() -> None:
    text = "Kết quả:  đã xong.\nXem https://langnghe.example.vn/tra-cuu?ma=1 mã 1234 5678 9018, ngày 12/3."

    assert speakable(text) == "Kết quả: đã xong. Xem mã , ngày 12/3."
    assert speakable("Một câu dài. " * 400)[-1] == "."
    assert len(speakable("a" * 5000)) == LONGEST_TEXT
