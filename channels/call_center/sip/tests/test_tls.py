"""Lines over TLS: among ourselves, through a real kamailio, and never to somebody who is not who they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.call_center.ports import Answered, CallFailed, Ended, TrunkState
from channels.call_center.sip import TrunkSettings
from channels.call_center.sip.tests.lines import LOOPBACK, Line, a_line, answer
from channels.call_center.sip.tls import Tls
from tests.support.certificates import self_signed
from tests.support.servers.kamailio import KamailioServer
from tests.support.servers.ports import free_port
from tests.support.waiting import until


@pytest.fixture
def ours(tmp_path: Path) -> Tls:
    """What a side shows, and believes."""
    certificate, key = self_signed(tmp_path)
    return Tls(port=free_port(), certificate=certificate, key=key, ca=certificate)


def towards(port: int, *, host: str = "localhost", options_s: float = 0) -> TrunkSettings:
    return TrunkSettings(host=host, port=port, transport="tls", options_s=options_s, silence_s=2)


async def call_over(caller: Line, called: Line) -> None:
    """Answered, ended by the caller, and nothing is left."""
    call = await caller.trunk.dial("1022", caller="0900000001")
    await until(lambda: bool(called.calls) and Answered() in called.events(), "the call is up")
    await call.hangup()
    await until(lambda: Ended("them") in called.events(), "the end of the call")


@pytest.mark.parametrize("host", ["localhost", LOOPBACK])
async def test_a_call_over_tls(ours: Tls, host: str) -> None:
    async with (
        a_line(tls=ours) as called,
        a_line(settings=towards(ours.port, host=host), tls=Tls(ca=ours.ca)) as caller,
    ):
        await call_over(caller, called)


async def test_whoever_answers_may_end_it_over_the_same_connection(ours: Tls) -> None:
    """The caller listens for no TLS at all: what is said within the call comes by the way it went."""
    async with (
        a_line(tls=ours) as called,
        a_line(settings=towards(ours.port), tls=Tls(ca=ours.ca)) as caller,
    ):
        call = await caller.trunk.dial("1022", caller="0900000001")
        await called.calls[0].hangup()
        events = [event async for event in call.events()]
        assert events[-1] == Ended("them")


async def test_who_shows_a_certificate_that_nobody_vouches_for_is_not_called(ours: Tls, tmp_path: Path) -> None:
    """Not by the system's authorities, and not for another name."""
    strange, key = self_signed(tmp_path, name="khac.example.vn")
    wrong_name = Tls(port=free_port(), certificate=strange, key=key)
    async with a_line(tls=ours), a_line(tls=wrong_name):
        for port, ca in ((ours.port, ""), (wrong_name.port, strange)):
            async with a_line(settings=towards(port), tls=Tls(ca=ca)) as caller:
                with pytest.raises(CallFailed):
                    await caller.trunk.dial("1022", caller="0900000001")


async def test_through_kamailio_in_plain_within_and_tls_without(ours: Tls, tmp_path: Path) -> None:
    """The edge of `deploy/kamailio` with TLS: a line of ours is up there, and its call comes to a node by UDP."""
    config = tmp_path / "tls.cfg"
    config.write_text(
        f"[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\n"
        f"certificate = {ours.certificate}\nprivate_key = {ours.key}\n[client:default]\nverify_certificate = no\n"
    )
    async with a_line(answer) as node:
        secure = [f"LISTEN_TLS=tls:{LOOPBACK}:{ours.port}", f'TLS_CONFIG="{config}"']
        with KamailioServer.start([node.port], *secure) as edge:
            settings = towards(ours.port, options_s=1)
            async with a_line(settings=settings, tls=Tls(ca=ours.ca)) as caller:
                await until(lambda: caller.trunk.status().state is TrunkState.UP, "the line is up")
                await call_over(caller, node)
                assert edge.running
