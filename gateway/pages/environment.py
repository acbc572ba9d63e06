"""The Jinja environment: everything escaped, nothing undefined, Vietnamese formats as filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, wraps
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from core.identity.codes import format_code
from core.privacy.mask import mask_address, mask_name, mask_phone
from core.service.reading.endings import in_words
from gateway.pages import formats
from gateway.pages.words import Translate, Words, marked, said_by, words_of

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
ENVIRONMENT = web.AppKey("environment", Environment)


@cache
def build_environment(language: str = "") -> Environment:
    """
    One for the life of the process, which compiles each template once; whoever wants another loader: `overlay`.

    `language`: one with a catalogue of its own (see `words`), else Vietnamese.
    """
    words = words_of(language) if language else Words()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=[Translate],
    )
    environment.extend(words=words)
    environment.filters.update(
        time=formats.local_time,
        date=formats.local_date,
        clock=formats.local_clock,
        iso=formats.iso,
        span=formats.span,
        due=_due,
        due_state=_due_state,
        ago=_ago,
        number=formats.number,
        percent=formats.percent,
        file_size=formats.file_size,
        masked_name=mask_name,
        masked_phone=mask_phone,
        masked_address=mask_address,
        code=format_code,
        ending=in_words,
        say=words.say,
        said=said_by(words),
        vi=_as_it_is,
    )
    if language:
        for name in ("span", "due", "ago"):
            environment.filters[name] = _said(environment.filters[name], words)
        environment.filters.update(number=formats.english_number, vi=marked)
    return environment


def _as_it_is(text: object) -> object:
    """Quoted words on a page in their own language."""
    return text


def _said(tell: Callable[..., str], words: Words) -> Callable[..., str]:
    """The same filter, in the other language."""

    @wraps(tell)
    def filter_in(*given: Any) -> str:
        return words.say(tell(*given))

    return filter_in


@pass_context
def _due(context: Context, due: datetime) -> str:
    return formats.due_text(due, context["now"])


@pass_context
def _due_state(context: Context, due: datetime) -> str:
    return formats.due_state(due, context["now"])


@pass_context
def _ago(context: Context, moment: datetime) -> str:
    return formats.ago(moment, context["now"])
