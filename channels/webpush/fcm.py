"""
One call to Firebase Cloud Messaging, which rings the province's own app, and what its answer means.

An app on Android is rung by Google, one on iOS by Apple on Google's behalf. As with browsers the notice tells nothing:
one neutral sentence, and ids for the app. https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import jwt

from channels.http import ProviderHttp, Reply
from channels.webpush.client import SECONDS, DeviceGone
from channels.webpush.mapping import Push
from channels.webpush.settings import FcmSettings
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    OutcomeUnknown,
    ProviderRefused,
    TemporarySendError,
)
from core.contract.ports import Device

FCM = "fcm"
MESSAGES = "https://fcm.googleapis.com"
TOKENS = "https://oauth2.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_LASTS = timedelta(hours=1)
_EARLY = timedelta(minutes=2)
"""A token is renewed so long before its end."""


class FcmClient:
    """Calls FCM with a service account. `now` is the deployment's clock."""

    def __init__(self, settings: FcmSettings, *, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._messages = ProviderHttp(settings.sandbox or MESSAGES, timeout=SECONDS)
        self._tokens = ProviderHttp(settings.sandbox or TOKENS, timeout=SECONDS)
        self._token = ""
        self._good_until: datetime | None = None
        self._renewing = asyncio.Lock()

    async def push(self, device: Device, push: Push) -> None:
        """
        Ring one app. A call that broke off counts as temporary: rung twice, it shows one notice (tag, collapse id).

        Raises: DeviceGone, TemporarySendError, Throttled, ChannelMisconfigured, MessageInvalid, ProviderRefused.
        """
        reply = await self._send(device, push)
        if reply.status == HTTPStatus.UNAUTHORIZED and error_code(reply) != "THIRD_PARTY_AUTH_ERROR":
            self._good_until = None  # taken back before its end
            reply = await self._send(device, push)
        judge(reply)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._messages.close()
        await self._tokens.close()

    async def _send(self, device: Device, push: Push) -> Reply:
        path = f"/v1/projects/{self._settings.project_id}/messages:send"
        headers = {"Authorization": f"Bearer {await self._usable()}"}
        try:
            return await self._messages.post_json(path, as_message(device.endpoint, push), headers=headers)
        except OutcomeUnknown:
            raise TemporarySendError("the push service did not answer") from None

    async def _usable(self) -> str:
        """A token that is good for a while; one renewal at a time."""
        async with self._renewing:
            if self._good_until is None or self._now() >= self._good_until:
                await self._renew()
            return self._token

    async def _renew(self) -> None:
        now = self._now()
        form = {"grant_type": _GRANT, "assertion": await asyncio.to_thread(self._assertion, now)}
        try:
            reply = await self._tokens.post_form("/token", form)
            given = reply.json()
        except OutcomeUnknown:
            raise TemporarySendError("no answer to the account's assertion") from None
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TemporarySendError("the token service is in trouble", provider_code=str(reply.status))
        if not reply.ok or not isinstance(given.get("access_token"), str):
            raise ChannelMisconfigured("the service account is not accepted", provider_code=str(reply.status))
        self._token = given["access_token"]
        self._good_until = now + timedelta(seconds=int(given.get("expires_in", 0))) - _EARLY

    def _assertion(self, now: datetime) -> str:
        """Who we are, signed by the account's key (RFC 7523)."""
        ours = self._settings
        claims = {
            "iss": ours.client_email,
            "scope": SCOPE,
            "aud": f"{TOKENS}/token",
            "iat": int(now.timestamp()),
            "exp": int((now + _ASSERTION_LASTS).timestamp()),
        }
        key = ours.private_key.get_secret_value()
        return jwt.encode(
            claims, key, algorithm="RS256", headers={"kid": ours.private_key_id} if ours.private_key_id else None
        )


def as_message(token: str, push: Push) -> Mapping[str, Any]:
    """The call's body; an undelivered older notice of the same topic is replaced on both systems."""
    high = push.urgency == "high"
    return {
        "message": {
            "token": token,
            "notification": {"title": push.title, "body": push.body},
            "data": push.data,
            "android": {
                "collapse_key": push.topic,
                "priority": "HIGH" if high else "NORMAL",
                "ttl": f"{push.ttl}s",
                "notification": {"tag": push.topic},
            },
            "apns": {
                "headers": {"apns-collapse-id": push.topic, "apns-priority": "10" if high else "5"},
                "payload": {"aps": {"thread-id": push.page}},
            },
        }
    }


def judge(reply: Reply) -> None:
    """
    Nothing where it was taken; else the error that it means (429 is `Throttled` already).

    https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
    """
    if reply.ok:
        return
    code = error_code(reply)
    if code == "UNREGISTERED" or (code == "INVALID_ARGUMENT" and _about_token(reply)):
        raise DeviceGone("the app was removed, or its token has ended", provider_code=code)
    if code in {"SENDER_ID_MISMATCH", "THIRD_PARTY_AUTH_ERROR"} or reply.status in {401, 403, 404}:
        raise ChannelMisconfigured("project, account or Apple's certificate do not fit", provider_code=code)
    if code == "INVALID_ARGUMENT":
        raise MessageInvalid("the push service does not understand the notice", provider_code=code)
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TemporarySendError("the push service is in trouble", provider_code=code)
    raise ProviderRefused("the push service refuses it", provider_code=code)


def error_code(reply: Reply) -> str:
    """FCM's own code, else the general one, else the HTTP status: trouble on the way answers in HTML."""
    error = _error(reply)
    codes = [one["errorCode"] for one in _details(error) if isinstance(one.get("errorCode"), str)]
    return str(codes[0] if codes else error.get("status") or reply.status)


def _about_token(reply: Reply) -> bool:
    violations = [one.get("fieldViolations") for one in _details(_error(reply))]
    fields = [field for found in violations if isinstance(found, list) for field in found if isinstance(field, dict)]
    return any(field.get("field") == "message.token" for field in fields)


def _details(error: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = error.get("details")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _error(reply: Reply) -> Mapping[str, Any]:
    try:
        error = reply.json().get("error")
    except OutcomeUnknown:
        return {}
    return error if isinstance(error, dict) else {}
