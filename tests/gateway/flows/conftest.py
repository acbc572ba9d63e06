"""A world with a chat channel in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.gateway.flows.office import Chat
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel


def with_chat(world: World) -> HookedTestChannel:
    """Add the test chat to a deployment's channels."""
    channel = HookedTestChannel()
    channels = {**world.deployment.channels, channel.name: channel}
    world.deployment.intake._channels = channels
    world.deployment = replace(world.deployment, channels=channels)
    return channel


@pytest.fixture
def chat(world: World) -> Chat:
    """One citizen on the test chat."""
    return Chat(world, with_chat(world))
