"""
What people are asked, shown and told: fields, categories, notices, letters, and what stays hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import get_args

from core.regulations.letters import PLACEHOLDERS, fact_of, holes
from core.regulations.lint.finding import Finding, Kind, Path, error
from core.regulations.lint.walk import Subject
from core.regulations.sections import FieldName
from core.triage.sorter import topics

TELLING = frozenset({"place", "answer", "media", "decline_reason"})
"""Fields that may give away who wrote, or what must stay unsaid (A-TG-8: stages under the code, no text)."""

REPORTER = "reporter"


def check_fields(subject: Subject) -> Iterator[Finding]:
    """Recommended fields are fields; a field required on some channel is required on a channel that exists."""
    intake = subject.pack.intake
    for name in intake.recommended:
        if name not in get_args(FieldName):
            yield error(Kind.FIELD_UNKNOWN, ("intake", "recommended"), f"a report has no field {name!r}")
    for required in intake.required.values():
        for channel in required.channels or ():
            if channel not in intake.channels:
                path = ("intake", "required", required.id, "channels")
                yield error(Kind.DANGLING, path, f"no channel {channel!r}", required.cites)


def check_groups(subject: Subject) -> Iterator[Finding]:
    """A category's group and topics are known, and the usual urgency is one of the tiers, where there are tiers."""
    intake = subject.pack.intake
    for category in intake.categories.values():
        if category.group and category.group not in intake.groups:
            path = ("intake", "categories", category.id, "group")
            yield error(Kind.DANGLING, path, f"no group {category.group!r}", category.cites)
    yield from _topics(subject)
    if intake.urgencies and intake.usual_urgency not in intake.urgencies:
        yield error(Kind.DANGLING, ("intake", "usual_urgency"), f"no urgency {intake.usual_urgency!r}")


def _topics(subject: Subject) -> Iterator[Finding]:
    """Topics are known ones, each of one category: which of two to suggest, nobody could say."""
    holders: dict[str, str] = {}
    for category in subject.pack.intake.categories.values():
        path = ("intake", "categories", category.id, "topics")
        for topic in category.topics:
            if topic not in topics():
                yield error(Kind.DANGLING, path, f"no topic {topic!r}", category.cites)
            if holders.setdefault(topic, category.id) != category.id:
                yield error(Kind.DUPLICATE, path, f"topic {topic!r} is {holders[topic]!r}'s already", category.cites)


def check_duplicates(subject: Subject) -> Iterator[Finding]:
    """Two entries of one list that read the same cannot be told apart by the person who chooses."""
    pack = subject.pack
    categories = ((f"{entry.group}: {entry.label}", entry.id) for entry in pack.intake.categories.values())
    required = ((f"{entry.field} {entry.channels or ''}", entry.id) for entry in pack.intake.required.values())
    yield from _twice(("intake", "categories"), categories)
    yield from _twice(("intake", "required"), required)
    yield from _twice(("decline_reasons",), ((reason.label, reason.id) for reason in pack.decline_reasons.values()))
    yield from _twice(("cancel_reasons",), ((reason.label, reason.id) for reason in pack.cancel_reasons.values()))
    yield from _twice(("rating", "levels"), ((level.label, level.id) for level in pack.rating.levels.values()))
    yield from _twice(
        ("rating", "levels"), ((f"score {level.score}", level.id) for level in pack.rating.levels.values())
    )
    yield from _twice(("utilities",), ((one.label, one.id) for one in pack.utilities.values()))
    yield from _twice(("roles",), ((role.label, role.id) for role in pack.roles.values()))


def _twice(path: Path, labelled: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    keys = defaultdict(list)
    for label, key in labelled:
        keys[" ".join(label.casefold().split())].append(key)
    for label, same in keys.items():
        if len(same) > 1:
            yield error(Kind.DUPLICATE, (*path, same[-1]), f"{' and '.join(same)} read the same: {label!r}")


def check_notices(subject: Subject) -> Iterator[Finding]:
    """Every notice that is delivered has words to say, and nothing stays open in what a reporter reads."""
    for notice in subject.pack.notifications.values():
        if notice.via and notice.template not in subject.context.staff_templates and set(notice.to) - {REPORTER}:
            path = ("notifications", notice.id, "template")
            yield error(Kind.TEMPLATE_MISSING, path, f"there is no notice to staff {notice.template!r}", notice.cites)
        if REPORTER not in notice.to:
            continue
        path = ("notifications", notice.id, "template")
        holes = subject.context.templates.get(notice.template)
        if holes is None:
            yield error(Kind.TEMPLATE_MISSING, path, f"there is no template {notice.template!r}", notice.cites)
        for hole in sorted((holes or frozenset()) - subject.context.placeholders):
            message = f"nobody fills in {{{hole}}} of the template {notice.template!r}"
            yield error(Kind.PLACEHOLDER_UNKNOWN, path, message, notice.cites)


def check_letter(subject: Subject) -> Iterator[Finding]:
    """Everything that a letter leaves open can be filled in, and the result letter says the result."""
    letter = subject.pack.letter
    for name, form in {"": letter, **letter.others}.items():
        path = ("letter", "others", name) if name else ("letter",)
        for field, hole in ((field, hole) for field, text in form.texts() for hole in holes(text)):
            if fact_of(hole) is None:
                message = f"nobody can fill in [{hole}]; known are {', '.join(sorted(PLACEHOLDERS))}"
                yield error(Kind.PLACEHOLDER_UNKNOWN, (*path, field), message, form.cites)
    for name, form in letter.forms().items():
        if "answer" not in {fact_of(hole) for hole in holes(form.body)}:
            message = f"the letter {name!r} has no place for what it tells: write [nội dung trả lời]"
            yield error(Kind.LETTER_SAYS_NOTHING, ("letter",), message, form.cites)


def check_fixed_texts(subject: Subject) -> Iterator[Finding]:
    """Reasons and directions are said as they stand: a placeholder in them would be read out."""
    pack = subject.pack
    texts: dict[Path, str] = {}
    texts |= {("intake", "diversions", entry.id, "text"): entry.text for entry in pack.intake.diversions.values()}
    texts |= {("decline_reasons", entry.id, "text"): entry.text for entry in pack.decline_reasons.values()}
    texts |= {("cancel_reasons", entry.id, "text"): entry.text for entry in pack.cancel_reasons.values()}
    texts |= {("stages", level, stage.id, "public"): stage.public for level, stage in subject.stages()}
    for path, text in texts.items():
        for hole in holes(text):
            yield error(Kind.PLACEHOLDER_UNKNOWN, path, f"this text is said as it stands; nobody fills in {hole!r}")


def check_public_fields(subject: Subject) -> Iterator[Finding]:
    """Confidential and withheld cases show their progress and nothing that tells who wrote or what it is about."""
    publication = subject.pack.publication
    for name in ("confidential_fields", "withheld_fields"):
        for field in sorted(TELLING & set(getattr(publication, name))):
            message = f"the public would read {field!r} of a case that must not tell it"
            yield error(Kind.PUBLIC_FIELD_TELLS, ("publication", name), message, publication.cites or ("A-4",))
