"""Words of a deployment's own: what may be changed, what has to stay, and what an update does to them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from core.contract.errors import NotFound
from core.intake.effects import Say
from core.intake.render import render, texts
from core.notify.letters import templates
from core.service.own_words import Shelf, Wording, objections, ours_of, shipped
from core.service.phrasebook import Phrasebook, WordingRefused, open_phrasebook
from core.storage import settings
from core.storage.database import Database

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ACCEPTED = "case_accepted"


@pytest.mark.parametrize("shelf", list(Shelf))
def test_our_own_texts_pass_our_own_checks(shelf: Shelf) -> None:
    """Whatever is shown in a form can be saved as it stands."""
    assert {
        name: objections(shelf, ours, ours) for name, ours in shipped(shelf).items() if objections(shelf, ours, ours)
    } == {}


@pytest.mark.parametrize(
    ("shelf", "name", "wording", "said"),
    [
        (Shelf.LETTER, ACCEPTED, Wording("", "Phản ánh {code}"), "nhập đủ"),
        (Shelf.LETTER, ACCEPTED, Wording("Mã {code}", ""), "nhập đủ"),
        (Shelf.LETTER, ACCEPTED, Wording("Đã tiếp nhận.", "Phản ánh {code}"), "Không được bỏ chỗ điền: {code}"),
        (Shelf.LETTER, ACCEPTED, Wording("{code} {ma}", "x"), "Không có chỗ điền tên này: {ma}"),
        (Shelf.LETTER, ACCEPTED, Wording("{code} {answer}", "x"), "{answer}"),
        (Shelf.TALK, "opened.pin", Wording("PIN {pin.__class__}"), "Dấu { }"),
        (Shelf.TALK, "opened.pin", Wording("PIN {pin!r}"), "Dấu { }"),
        (Shelf.TALK, "opened.pin", Wording("PIN {pin} {"), "Dấu { }"),
        (Shelf.TALK, "emergency.call", Wording("Anh/chị gọi ngay ({kind})."), "{number}"),
        (Shelf.TALK, "rated.thanks", Wording("x" * 1001), "dài nhất 1000"),
    ],
)
def test_a_wording_keeps_what_it_is_about(shelf: Shelf, name: str, wording: Wording, said: str) -> None:
    """Unknown places, lost places, and anything a format string could be made to do."""
    assert said in " ".join(objections(shelf, ours_of(shelf, name), wording))


async def test_a_wording_is_in_force_at_once_and_a_version_for_ever(database: Database) -> None:
    """Letters, the dialogue; back to ours; another process sees it when it looks."""
    book, elsewhere = await open_phrasebook(database), await open_phrasebook(database)
    write = partial(book.write, database, by="u1", now=NOW)
    letter = Wording("Đã nhận phản ánh {code}.", "Đã nhận {code}")
    await write(Shelf.LETTER, ACCEPTED, wording=letter)
    await write(Shelf.TALK, "rated.thanks", wording=Wording("Trung tâm cảm ơn anh/chị."))

    assert book.letter(ACCEPTED).text == letter.text
    assert book.letter(ACCEPTED).status == templates()[ACCEPTED].status
    assert render(Say("rated.thanks"), book.said).text == "Trung tâm cảm ơn anh/chị."
    assert render(Say("erase"), book.said).text == texts()["erase"]
    assert elsewhere.letter(ACCEPTED) == templates()[ACCEPTED]
    assert [await elsewhere.refresh(database), await elsewhere.refresh(database)] == [1, 0]
    assert elsewhere.letter(ACCEPTED) == book.letter(ACCEPTED)

    await write(Shelf.LETTER, ACCEPTED, wording=None)
    assert book.letter(ACCEPTED) == templates()[ACCEPTED]
    assert [(one.number, one.wording) for one in book.versions(Shelf.LETTER, ACCEPTED)] == [(2, None), (1, letter)]


async def test_nothing_is_written_that_would_not_do(database: Database) -> None:
    """Nor for a text that is not there, nor titles of buttons."""
    book = await open_phrasebook(database)
    with pytest.raises(WordingRefused):
        await book.write(database, Shelf.TALK, "opened.pin", wording=Wording("PIN"), by="u1", now=NOW)
    for name in ("no.such", "buttons.yes"):
        with pytest.raises(NotFound):
            await book.write(database, Shelf.TALK, name, wording=Wording("x"), by="u1", now=NOW)

    assert book.said is None
    assert await book.refresh(database) == 0


async def test_a_wording_that_an_update_left_behind_gives_way_to_ours(database: Database) -> None:
    """A place that nobody fills in any more would leave a citizen without an answer."""
    value = {"wording": {"subject": "", "text": "Cảm ơn {gone}"}, "by": "u1", "at": NOW.isoformat()}
    for name in ("rated.thanks", "of.another.version"):
        key = f"words:talk:{name}:0001"
        await database.write(partial(settings.add, key=key, value=value))

    book = await open_phrasebook(database)

    assert book.said is None
    assert isinstance(book, Phrasebook)
    assert [one.number for one in book.versions(Shelf.TALK, "rated.thanks")] == [1]
