"""Processes that think: the same answers as ours, a message that kills one, and what holds when rules change."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.contract.errors import ThinkingFailed
from core.contract.schema import InboundMessage
from core.intake.dialogue import Step, step
from core.intake.effects import Submit
from core.intake.happenings import Happening, MessageArrived, ReportOpened, TimerFired, TimerKind
from core.intake.state import Dialogue
from core.places import Ground
from core.service.thinkers.crew import Thinkers
from core.service.thinkers.thinker import Thinker
from core.service.thinkers.wire import Premises, Question
from tests.core.intake import harness
from tests.core.intake.harness import at, rules
from tests.support.waiting import until

HUE = Premises(rules("hue"), Ground())
WORDS = (
    "Đèn đường trước số nhà 12 đường Lê Lợi, phường Thuận Hóa hỏng từ tối qua, tối om.",
    "Có cháy nhà ở chợ, cứu với!",
    "không, tôi nhầm, ở số 14",
    "cho tôi hỏi hồ sơ của tôi đã xử lý đến đâu rồi",
    "",
)


def message(words: str) -> InboundMessage:
    return harness.message("zalo", 0, {"t": 0, "text": words})


@asynccontextmanager
async def thinker(premises: Premises = HUE) -> AsyncIterator[Thinker]:
    """One of them, ready."""
    one = await Thinker.start(premises)
    try:
        yield one
    finally:
        await one.stop()


def question(happening: Happening, dialogue: Dialogue | None = None, *, turn: int = 1) -> Question:
    return Question(turn, Dialogue() if dialogue is None else dialogue, happening, at(0))


async def test_they_answer_as_we_would() -> None:
    """Message after message of one conversation, and what follows from them."""
    async with thinker() as one:
        dialogue = Dialogue()
        for number, words in enumerate(WORDS):
            for happening in (MessageArrived(message(words)), TimerFired(TimerKind.BURST)):
                ours = step(dialogue, happening, rules=HUE.rules, now=at(0))
                theirs = await one.answer(question(happening, dialogue, turn=number), HUE)
                assert theirs == ours
                dialogue = ours.state
                for effect in (effect for effect in ours.effects if isinstance(effect, Submit)):
                    opened = ReportOpened("10000001", "246810", "r1", effect.draft.id)
                    ours = step(dialogue, opened, rules=HUE.rules, now=at(0))
                    assert await one.answer(question(opened, dialogue, turn=number), HUE) == ours
                    dialogue = ours.state


async def test_many_questions_at_once_have_each_their_answer() -> None:
    """In the order in which they were asked."""
    happenings = [MessageArrived(message(f"Ổ gà trước nhà số {number} đường Lê Lợi")) for number in range(50)]
    async with thinker() as one:
        found = await asyncio.gather(*(one.answer(question(happening), HUE) for happening in happenings))
    assert found == [step(Dialogue(), happening, rules=HUE.rules, now=at(0)) for happening in happenings]


async def test_rules_that_change_hold_from_the_next_question_on() -> None:
    """Also between two questions that are asked at once."""
    other = Premises(HUE.rules.model_copy(update={"office": "Văn phòng khác"}), Ground())
    happening = MessageArrived(message(WORDS[3]))
    async with thinker() as one:
        before, after = await asyncio.gather(
            one.answer(question(happening), HUE), one.answer(question(happening), other)
        )
    assert before == step(Dialogue(), happening, rules=HUE.rules, now=at(0))
    assert after == step(Dialogue(), happening, rules=other.rules, now=at(0))


async def test_what_it_cannot_answer_is_ours_to_find_out() -> None:
    """It goes on with the next question."""
    async with thinker() as one:
        beyond_us = Question(1, "no dialogue", MessageArrived(message(WORDS[0])), at(0))  # type: ignore[arg-type]
        assert await one.answer(beyond_us, HUE) is None
        assert isinstance(await one.answer(question(MessageArrived(message(WORDS[0]))), HUE), Step)


async def test_the_question_it_died_at_is_refused_and_the_others_are_ours() -> None:
    """It may be the question that killed it: we had better not die of it, too."""
    async with thinker() as one:
        os.kill(one.pid, signal.SIGSTOP)
        asked = [asyncio.create_task(one.answer(question(MessageArrived(message(words))), HUE)) for words in WORDS]
        await asyncio.sleep(0)
        os.kill(one.pid, signal.SIGKILL)
        first, *others = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(first, ThinkingFailed)
        assert others == [None] * len(others)
        assert await one.answer(question(MessageArrived(message(WORDS[0]))), HUE) is None


async def test_one_that_comes_to_no_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked hears of it."""
    monkeypatch.setattr("core.service.thinkers.thinker._PATIENCE", 0.2)
    async with thinker() as one:
        os.kill(one.pid, signal.SIGSTOP)
        with pytest.raises(ThinkingFailed):
            await one.answer(question(MessageArrived(message(WORDS[0]))), HUE)
        assert one.ended.is_set()


async def test_a_crew_is_kept_up_and_leaves_nobody_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is ready at first, which is for whoever asks to do without."""
    monkeypatch.setattr("core.service.thinkers.crew._FIRST_PAUSE", 0.01)
    crew, asked = Thinkers(), question(MessageArrived(message(WORDS[0])))
    assert await crew.answer(asked, HUE) is None
    async with crew.working(2, lambda: HUE):
        await until(lambda: len(crew) == 2, "two")
        assert await crew.answer(asked, HUE) == step(asked.dialogue, asked.happening, rules=HUE.rules, now=asked.now)
        ended, others = crew.pids[0], crew.pids[1:]
        os.kill(ended, signal.SIGKILL)
        await until(lambda: ended not in crew.pids and len(crew) == 2, "another")
        left = crew.pids
        assert set(others) <= set(left)
    assert dict(crew.counts) == {"beside": 1, "here": 1, "lost": 0}
    assert not len(crew)
    assert not any(Path(f"/proc/{pid}").exists() for pid in (ended, *left))


async def test_it_is_given_no_secret_and_goes_when_we_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment, as the kernel tells it."""
    monkeypatch.setenv("LANGNGHE_MASTER_KEY", "a secret")
    async with thinker() as one:
        assert b"LANGNGHE" not in Path(f"/proc/{one.pid}/environ").read_bytes()
        one.close()
        await asyncio.wait_for(one.ended.wait(), 30)
