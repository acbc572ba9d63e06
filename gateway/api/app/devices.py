"""Devices that ring when there is news of a report. The words wait behind its code and PIN."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.contract.schema import Model
from core.service.devices import Subscription
from core.service.posting import READ_THERE
from gateway.api.app.acts import ELSEWHERE
from gateway.api.app.door import TAG, AppCall
from gateway.api.app.following import ONE
from gateway.api.errors import ApiError
from gateway.api.operation import Answer, Handler, Operation
from gateway.bell import NotADevice, drop_device, ring_device

OFF = "Thông báo đẩy chưa được bật ở tỉnh này."
NOT_ONE = "Thiết bị chưa gửi đúng thông tin đăng ký nhận thông báo."


class NewDevice(Model):
    """
    Where a device is rung.

    `service`: who rings it. "webpush": the address that its push service gave (RFC 8030) and its keys in base64url
    (RFC 8291). "fcm": the registration token of Firebase Cloud Messaging stands for the address, without keys.
    """

    service: Literal["webpush", "fcm"] = "webpush"
    endpoint: str = Field(max_length=2000)
    p256dh: str = Field(default="", max_length=200)
    auth: str = Field(default="", max_length=100)


class KnownDevice(Model):
    """The device that rings no more."""

    endpoint: str = Field(max_length=2000)


async def add(call: AppCall) -> Answer:
    """This device rings for news of this report."""
    view = await call.own_report()
    call.slow_down(call.door.writing)
    if view.channel not in READ_THERE:
        raise ApiError(409, "goes_on_elsewhere", ELSEWHERE)
    told: NewDevice = call.body
    device = Subscription.model_validate(told.model_dump())
    try:
        rings = await ring_device(call.request, view.conversation_id, device, subject_id=view.contact_id)
    except NotADevice:
        raise ApiError(422, "device_invalid", NOT_ONE) from None
    if not rings:
        raise ApiError(409, "push_is_off", OFF)
    return Answer(status=204)


async def remove(call: AppCall) -> Answer:
    """It rings no more; the same answer where it never did."""
    view = await call.own_report()
    await drop_device(call.request, view.conversation_id, call.body.endpoint)
    return Answer(status=204)


def _operation(name: str, method: str, summary: str, handler: Handler, body: type[Model]) -> Operation:
    return Operation(name, method, f"{ONE}/devices", TAG, summary, handler, body=body, status=204, door="report")


OPERATIONS = (
    _operation("appAddDevice", "POST", "Nhận thông báo đẩy", add, NewDevice),
    _operation("appRemoveDevice", "DELETE", "Thôi nhận thông báo đẩy", remove, KnownDevice),
)
