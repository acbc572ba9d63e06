"""Settings of the hotline that are each right and together wrong, or that no call would survive."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from core.clock.errors import ClockError
from core.clock.units import parse
from core.contract.errors import ConfigError
from gateway.settings.model import Settings

_PORTS_A_NODE = 4  # for one call: its sound and its agent's
_ADDRESS = re.compile(r"[\w.-]+:\d{1,5}", re.ASCII)
_EXAMPLE_TRUNK = '[call_center.trunks.viettel]\nhost = "203.0.113.7"'


def calls_mistakes(settings: Settings) -> list[ConfigError]:
    """What is wrong with the hotline; nothing where there is none."""
    return [*_mistakes(settings)] if settings.takes_calls else []


def _mistakes(settings: Settings) -> Iterator[ConfigError]:
    ours = settings.call_center
    if ours.rtp_last < ours.rtp_first:
        yield ConfigError("call_center.rtp_last", "before rtp_first", example="20999")
    if ours.fleet.node > ours.fleet.nodes:
        yield ConfigError("call_center.fleet.node", f"there are only {ours.fleet.nodes}", example="1")
    if 0 < ours.rtp_last - ours.rtp_first < _PORTS_A_NODE * ours.fleet.nodes:
        yield ConfigError("call_center.rtp_last", "too few ports for so many nodes", example="20999")
    try:
        parse(ours.call_back_within)
    except ClockError as error:
        yield ConfigError("call_center.call_back_within", str(error), example="2wh")
    if ours.flow and not Path(ours.flow).is_file():
        yield ConfigError("call_center.flow", f"there is no file {ours.flow}", example="/etc/langnghe/flow.yaml")
    if ours.turn.urls and not ours.turn.secret.get_secret_value():
        yield ConfigError("call_center.turn.secret", "is missing", example="file:/run/secrets/turn")
    for url in ours.turn.urls:
        if not url.startswith(("turn:", "turns:")):
            yield ConfigError("call_center.turn.urls", f"no relay: {url}", example="turn:turn.example.vn:3478")
    if ours.rtpengine and not _ADDRESS.fullmatch(ours.rtpengine):
        yield ConfigError("call_center.rtpengine", "not an address", example="127.0.0.1:2223")
    if ours.outside and not ours.calls_out:
        yield ConfigError("call_center.outside", "no line goes out", example=_EXAMPLE_TRUNK)
    yield from ours.tls.mistakes()
    yield from _outgoing_mistakes(settings)
    program = next(iter(ours.transcripts.command), "")
    if program and shutil.which(program) is None:
        yield ConfigError("call_center.transcripts.command", f"there is no program {program}", example="/usr/bin/…")
    yield from _trunk_mistakes(settings)


def _outgoing_mistakes(settings: Settings) -> Iterator[ConfigError]:
    ours = settings.call_center.outgoing
    for key in ("flow", "code_flow"):
        path = getattr(ours, key)
        if path and not Path(path).is_file():
            example = f"/etc/langnghe/{key}.yaml"
            yield ConfigError(f"call_center.outgoing.{key}", f"there is no file {path}", example=example)
    if ours.voice and shutil.which(ours.voice[0]) is None:
        problem = f"there is no program {ours.voice[0]}"
        yield ConfigError("call_center.outgoing.voice", problem, example="/usr/local/bin/speak")


def _trunk_mistakes(settings: Settings) -> Iterator[ConfigError]:
    if not settings.call_center.trunks:  # whoever has none needs no library for them
        return
    from channels.call_center.sip.settings import TrunkSettings

    for name, one in settings.call_center.trunks.items():
        try:
            TrunkSettings(host=one.host, user=one.user, register=one.registers, peers=one.peers)
        except ValueError as error:
            yield ConfigError(f"call_center.trunks.{name}", str(error), example=_EXAMPLE_TRUNK)
        if not (one.host or one.peers or one.public):
            yield ConfigError(f"call_center.trunks.{name}", "neither a host nor peers", example=_EXAMPLE_TRUNK)


def calls_warnings(settings: Settings) -> list[str]:
    """What works, and should not be so in production: emergencies are to be spoken of by a person (VN-8)."""
    if not settings.takes_calls or settings.mode == "demo":
        return []
    from channels.call_center.prompts.sounds import unfit_for_emergencies
    from gateway.telephony.sentences import catalogue_of, prompts_of

    try:
        catalogue = catalogue_of(settings)
    except ConfigError as error:
        return [str(error)]
    unfit = unfit_for_emergencies(prompts_of(settings, catalogue), catalogue)
    return [f"call_center.prompts: nobody has recorded {', '.join(unfit)}; callers hear a machine"] if unfit else []
