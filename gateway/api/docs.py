"""The document for machines, and the same as a page for people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.api.openapi import TAGS
from gateway.pages import render

JSON_PATH = "/api/openapi.json"
PAGE_PATH = "/api/docs"


@dataclass(frozen=True)
class Described:
    """The document, made (0.2 s of a core) when it is first wanted."""

    make: Callable[[], dict[str, Any]]


DOCUMENT = web.AppKey("openapi_document", Described)


@dataclass(frozen=True)
class Shown:
    """One operation on the page. `body`: its schema as text."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[dict[str, Any], ...]
    body: str
    answer: str
    status: str


async def show_document(request: web.Request) -> web.StreamResponse:
    """`/api/openapi.json`."""
    document = await asyncio.to_thread(request.app[DOCUMENT].make)
    text = json.dumps(document, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", headers={"Cache-Control": "no-cache"})


async def show_page(request: web.Request) -> web.StreamResponse:
    """`/api/docs`: every operation of the same document, by subject."""
    document = await asyncio.to_thread(request.app[DOCUMENT].make)
    shown = list(_operations(document))
    groups = [(tag, text, [one for given, one in shown if given == tag]) for tag, text in TAGS.items()]
    return render(
        request,
        "api/docs.html",
        about=document["info"]["description"].strip().split("\n\n"),
        version=document["info"]["version"],
        groups=[group for group in groups if group[2]],
        document=JSON_PATH,
    )


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, Shown]]:
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            status = next(iter(entry["responses"]))
            yield (
                entry["tags"][0],
                Shown(
                    id=entry["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=entry["summary"],
                    description=entry["description"],
                    parameters=tuple(entry["parameters"]),
                    body=_schema(document, entry.get("requestBody", {})),
                    answer=_schema(document, entry["responses"][status]),
                    status=status,
                ),
            )


def _schema(document: dict[str, Any], holder: dict[str, Any]) -> str:
    """The schema of a body, one level of references opened; empty where there is none."""
    content = next(iter(holder.get("content", {}).values()), None)
    if content is None:
        return ""
    schema = content["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    opened = document["components"]["schemas"].get(name, schema)
    return json.dumps(opened, ensure_ascii=False, indent=2)
