"""Several telephony processes on one machine: what each has of its own, and how others reach all of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from channels.call_center.media.sealing import public_key
from channels.call_center.spool import source_of
from channels.call_center.spools import Spools
from channels.call_center.tests.played import wav
from core.contract.errors import ConfigError
from gateway.lines import LineServer, bound
from gateway.settings.calls import calls_mistakes
from gateway.telephony.node import as_node, node_of, nodes_of
from gateway.telephony.paths import node_socket, node_sockets, running_file, spool_folder, spool_folders
from gateway.telephony.peers import OLD_S, Away, Peers
from gateway.telephony.people import place_of
from gateway.telephony.running import claimed, digest_of, running
from tests.support.certificates import self_signed
from tests.support.deployments import settings_for

CALL = "0" * 31 + "1"


def fleet(tmp_path: Path, nodes: int, **more: object) -> list[Any]:
    """What every node's own `call_center` is."""
    shared = settings_for(tmp_path, call_center={"fleet": {"nodes": nodes}, "sip_port": 5061} | more)
    return [as_node(shared, node).call_center for node in nodes_of(shared)]


def test_the_only_one_has_everything(tmp_path: Path) -> None:
    shared = settings_for(tmp_path)

    assert as_node(shared, 1) == shared
    assert spool_folder(tmp_path) == tmp_path / "calls"


@pytest.mark.parametrize(("first", "last", "nodes"), [(20000, 20999, 3), (20001, 20008, 2), (20000, 20999, 1)])
def test_no_port_is_of_two_nodes(tmp_path: Path, first: int, last: int, nodes: int) -> None:
    every = fleet(tmp_path, nodes, rtp_first=first, rtp_last=last)
    taken = [port for one in every for port in range(one.rtp_first, one.rtp_last + 1)]

    assert [one.sip_port for one in every] == list(range(5061, 5061 + nodes))
    assert len(taken) == len(set(taken))
    assert (taken[0], taken[-1]) == (first, last)
    assert all(one.rtp_last - one.rtp_first >= 3 for one in every)


def test_ports_of_the_systems_choice_stay_so(tmp_path: Path) -> None:
    every = fleet(tmp_path, 2, sip_port=0, rtp_first=0, rtp_last=0)

    assert [(one.sip_port, one.rtp_first, one.rtp_last) for one in every] == [(0, 0, 0)] * 2


def test_settings_that_cannot_be_are_said(tmp_path: Path) -> None:
    few_ports = settings_for(tmp_path, call_center={"fleet": {"nodes": 4}, "rtp_first": 20000, "rtp_last": 20009})
    third_of_two = settings_for(tmp_path, call_center={"fleet": {"nodes": 2, "node": 3}})

    assert [error.key for error in calls_mistakes(few_ports)] == ["call_center.rtp_last"]
    assert [error.key for error in calls_mistakes(third_of_two)] == ["call_center.fleet.node"]


def test_each_is_claimed_once_and_known_by_its_settings(tmp_path: Path) -> None:
    shared = settings_for(tmp_path, call_center={"fleet": {"nodes": 2}})
    first, second = as_node(shared, 1), as_node(shared, 2)

    with claimed(first), claimed(second):
        assert {node_of(one) for one in (first, second)} == {1, 2}
        assert [found.pid for node in (1, 2) if (found := running(tmp_path, node))] == [os.getpid()] * 2
        assert digest_of(first) != digest_of(second)
        with pytest.raises(ConfigError), claimed(second):
            pass
    assert running_file(tmp_path, 2).parent == spool_folders(tmp_path)[2]
    assert running(tmp_path, 2) is None


def test_a_recording_is_found_in_whichever_spool_it_lies(tmp_path: Path) -> None:
    for name in ("calls", "calls-2", "calls-x", "calls.old"):
        (tmp_path / name / CALL).mkdir(parents=True)
    content = wav(tmp_path / "calls-2" / CALL / "what.wav")
    spools = Spools(lambda: spool_folders(tmp_path).values(), private=b"k" * 32)

    assert list(spool_folders(tmp_path)) == [1, 2]
    assert spools.seal_to == public_key(b"k" * 32)
    assert spools.read(source_of(CALL, "what.wav"), most=len(content)) == content
    with pytest.raises(ValueError, match="bytes"):
        spools.read(source_of(CALL, "what.wav"), most=1)
    spools.let_go(source_of(CALL, "what.wav"))
    assert spools.read(source_of(CALL, "what.wav"), most=len(content)) is None


# Asking all of them


class Answering:
    """Somebody behind a socket who always says the same."""

    def __init__(self, path: Path, said: dict[str, Any]) -> None:
        self.asked = 0
        self._said = said
        self.server = LineServer(path, self._answer)

    async def _answer(self, _line: bytes) -> dict[str, Any]:
        self.asked += 1
        return self._said


async def asked(tmp_path: Path, said: Sequence[dict[str, Any]], **how: Any) -> tuple[dict[str, Any], list[int]]:
    """The answer of the fleet, and how often each node was asked."""
    every = [Answering(node_socket(tmp_path, "calls", node), one) for node, one in enumerate(said, 1)]
    for one in every:
        await one.server.start()
    try:
        answer = await Peers(lambda: node_sockets(tmp_path, "calls")).ask({}, within_s=5, **how)
        return answer, [one.asked for one in every]
    finally:
        for one in every:
            await one.server.stop()


async def test_one_answer_is_enough(tmp_path: Path) -> None:
    answer, counts = await asked(tmp_path, [{"n": 1}, {"n": 1}])

    assert (answer, sorted(counts)) == ({"n": 1}, [0, 1])


async def test_calls_are_spread_over_all_nodes(tmp_path: Path) -> None:
    """Each in turn; one that is gone costs the others their turn, and nobody a call."""
    every = [Answering(node_socket(tmp_path, "calls", node), {"n": node}) for node in (1, 2, 3)]
    for one in every:
        await one.server.start()
    peers = Peers(lambda: node_sockets(tmp_path, "calls"), spread=True)
    first = [(await peers.ask({}, within_s=60))["n"] for _ in range(9)]
    await every[2].server.stop()
    bound(node_socket(tmp_path, "calls", 3)).close()
    then = {(await peers.ask({}, within_s=60))["n"] for _ in range(9)}
    for one in every[:2]:
        await one.server.stop()

    assert [one.asked >= 3 for one in every] == [True] * 3
    assert sorted(first) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert then == {1, 2}


@pytest.mark.parametrize(("said", "answer"), [(["full", ""], ""), (["", "full"], ""), (["full", "full"], "full")])
async def test_who_has_no_room_sends_us_on(tmp_path: Path, said: list[str], answer: str) -> None:
    found, _counts = await asked(tmp_path, [{"error": one} for one in said], unless=("full",))

    assert found == {"error": answer}


async def test_what_a_killed_process_left_is_passed_over_and_at_last_forgotten(tmp_path: Path) -> None:
    dead, living = node_socket(tmp_path, "calls", 1), Answering(node_socket(tmp_path, "calls", 2), {"n": 2})
    bound(dead).close()
    await living.server.start()
    peers = Peers(lambda: node_sockets(tmp_path, "calls"))
    os.utime(dead, (9e9, 9e9))

    assert await peers.ask({}, within_s=5) == {"n": 2}
    assert dead.exists()
    old = dead.stat().st_mtime - 9e9 - OLD_S
    os.utime(dead, (old, old))
    assert await peers.tell({}, within_s=5) == {"n": 2}
    assert not dead.exists()
    await living.server.stop()
    with pytest.raises(Away):
        await peers.ask({}, within_s=5)
    with pytest.raises(Away):
        await Peers(list).tell({}, within_s=5)


async def test_a_process_that_hangs_holds_nobody_up_for_long(tmp_path: Path) -> None:
    """Its kernel takes connections, and nobody ever reads them."""
    listening = bound(tmp_path / "calls.sock")
    listening.listen()
    with listening, pytest.raises(Away, match="TimeoutError"):
        await asyncio.wait_for(Peers(lambda: [tmp_path / "calls.sock"]).ask({}, within_s=0.05), 5)


def test_an_rtpengine_is_named_by_its_address(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, call_center={"rtpengine": "127.0.0.1:2223"})

    assert place_of(settings).rtpengine == ("127.0.0.1", 2223)
    assert place_of(settings_for(tmp_path)).rtpengine is None
    wrong = settings_for(tmp_path, call_center={"rtpengine": "2223"})
    assert [error.key for error in calls_mistakes(wrong)] == ["call_center.rtpengine"]


def test_each_has_a_port_for_tls(tmp_path: Path) -> None:
    (folder := tmp_path / "certificate").mkdir()
    certificate, key = self_signed(folder)
    every = fleet(tmp_path, 2, tls={"port": 6061, "certificate": certificate, "key": key})

    assert [one.tls.port for one in every] == [6061, 6062]
    for wrong, where in (({"certificate": certificate}, "key"), ({"ca": "/no/such/file.pem"}, "ca")):
        mistakes = calls_mistakes(settings_for(tmp_path, call_center={"tls": wrong}))
        assert [error.key for error in mistakes] == [f"call_center.tls.{where}"]
