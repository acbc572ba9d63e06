"""From the deployment's settings to the hotline's own objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from channels.call_center.flow.lint import lint
from channels.call_center.flow.load import (
    CODE_FLOW,
    RESULT_FLOW,
    STANDARD,
    FlowInvalid,
    Source,
    read_flow,
    read_named,
)
from channels.call_center.flow.model import Flow
from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tape_file import SealTo
from channels.call_center.prompts.catalogue import Catalogue
from channels.call_center.prompts.live import LivePrompts
from channels.call_center.sip.endpoint import SipEndpoint
from channels.call_center.sip.settings import EndpointSettings, TrunkSettings
from channels.call_center.sip.tls import Tls
from channels.call_center.sip.trunk import SipTrunk
from core.contract.errors import ConfigError
from gateway.settings import Settings
from gateway.settings.call_center import CallCenter, Trunk
from gateway.telephony.sentences import catalogue_of, folders_of

DEMO_LINE = "demo"
_THIS_MACHINE = ("127.0.0.0/8", "::1")
_LEGS_A_CALL = 2


@dataclass(frozen=True)
class Hotline:
    """What signals, what sounds."""

    endpoint: SipEndpoint
    engine: Engine
    trunks: tuple[SipTrunk, ...]
    prompts: LivePrompts


def flow_of(settings: Settings, catalogue: Catalogue) -> Source:
    """What callers hear. ConfigError: the first mistake, with file and line."""
    return _flow("call_center.flow", settings.call_center.flow, STANDARD, catalogue)


def errand_flows(settings: Settings, catalogue: Catalogue) -> Mapping[str, Flow]:
    """What people hear whom the machine calls, by kind of errand. ConfigError: the first mistake."""
    ours = settings.call_center.outgoing
    told = (("result", "flow", ours.flow, RESULT_FLOW), ("code", "code_flow", ours.code_flow, CODE_FLOW))
    return {kind: _flow(f"call_center.outgoing.{key}", path, name, catalogue).flow for kind, key, path, name in told}


def _flow(key: str, path: str, name: str, catalogue: Catalogue) -> Source:
    """The file that is named, else the flow that is shipped."""
    try:
        source = read_flow(Path(path)) if path else read_named(name)
        mistakes = lint(source, catalogue)
    except FlowInvalid as error:
        mistakes = error.mistakes
    if mistakes:
        raise ConfigError(key, str(mistakes[0]), example="langnghe calls lint")
    return source


def hotline_of(settings: Settings, *, seal_to: SealTo = lambda: None) -> Hotline:
    """Built, not started. May be called in a thread: it reads every prompt. `seal_to`: who may open recordings."""
    ours = settings.call_center
    prompts = LivePrompts(catalogue_of(settings), folders_of(settings))
    endpoint = SipEndpoint(_endpoint(ours))
    address = ours.media_address or ours.sip_host
    media = MediaSettings(
        advertised=ours.media_advertised or ours.advertised,
        behind_nat=ours.behind_nat or _only_here(address),
        most_legs=_LEGS_A_CALL * ours.max_calls,
        latest_ms=ours.latest_ms,
    )
    ports = range(ours.rtp_first, ours.rtp_last + 1)
    engine = Engine(address, ports, prompts, settings=media, seal_to=seal_to)
    lines = ours.trunks or ({DEMO_LINE: Trunk(public=True, peers=_THIS_MACHINE)} if settings.mode == "demo" else {})
    trunks = tuple(SipTrunk(name, _trunk(name, one), endpoint=endpoint, media=engine) for name, one in lines.items())
    return Hotline(endpoint, engine, trunks, prompts)


def _only_here(address: str) -> bool:
    """
    Whether only this machine reaches an address.

    Telephones on it name the machine's other address in their description and send from this one.
    """
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _endpoint(ours: CallCenter) -> EndpointSettings:
    return EndpointSettings(
        host=ours.sip_host,
        port=ours.sip_port,
        advertised=ours.advertised,
        max_calls=ours.max_calls,
        tls=Tls(port=ours.tls.port, certificate=ours.tls.certificate, key=ours.tls.key, ca=ours.tls.ca),
    )


def _trunk(name: str, one: Trunk) -> TrunkSettings:
    """Raises: ConfigError: it cannot be."""
    try:
        return TrunkSettings(
            host=one.host,
            port=one.port,
            transport=one.transport,
            user=one.user,
            password=one.password.get_secret_value(),
            domain=one.domain,
            register=one.registers,
            peers=one.peers,
            public=one.public,
            caller_ids=one.caller_ids,
            passes_callers=one.passes_callers,
            dials=one.dials,
            shows=one.shows,
            channels=one.channels,
            srtp=one.srtp,
            identity=one.identity,
            options_s=one.options_seconds,
        )
    except ValueError as error:
        raise ConfigError(f"call_center.trunks.{name}", str(error), example='peers = ["192.0.2.0/24"]') from error
