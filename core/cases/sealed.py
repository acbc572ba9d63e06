"""
Free text as events may hold it: an id and a commitment, never the words.

The words lie in the vault, encrypted under a key of their subject. A command is validated with a sealer in its
context, which stores the words and returns what stands for them:

    Decline.model_validate({"reason": "Không rõ nội dung"}, context={"sealer": seal})

Without a sealer a plain string is refused, so no free text can slip into an event by mistake. Erasing the subject
destroys the key; the commitment stays and still proves what was decided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

Sealer = Callable[[str], "SealedText"]
"""Puts words into the vault. May raise ValueError (too long, for one), which becomes a validation error."""


class SealedText(BaseModel):
    """
    What stands for a text.

    Args:
        id: of the text in the vault.
        commitment: salted hash of the text, lower-case hex; the salt lies with the text.
        length: of the text, in characters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    commitment: str
    length: int = Field(ge=1)

    @model_validator(mode="before")
    @classmethod
    def _seal(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        sealer: Sealer | None = (info.context or {}).get("sealer")
        if sealer is None:
            raise PydanticCustomError("not_sealed", "free text needs a sealer")
        if not value.strip():
            raise PydanticCustomError("empty_text", "Chưa nhập nội dung.")
        return sealer(value.strip()).model_dump()

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Whoever issues a command writes plain text; whoever reads an event finds the sealed form."""
        if handler.mode == "validation":
            return {"type": "string", "minLength": 1, "format": "free-text"}
        return handler(schema)
