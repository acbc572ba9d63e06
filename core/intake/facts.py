"""What is known of a report in the making."""

from __future__ import annotations

from pydantic import Field

from core.contract.schema import Attachment, GeoPoint, Model, Place, ReportForm
from core.intake.normalise import working_text


class PlacePiece(Model):
    """A concrete piece of the place as known so far."""

    text: str
    admin: bool = False
    number: str = ""


class Facts(Model):
    """What is known of a report in the making."""

    lines: tuple[str, ...] = Field(default=(), description="What was told about the matter, message by message")
    as_sent: tuple[str, ...] = ()
    told: bool = False
    pieces: tuple[PlacePiece, ...] = ()
    point: GeoPoint | None = None
    commune: str = Field(default="", description="Code of the one they chose where several were in question")
    times: tuple[str, ...] = ()
    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    organisation: str = ""
    identity: str = ""
    confidential: bool | None = None
    declared_none: dict[str, str] = Field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    category_given: str = ""
    form: ReportForm | None = None

    @property
    def content(self) -> str:
        """The working text: all that was told of the matter."""
        return working_text("\n".join(self.lines))

    @property
    def place(self) -> Place:
        """Words and point of the place; commune as the form gave it."""
        text = ", ".join([piece.text for piece in self.pieces])
        if self.form is None:
            return Place(text=text, point=self.point)
        given = self.form.place
        return given.model_copy(update={"text": text or given.text, "point": self.point or given.point})

    @property
    def occurred(self) -> str:
        """When it happened, in the citizen's words."""
        return ", ".join(self.times)
