"""Protecting the sound of one leg (SRTP, RFC 3711), with keys agreed in SDP (RFC 4568)."""

from __future__ import annotations

from pylibsrtp import Error, Policy, Session

from channels.call_center.ports import SrtpKeys


class Shield:
    """AES_CM_128_HMAC_SHA1_80 both ways. One leg keeps one shield as long as its keys are the same."""

    def __init__(self, keys: SrtpKeys) -> None:
        self.keys = keys
        self._out = Session(_policy(keys.ours, Policy.SSRC_ANY_OUTBOUND))
        self._in = Session(_policy(keys.theirs, Policy.SSRC_ANY_INBOUND))

    def close(self, packet: bytes) -> bytes:
        """What is sent of a plain packet."""
        return bytes(self._out.protect(packet))

    def open(self, packet: bytes) -> bytes | None:
        """The plain packet; None: not of this call, damaged, or heard before."""
        try:
            return bytes(self._in.unprotect(packet))
        except (Error, ValueError, TypeError):
            return None


def _policy(key: bytes, kind: int) -> Policy:
    return Policy(key=key, ssrc_type=kind, srtp_profile=Policy.SRTP_PROFILE_AES128_CM_SHA1_80)
