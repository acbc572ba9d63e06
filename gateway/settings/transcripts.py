"""Drafts of recordings, written by a machine."""

from __future__ import annotations

from pydantic import Field

from gateway.settings.base import Names, Section


class Transcripts(Section):
    """
    A program that writes down what it hears: it is given the path of a WAV file as its last argument, and prints the
    words (UTF-8). None: there are no drafts. How to have one: `channels/call_center/README.md`.
    """

    command: Names = Field(default=(), description="program and arguments; empty: no drafts")
    seconds: float = Field(default=120, gt=0, le=3600, description="longer it may not take for one recording")
