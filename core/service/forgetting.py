"""
What goes of a person when one of several cases of theirs was diverted, thought out on what was opened (VN-1, VN-2).

Gone is what the diverted reports were made of and what was written about them. In a conversation that was about
nothing else everything goes; in one that was, whatever followed the first of those words and belongs to nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.contract.schema import Attachment, Report, Reporter
from core.intake.state import Dialogue, Draft
from core.service.safe import Safe
from core.service.talk import Correspondent, MessageContent
from core.storage.conversations import ConversationRow
from core.storage.diverted import Diverted, Forgetting, Person, Said


@dataclass(frozen=True)
class _Talk:
    """A conversation, opened, and which of its messages go."""

    row: ConversationRow
    dialogue: Dialogue
    said: Sequence[Said]
    gone: Sequence[Said]


def forgetting(safe: Safe, contact_id: str, kept: Person, diverted: Diverted) -> Forgetting:
    """What goes; reads under the person's key, so not on the event loop."""
    opened = {key: _report(safe, contact_id, key, sealed) for key, sealed in kept.reports.items()}
    ours = [one for key, one in opened.items() if one is not None and key in diverted.reports]
    others = [one for key, one in opened.items() if one is not None and key not in diverted.reports]
    touched = {one.conversation_id for one in ours}
    talks = [_talk(safe, row, kept.said, ours, others, diverted) for row in kept.talks if row.id in touched]
    gone = [one for talk in talks for one in talk.gone]
    dialogues = [_dialogue(safe, row) for row in kept.talks]
    stays = set(_files(others, [one for one in kept.said if one not in gone], dialogues, diverted, safe, contact_id))
    files = {one.stored_key for report in ours for one in report.attachments} | set(_said_files(safe, contact_id, gone))
    addresses = _addresses(safe, ours) - _addresses(safe, others) - {row.address_blind for row in kept.talks}
    return Forgetting(
        contact_id,
        cases=diverted.cases,
        reports=diverted.reports,
        messages=gone,
        talks=[(_without(safe, talk, diverted), talk.row.version) for talk in talks],
        address_blinds=addresses,
        files=files - stays - {""},
        profile_sealed=_profile(safe, contact_id, others),
    )


def _report(safe: Safe, contact_id: str, report_id: str, sealed: bytes | None) -> Report | None:
    return safe.open_or_none(sealed, Report, subject_id=contact_id, place=f"report:{report_id}")


def _dialogue(safe: Safe, row: ConversationRow) -> Dialogue:
    place = f"conversation:{row.id}"
    return safe.open_or_none(row.dialogue_sealed, Dialogue, subject_id=row.contact_id, place=place) or Dialogue()


def _talk(
    safe: Safe,
    row: ConversationRow,
    said: Sequence[Said],
    ours: Iterable[Report],
    others: Iterable[Report],
    diverted: Diverted,
) -> _Talk:
    dialogue = _dialogue(safe, row)
    here = [one for one in said if one.conversation_id == row.id]
    made_of = {name for one in ours if one.conversation_id == row.id for name in one.message_ids}
    elsewhere = {name for one in others if one.conversation_id == row.id for name in one.message_ids}
    elsewhere |= {part.message_id for draft in _drafts(dialogue, diverted) for part in draft.parts}
    elsewhere |= {one.provider_message_id for one in dialogue.pending}

    def blinds(names: Iterable[str]) -> set[str]:
        return {safe.blind.other("provider", row.channel, name) for name in names}

    gone = _about(here, ours=blinds(made_of), others=blinds(elsewhere), cases=diverted.cases)
    return _Talk(row, dialogue, here, list(gone if elsewhere else here))


def _drafts(dialogue: Dialogue, diverted: Diverted) -> Iterator[Draft]:
    """Drafts of other reports, finished or not."""
    yield from dialogue.drafts
    yield from (one.draft for one in dialogue.reports if one.report_id not in diverted.reports)


def _about(said: Iterable[Said], *, ours: set[str], others: set[str], cases: Sequence[str]) -> Iterator[Said]:
    begun = False
    for one in said:
        mine = one.provider_blind in ours or one.case_id in cases
        begun = begun or mine
        if mine or (begun and one.provider_blind not in others and one.case_id is None):
            yield one


def _without(safe: Safe, talk: _Talk, diverted: Diverted) -> ConversationRow:
    """The conversation without the diverted reports, and without its subject, which may be theirs."""
    place, subject = f"conversation:{talk.row.id}", talk.row.contact_id
    reports = tuple(one for one in talk.dialogue.reports if one.report_id not in diverted.reports)
    who = safe.open_or_none(talk.row.correspondent_sealed, Correspondent, subject_id=subject, place=place)
    bare = safe.seal(who.model_copy(update={"subject": ""}), subject_id=subject, place=place) if who else None
    dialogue = talk.dialogue.model_copy(update={"reports": reports})
    return replace(
        talk.row,
        correspondent_sealed=bare,
        dialogue_sealed=safe.seal(dialogue, subject_id=subject, place=place),
        version=talk.row.version + 1,
    )


def _files(
    reports: Iterable[Report],
    said: Iterable[Said],
    dialogues: Iterable[Dialogue],
    diverted: Diverted,
    safe: Safe,
    contact_id: str,
) -> Iterator[str]:
    """Files that something else still needs: the same bytes are stored once for a person."""
    files: list[Attachment] = [file for report in reports for file in report.attachments]
    for dialogue in dialogues:
        files += [file for draft in _drafts(dialogue, diverted) for part in draft.parts for file in part.attachments]
        files += [file for one in dialogue.pending for file in one.attachments]
    yield from (file.stored_key for file in files)
    yield from _said_files(safe, contact_id, said)


def _said_files(safe: Safe, contact_id: str, said: Iterable[Said]) -> Iterator[str]:
    for one in said:
        content = safe.open_or_none(
            one.content_sealed, MessageContent, subject_id=contact_id, place=f"message:{one.id}"
        )
        yield from (file.stored_key for file in content.attachments) if content else ()


def _addresses(safe: Safe, reports: Iterable[Report]) -> set[str]:
    who = [one.reporter for one in reports]
    phones = {safe.blind.phone(phone) for one in who for phone in one.phones}
    return phones | {safe.blind.email(email) for one in who for email in one.emails}


def _profile(safe: Safe, contact_id: str, others: Sequence[Report]) -> bytes:
    """Who they are by the latest report that stays."""
    reporter = others[-1].reporter if others else Reporter()
    return safe.seal(reporter, subject_id=contact_id, place=f"contact:{contact_id}")
