"""What a channel is told beside the words, so that it keeps within a provider's windows and templates."""

from __future__ import annotations

from datetime import timedelta

from core.notify.letters import templates
from tests.gateway.flows.office import LAMP, Chat, issue, only_case
from tests.support.deployments import World


async def test_a_message_says_when_its_reader_last_wrote(world: World, chat: Chat) -> None:
    """An answer, and news a day later, count from the citizen's own words, not from ours."""
    wrote = world.clock()
    await chat.say(LAMP)
    await world.pass_time(days=1)
    await issue(world, (await only_case(world)).id, "accept")

    answer, *_, news = chat.channel.sent

    assert answer.purpose == "reply"
    assert answer.last_heard == wrote
    assert news.purpose == "notice"
    assert news.last_heard is not None
    assert news.last_heard < world.clock() - timedelta(hours=23)


async def test_news_carries_the_values_of_an_approved_template(world: World, chat: Chat) -> None:
    """None of the blanks that a provider's template can have stays empty."""
    await chat.say(LAMP)
    await issue(world, (await only_case(world)).id, "accept")

    fields = chat.channel.sent[-1].fields

    assert fields["status"] == "Đã tiếp nhận"
    assert fields["code"] in chat.channel.sent[-1].text
    assert all(fields[name] for name in ("code", "status", "office", "link"))


def test_a_status_fits_into_the_narrowest_template() -> None:
    """Zalo's templates take 30 characters in a blank."""
    told = [template.status for template in templates().values() if template.status]

    assert told
    assert max(map(len, told)) <= 30
