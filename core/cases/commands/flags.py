"""Commands that mark a case."""

from __future__ import annotations

from typing import Annotated, Literal

from core.cases.commands.base import Command, MaybeReason, Reason
from core.cases.forms import Input


class SetConfidential(Command):
    """The reporter's identity is kept secret on request, from any channel, until publication."""

    label = "Giữ bí mật"
    name: Literal["set_confidential"] = "set_confidential"
    confidential: Annotated[bool, Input("Giữ bí mật người phản ánh", "yes_no")] = True
    reason: MaybeReason = None


class FlagReputation(Command):
    """It may harm the good name of an organisation or person."""

    label = "Ảnh hưởng uy tín"
    name: Literal["flag_reputation"] = "flag_reputation"
    reason: Reason


class ConfirmReputation(Command):
    """A second person agrees (A-DL-7)."""

    label = "Xác nhận ảnh hưởng uy tín"
    name: Literal["confirm_reputation"] = "confirm_reputation"
    reason: MaybeReason = None


class FlagSecret(Command):
    """Suspected state secret: blocks publication and export (VN-3)."""

    label = "Nghi bí mật nhà nước"
    name: Literal["flag_secret"] = "flag_secret"


class ClearFlag(Command):
    """Take a flag off again."""

    label = "Gỡ"
    name: Literal["clear_flag"] = "clear_flag"
    flag: Annotated[Literal["reputation", "secret", "valuable", "false_report"], Input("Dấu hiệu", "flag")]
    reason: Reason


class MarkValuable(Command):
    """True and useful: may be rewarded (LS-15.1)."""

    label = "Có giá trị"
    name: Literal["mark_valuable"] = "mark_valuable"
    reason: Reason


class MarkFalse(Command):
    """False or abusive (LS-15.2)."""

    label = "Sai sự thật"
    name: Literal["mark_false"] = "mark_false"
    reason: Reason
