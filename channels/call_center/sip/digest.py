"""Answering 401 and 407 (RFC 3261 §22, RFC 7616): MD5 and SHA-256, with and without qop."""

from __future__ import annotations

from aiosipua import AuthChallenge, SipDigestAuth, build_credentials, parse_auth, stringify_auth

from channels.call_center.sip.wire import SipRequest, SipResponse

_HEADERS = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}


class Digest:
    """
    The answers of one user. Each nonce is counted, so that it can be used again without being asked.
    """

    def __init__(self, user: str, password: str) -> None:
        self._auth = SipDigestAuth(username=user, password=password)
        self._uses: dict[str, int] = {}

    def answer(self, request: SipRequest, response: SipResponse) -> bool:
        """
        Put credentials into a request that was refused so; False when asking again is of no use: another scheme, no
        password of ours, or credentials that were refused already (unless only the nonce had grown old).
        """
        if response.status_code not in _HEADERS or not self._auth.password:
            return False
        asked, answered = _HEADERS[response.status_code]
        challenges = [parse_auth(value) for value in response.get_header_values(asked)]
        if request.get_header(answered) and not any(_stale(challenge) for challenge in challenges):
            return False
        for challenge in sorted(challenges, key=_strength, reverse=True):
            if value := self._value(request, challenge):
                request.set_header(answered, value)
                return True
        return False

    def _value(self, request: SipRequest, challenge: AuthChallenge) -> str:
        nonce = challenge.params.get("nonce", "")
        self._uses = {nonce: self._uses.get(nonce, 0) + 1}
        made = build_credentials(self._auth, challenge, request.method, request.uri, nonce_count=self._uses[nonce])
        return stringify_auth(made) if made else ""


def _stale(challenge: AuthChallenge) -> bool:
    return challenge.params.get("stale", "").lower() == "true"


def _strength(challenge: AuthChallenge) -> bool:
    return challenge.params.get("algorithm", "MD5").upper().startswith("SHA-256")
