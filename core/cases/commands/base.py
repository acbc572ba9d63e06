"""What every command has, and the fields many of them share."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from core.cases.forms import Input
from core.cases.sealed import SealedText
from core.contract.schema import Model

Reason = Annotated[SealedText, Input("Lý do", "text")]
MaybeReason = Annotated[SealedText | None, Input("Lý do", "text")]
Note = Annotated[SealedText | None, Input("Ghi chú", "text")]
Files = Annotated[tuple[str, ...], Input("Tệp đính kèm", "files")]
Media = Annotated[tuple[str, ...], Input("Ảnh, video công khai", "media")]
Answer = Annotated[SealedText, Input("Nội dung trả lời", "text")]
Override = Annotated[SealedText | None, Input("Lý do vẫn gửi câu trả lời này", "text")]
"""Why an answer that says little goes out all the same; asked for only where it was held back."""
Agency = Annotated[str, Input("Cơ quan", "agency"), Field(min_length=1)]
Agencies = Annotated[tuple[str, ...], Input("Cơ quan", "agencies"), Field(min_length=1)]
OtherCase = Annotated[str, Input("Hồ sơ kia", "case"), Field(min_length=1)]


class Command(Model):
    """One request to change a case. `label` is the button, in Vietnamese; a pack may word it otherwise."""

    label: ClassVar[str] = ""
    internal: ClassVar[bool] = False

    name: str


class OnDispatch(Command):
    """About one agency's part. Without an id: the only one of the actor's agency that the command fits."""

    dispatch_id: str | None = None


class OnCoordination(Command):
    """About one request for help. Without an id: the only one of the actor's agency that the command fits."""

    coordination_id: str | None = None
