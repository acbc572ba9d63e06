"""
The same citizen's story on every channel whose provider can be played: words, photo, place, code, result, rating.

Nothing but the channel differs; what people cannot do there (a place by SMS) they put in words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from core.contract.ports import FetchesFiles
from core.contract.schema import AttachmentKind
from core.storage.outbox import outbox_state
from gateway.workers.crew import fetcher_of
from tests.gateway.flows.office import (
    LAMP,
    RESULT,
    RUBBISH,
    all_cases,
    assert_decent,
    issue,
    only_case,
    picture,
    published,
    spoken,
    state_of,
    stored_reports,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.stage import Citizen, Stage, Staging, stagings

STAGINGS = stagings()
POINT = (16.4637, 107.5909)


@dataclass
class Play:
    """A channel on stage, and the gateway behind it."""

    name: str
    world: World
    staging: Staging
    stage: Stage

    async def settle(self, *, seconds: float = 0) -> None:
        """What was said arrives and is worked on; then time passes."""
        for pause in (0.0, seconds):
            self.world.clock.advance(seconds=pause)
            await self.stage.quiet()
            await self.world.settle()
            await self._fetch()

    async def _fetch(self) -> None:
        """Files that lie with the provider come to us."""
        for name, channel in self.world.deployment.channels.items():
            if isinstance(channel, FetchesFiles):
                while await fetcher_of(self.world.deployment, name, channel).run_once():
                    await self.world.settle()

    async def report(self, citizen: Citizen) -> None:
        """A lamp, with a picture and a place as far as the channel carries them."""
        words = "Đèn đường hỏng ba hôm nay, tối om." if self.staging.places else LAMP
        await citizen.write(words)
        if self.staging.photos:
            await citizen.show(picture())
        if self.staging.places:
            await citizen.point(*POINT)
        await self.settle(seconds=5)

    async def rate(self, citizen: Citizen, label: str) -> None:
        """By the button, or by typing what stands on it."""
        await (citizen.press(label) if self.staging.buttons else citizen.write(label))
        await self.settle(seconds=5)


@pytest_asyncio.fixture(params=STAGINGS)
async def play(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Play]:
    """Each channel, one after the other."""
    staging = STAGINGS[request.param]
    async with staging.open(world) as stage:
        yield Play(request.param, world, staging, stage)


@on_both_engines
async def test_from_the_first_words_to_the_rating(play: Play) -> None:
    """The code, the result and the thanks come back in the same chat."""
    world, citizen = play.world, play.stage.citizen("an")
    await play.report(citizen)

    case, [report] = await only_case(world), await stored_reports(world)
    assert any(spoken(case.code) in text for text in citizen.heard())
    assert report.source_channel == play.name.partition("_")[0]
    assert [file.kind for file in report.attachments] == [AttachmentKind.IMAGE] * play.staging.photos
    for file in report.attachments:
        assert (await world.deployment.media.open(file.stored_key)).media_type == "image/jpeg"
    if play.staging.places:
        assert report.place.point is not None
        assert (report.place.point.latitude, report.place.point.longitude) == POINT
    else:
        assert "12 Lê Lợi" in report.place.text

    await published(world, case.id)
    await play.settle()
    answer = RESULT if play.staging.letters else "đã có kết quả xử lý. Xem toàn văn tại"
    assert any(answer in text for text in citizen.heard())

    await play.rate(citizen, "Hài lòng")
    ratings = (await state_of(world, case.id)).publications[-1].ratings
    assert [one.level for one in ratings] == ["satisfied"]
    assert_decent(citizen.heard())


async def test_what_staff_ask_is_answered_in_the_chat_and_the_work_goes_on(play: Play) -> None:
    """The question arrives, the answer reaches the case."""
    world, citizen = play.world, play.stage.citizen("an")
    await play.report(citizen)
    case = await only_case(world)
    said = len(citizen.heard())
    await issue(world, case.id, "request_supplement", fields=["time"], note="Đèn tắt từ khi nào ạ?")
    await play.settle()
    assert any("Đèn tắt từ khi nào" in text for text in citizen.heard()[said:])

    await citizen.write("Từ tối thứ sáu tuần trước")
    await play.settle(seconds=5)

    after = await state_of(world, case.id)
    assert (after.stage, after.asked_for) == ("received", ())
    assert len(await all_cases(world)) == 1


async def test_two_people_are_kept_apart(play: Play) -> None:
    """Each hears of their own report, and of no other."""
    people = [play.stage.citizen(name) for name in ("an", "binh")]
    await people[0].write(LAMP)
    await people[1].write(RUBBISH)
    await play.settle(seconds=5)

    codes = [spoken(case.code) for case in await all_cases(play.world)]
    heard = [{code for code in codes if any(code in text for text in one.heard())} for one in people]
    assert len(codes) == 2
    assert [len(known) for known in heard] == [1, 1]
    assert heard[0] != heard[1]


@on_both_engines
async def test_what_the_provider_brings_twice_is_worked_on_once(play: Play) -> None:
    """One report, and nothing said twice."""
    citizen = play.stage.citizen("an")
    play.stage.double(on=True)
    await citizen.write(LAMP)
    await play.settle(seconds=5)

    assert len(await all_cases(play.world)) == 1
    assert len(set(citizen.heard())) == len(citizen.heard()) > 0


async def test_an_answer_that_was_lost_is_not_said_again(play: Play) -> None:
    """Whatever the provider says later: the citizen reads it once, and nothing waits to be sent again."""
    citizen = play.stage.citizen("an")
    play.stage.lose(on=True)
    await citizen.write(LAMP)
    await play.settle(seconds=5)
    play.stage.lose(on=False)
    await play.settle(seconds=3600)

    case = await only_case(play.world)
    assert sum(spoken(case.code) in text for text in citizen.heard()) == 1
    assert len(set(citizen.heard())) == len(citizen.heard())
    assert (await play.world.deployment.database.read(outbox_state)).pending == 0
