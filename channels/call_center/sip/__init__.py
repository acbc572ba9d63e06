"""
SIP: how calls come and go over a carrier's line or a PBX.

`SipEndpoint` owns the sockets and the transactions of the process. `SipTrunk` is one line over them (RFC 3261),
`TrunkGroup` several with failover.
"""

from channels.call_center.sip.endpoint import SipEndpoint
from channels.call_center.sip.group import TrunkGroup
from channels.call_center.sip.settings import EndpointSettings, Timers, TrunkSettings
from channels.call_center.sip.trunk import SipTrunk

__all__ = ["EndpointSettings", "SipEndpoint", "SipTrunk", "Timers", "TrunkGroup", "TrunkSettings"]
