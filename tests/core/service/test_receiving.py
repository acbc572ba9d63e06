"""Opening a report: what is kept of it in clear does not tell whose it is."""

from __future__ import annotations

from functools import partial

from core.storage import case_search
from core.storage.case_search import Search
from tests.support.deployments import World
from tests.support.letters import write_mail


async def test_a_search_does_not_tell_who_wrote(world: World) -> None:
    """The reporter typed their name among the words; the place and the matter are found, the name is not."""
    text = "Tôi là NGUYEN VAN AN. Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."
    await write_mail(world, text)

    async def found(words: str) -> int:
        return len(await world.deployment.database.read(partial(case_search.search, wanted=Search(text=words))))

    assert await found("den duong") == 1
    assert await found("12 le loi") == 1
    assert await found("nguyen van an") == 0
