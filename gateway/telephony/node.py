"""What one of several telephony processes has of what they share: a SIP port, a part of the RTP range."""

from __future__ import annotations

from gateway.settings import Settings


def node_of(settings: Settings) -> int:
    """Which one this process is."""
    return settings.call_center.fleet.node


def nodes_of(settings: Settings) -> range:
    """All of them."""
    return range(1, settings.call_center.fleet.nodes + 1)


def as_node(settings: Settings, node: int) -> Settings:
    """The settings as this node goes by them; of the only one they are what they were."""
    ours = settings.call_center
    first, last = _share(ours.rtp_first, ours.rtp_last, node=node, nodes=ours.fleet.nodes)
    tls = ours.tls.model_copy(update={"port": _next(ours.tls.port, node)})
    changes = {
        "sip_port": _next(ours.sip_port, node),
        "tls": tls,
        "rtp_first": first,
        "rtp_last": last,
        "fleet": ours.fleet.model_copy(update={"node": node}),
    }
    return settings.model_copy(update={"call_center": ours.model_copy(update=changes)})


def _next(port: int, node: int) -> int:
    """The port of the first node, and one more for each after it; 0 stays the system's choice."""
    return port + node - 1 if port else 0


def _share(first: int, last: int, *, node: int, nodes: int) -> tuple[int, int]:
    """Of a range of ports; each part begins with an even one. 0 to 0 stays the system's choice."""
    if last <= first:
        return first, last
    each = (last + 1 - first) // nodes // 2 * 2
    begin = first + each * (node - 1)
    return begin, last if node == nodes else begin + each - 1
