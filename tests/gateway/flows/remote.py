"""A citizen on a chat that keeps files on its side, and the worker that fetches them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.workers.crew import fetcher_of
from tests.gateway.flows.office import LAMP, Chat, picture, stored_reports
from tests.support.deployments import World
from tests.support.hooked import FetchedTestChannel

PHOTO = "https://files.example.vn/anh-1.jpg"


def remote_chat(world: World, **files: bytes | Exception) -> Chat:
    """One citizen; `PHOTO` is a picture there."""
    channel = FetchedTestChannel(files={PHOTO: picture(), **files})
    channels = {**world.deployment.channels, channel.name: channel}
    world.deployment.intake._channels = channels
    world.deployment = replace(world.deployment, channels=channels)
    return Chat(world, channel)


def kept_by(chat: Chat) -> FetchedTestChannel:
    """The provider's side of a chat."""
    assert isinstance(chat.channel, FetchedTestChannel)
    return chat.channel


async def fetch(world: World, chat: Chat) -> int:
    """One round of the worker, and what follows from it."""
    tried = await fetcher_of(world.deployment, chat.channel.name, kept_by(chat)).run_once()
    await world.settle()
    return tried


async def reported(world: World, chat: Chat, **said: Any) -> str:
    """A report with one photo; returns the place that the photo has, or will have."""
    await chat.say(LAMP, pause=0)
    await chat.say(link=PHOTO, pause=0, **said)
    await world.settle()
    await world.pass_time(seconds=10)
    (report,) = await stored_reports(world)
    (photo,) = report.attachments
    return photo.stored_key
