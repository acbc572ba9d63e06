"""Communes of a deployment: imported, looked up on a day, and completed by what the tree of agencies knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.cases.agencies import Agency, AgencyTree
from core.contract.errors import ConfigError
from core.places import PlacesInvalid, Succession, only
from core.places.units import Commune
from core.regulations.loader import pack_names
from core.service.places import PlaceBook, read_tables, sample
from core.storage.database import Database
from tests.support.agencies import load_agencies
from tests.support.databases import on_both_engines

TODAY = date(2026, 11, 22)
NO_TREE = AgencyTree.of((), TODAY)
OLD = Commune(code="1", name="Cũ", kind="xã", district="Huyện Đông", province="tỉnh X", until=date(2025, 6, 30))
NEW = Commune(code="2", name="Mới", kind="phường", province="tỉnh X", since=date(2025, 7, 1))


@pytest.mark.rule("VN-10")
@on_both_engines
async def test_what_is_imported_is_found_by_every_process(database: Database) -> None:
    """Also by one that looked before; the same table again corrects and adds nothing twice."""
    one, two = (PlaceBook(database) for _ in range(2))
    rung: list[int] = []
    one.changed = lambda: rung.append(1)
    assert (await two.gazetteer(NO_TREE)).search("cũ", TODAY) == ()

    await one.take_in(((OLD, NEW), (Succession(old_code="1", new_code="2", since=date(2025, 7, 1)),)))
    await one.take_in(((NEW.model_copy(update={"name": "Mới Hơn"}),), ()))

    assert await two.refresh() == 1
    assert await two.refresh() == 0
    (found,) = (await two.gazetteer(NO_TREE)).search("cu", TODAY)
    assert found.label == "phường Mới Hơn, tỉnh X (trước đây: xã Cũ)"
    assert len((await one.gazetteer(NO_TREE)).communes) == 2
    assert len(rung) == 2


async def test_a_demonstration_begins_with_the_sample(database: Database) -> None:
    """A production does not: it imports its own."""
    book = PlaceBook(database)
    await PlaceBook(database).begin_with_sample()
    before = book.known(NO_TREE)
    shown = await book.gazetteer(NO_TREE)
    await book.take_in(((NEW,), ()))
    await book.begin_with_sample()

    assert before.communes == ()
    assert set(shown.communes) == set(sample()[0])
    assert len((await book.gazetteer(NO_TREE)).communes) == len(shown.communes) + 1


@pytest.mark.rule("LS-7.2a")
async def test_a_commune_that_only_the_tree_knows_is_found_by_its_committee(database: Database) -> None:
    """An agency that answers for a code is enough to choose the place."""
    seats = (
        Agency(id="a", name="UBND phường Thanh Trà", kind="commune", commune_code="90003"),
        Agency(id="b", name="UBND phường Mới", kind="commune", commune_code="2"),
    )
    book = PlaceBook(database)
    await book.take_in(((NEW,), ()))

    known = await book.gazetteer(AgencyTree.of(seats, TODAY))

    assert [one.commune.code for one in known.search("thanh tra", TODAY)] == ["90003"]
    assert [one.label for one in known.search("phường mới", TODAY)] == ["phường Mới, tỉnh X"]
    assert [one.commune.code for one in known.named_in("12 Lê Lợi, P. Thanh Trà", TODAY)] == ["90003"]


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize("pack", pack_names())
async def test_of_what_ships_no_commune_of_today_is_there_twice(database: Database, pack: str) -> None:
    """Whoever names it would be asked which of two with one name is meant, and neither would lead to its office."""
    book = PlaceBook(database)
    await book.begin_with_sample()
    await book.warm()

    titles = [one.title for one in book.ground(load_agencies(pack, TODAY)).on(TODAY)]

    assert len(titles) == len(set(titles))


@pytest.mark.rule("VN-10", "LS-7.2a")
async def test_a_name_of_the_pilot_leads_to_the_office_that_answers_for_it(database: Database) -> None:
    """By the name of today or an old one, in the demonstration that everybody starts first."""
    book, tree = PlaceBook(database), load_agencies("quang_binh", TODAY)
    await book.begin_with_sample()
    await book.warm()

    for words in ("số 15 Trần Hưng Đạo, phường Đồng Hới", "số 12 Lê Lợi, phường Hải Thành"):
        found = only(book.ground(tree).named_in(words, TODAY))
        assert found is not None
        office = tree.of_commune(found.commune.code)
        assert office is not None
        assert office.id == "phuong_dong_hoi"


def test_files_that_are_not_there_or_no_table_are_refused(tmp_path: Path) -> None:
    """With the name of the file."""
    latin = tmp_path / "latin.csv"
    latin.write_bytes("code,name\n1,Huế".encode("cp1258", errors="replace") + b"\xff")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="no file"):
        read_tables(tmp_path / "mat.csv", None)
    with pytest.raises(ConfigError, match="not in UTF-8"):
        read_tables(latin, None)
    with pytest.raises(PlacesInvalid, match=r"wrong\.csv: the first line"):
        read_tables(wrong, None)
