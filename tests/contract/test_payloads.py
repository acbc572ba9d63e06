"""Recorded deliveries: every kind of event that can come has one, and each of them can be replayed."""

from __future__ import annotations

from pathlib import Path

from core.contract.errors import PayloadInvalid
from tests.contract.cases import SUBJECTS, having
from tests.contract.subject import Subject

LEAST = 12


def _recorded(subject: Subject) -> list[str]:
    mine = f"{subject.variant}_" if subject.variant else ""
    return sorted(path.stem for path in _files(subject.folder) if path.stem.startswith(mine))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != ".md"]


@having("replay")
def test_every_kind_of_event_has_a_recording(subject: Subject) -> None:
    """And no recording is of a kind that nobody has named."""
    assert {name.partition("__")[0] for name in _recorded(subject)} == set(subject.events)


@having("replay")
def test_every_recording_means_something_or_is_kept_for_a_person(subject: Subject) -> None:
    """Whatever was delivered once can be delivered again, by a later version as well."""
    channel, replay = subject.channel(), subject.replay
    assert replay is not None
    for name in _recorded(subject):
        delivery = replay(name)
        try:
            items = channel.split(delivery)
            meanings = [meaning for item in items for meaning in channel.parse(delivery, item)]
        except PayloadInvalid:
            assert name.partition("__")[0].rpartition("_")[2] in {"broken", "quarantine", "message"}, name
        else:
            assert meanings, name


def test_every_channel_has_recordings_enough() -> None:
    """A dozen at least, of all its providers together."""
    assert {subject.name for subject in SUBJECTS} == {subject.name for subject in SUBJECTS if subject.replay}
    for folder in {subject.folder for subject in SUBJECTS}:
        assert len(_files(folder)) >= LEAST, folder
