"""What can be wrong with a flow, whoever wrote it: files are told of in English, the console has its own words."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """The sentence; `{}` stands for names of steps, keys, queues or prompts."""

    NO_STEP = "{}: there is no step {}"
    LOST = "leads to {}, which does not exist"
    UNREACHABLE = "nothing leads there"
    ENDLESS = "no way to an end"
    TURNS_BACK = "the way from give_up may neither ask nor turn back"
    SILENT_CIRCLE = "a circle in which nothing is said"
    UNANNOUNCED = "can be reached without {} (VN-5)"
    NO_KEY = "no key of a telephone: {}"
    TOO_LEAST = "least is more than most"
    CODE_UNREAD = "the code is promised and not read out ($code)"
    NO_QUEUE = "there is no queue {}"
    OVERFLOW = "queues.{}: {} leads to {}"
    QUEUE_CIRCLE = "queues.{}: callers would be moved in a circle"
    NO_PROMPT = "there is no prompt {}"
    TWICE = "key {} leads to two entries"
    OTHER_KEY = "{} is announced with key {} and cannot have another"
    NEEDED = "{} has to be in the menu (VN-8)"
