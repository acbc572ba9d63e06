"""`langnghe schema`: the common report schema as JSON Schema."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.cli.common import command, show_json

MODELS = ("Report", "InboundMessage", "OutboundMessage", "DeliveryReceipt")


def add(commands: Any) -> None:
    """Mount `schema`."""
    parser = command(commands, "schema", show, about="Print the common report schema as JSON Schema")
    parser.add_argument("model", nargs="?", choices=MODELS, default="Report", help="which model (default: Report)")


def show(arguments: argparse.Namespace) -> int:
    """Print one model's schema."""
    show_json(json_schema(arguments.model))
    return 0


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one model of the contract, with the version in its `$id`."""
    from core.contract import schema

    described: dict[str, Any] = getattr(schema, name).model_json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:langnghe:schema:{schema.SCHEMA_VERSION}:{name}",
    }
    return head | described
