"""The catalogue holds every rule id of the requirements matrix, once, with the fields that its status asks for."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.regulations.catalogue import Catalogue, CatalogueError, Rule, Source, Status, load_catalogue, read_source

MATRIX = Path(__file__).parents[4] / "shared" / "spec" / "regulations.md"  # lies beside the repository where it is kept
FROZEN_IDS = "578d4cd763f9d23898d3d0c6bfc1e07ce78d9845e68c015c955342d6e679c6ee"
COUNTS = {"TG": 71, "LS": 54, "QB": 60, "HUE": 10, "DL": 37, "U": 11, "VN": 15, "A": 53}

ID = re.compile(r"\b(?:TG|LS|QB|HUE|DL|VN|U|A)-[0-9A-Z][0-9A-Za-z]*(?:[.-][0-9A-Za-z]+)*")
ROW = re.compile(rf"^\| ({ID.pattern})(?:(–|, )([0-9a-z.]+))? \|", re.MULTILINE)
SPAN = re.compile(rf"({ID.pattern}) … ({ID.pattern})")
ARTICLE = re.compile(r"(?:\b(TG|LS|QB-QD|QB)[ .])?\b((?:[IVX]+\.)[0-9][\w.]*|[0-9][\w.]*|[a-z]\b)(?:–([0-9a-z.]+))?")


def ids_of_matrix(text: str) -> set[str]:
    """Every id that the matrix gives a row, mentions in prose, or lists as binding people; headings left out."""
    text = re.sub(
        r"^Worked examples.*?(?=^## )", "", text, flags=re.MULTILINE | re.DOTALL
    )  # they repeat ids as headings
    rows = {rule_id for match in ROW.finditer(text) for rule_id in ids_of_row(*match.groups())}
    spans = {rule_id for first, last in SPAN.findall(text) for rule_id in span(first, last)}
    mentioned = {match.group() for match in ID.finditer(text)}
    headings = {rule_id for rule_id in mentioned - rows if any(row.startswith(rule_id) for row in rows)}
    return rows | spans | (mentioned - headings) | articles_for_people(text)


def ids_of_row(first: str, joint: str | None, last: str | None) -> list[str]:
    """`TG-4.1b–c` is two ids, and so is `LS-11.1, 13.1`."""
    if last is None:
        return [first]
    return span(first, last) if joint == "–" else [first, f"{first.partition('-')[0]}-{last}"]


def span(first: str, last: str) -> list[str]:
    """All ids from `first` to `last`, which differ in their last number or letter."""
    start, end = (re.search(r"([0-9]+|[a-z])$", text).group() for text in (first, last))
    stem = first.removesuffix(start)
    if start.isdigit():
        return [f"{stem}{number}" for number in range(int(start), int(end) + 1)]
    return [f"{stem}{chr(letter)}" for letter in range(ord(start), ord(end) + 1)]


def articles_for_people(text: str) -> set[str]:
    """The articles of section 6.3, written there as `TG 3.1–3.3, 3.5` and `QB II.2a–e, g`."""
    section = re.search(r"^### 6\.3[^\n]*\n[^:]*:(.*?)^## 7", text, re.MULTILINE | re.DOTALL)
    found: list[str] = []
    source = ""
    for new_source, article, last in ARTICLE.findall(re.sub(r"\([^)]*\)", "", section.group(1) if section else "")):
        source = new_source or source
        joint = "." if source == "QB-QD" else "-"
        first = f"{found[-1][:-1]}{article}" if article.isalpha() else f"{source}{joint}{article}"
        found += span(first, last) if last else [first]
    return set(found)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_the_catalogue_holds_exactly_the_ids_of_the_matrix(catalogue: Catalogue) -> None:
    """The frozen digest guards the list everywhere; the matrix itself is compared where it lies beside us."""
    ids = sorted(rule.id for rule in catalogue)

    assert hashlib.sha256("\n".join(ids).encode()).hexdigest() == FROZEN_IDS
    if MATRIX.exists():
        assert sorted(ids_of_matrix(MATRIX.read_text(encoding="utf-8"))) == ids


def test_the_reader_of_the_matrix_knows_rows_ranges_prose_and_articles_for_people() -> None:
    """The comparison above is worth as much as its reader: one of each form of writing an id."""
    text = (
        "| TG-4.1b–c | staff side |\n| LS-11.1, 13.1 | run 24/7 |\n| LS-15.1–2 | marks, see LS-15 |\n"
        "| TG-6.3 `2wh` | Fri | Mon |\n| QB-— | not in the text |\nQB-I.1: users\n(DL-I.1 … DL-I.3)\n"
        "### 6.3 People\nlisted: TG 3.1–3.2, 3.5, QB II.2a–b, g (right, 9.9) · QB-QD.I.2, III.1.2 (pilot)\n## 7\n"
    )

    expected = (
        "TG-4.1b TG-4.1c LS-11.1 LS-13.1 LS-15.1 LS-15.2 TG-6.3 QB-I.1 DL-I.1 DL-I.2 DL-I.3 TG-3.1 TG-3.2 TG-3.5 "
        "QB-II.2a QB-II.2b QB-II.2g QB-QD.I.2 QB-QD.III.1.2"
    )
    assert ids_of_matrix(text) == set(expected.split())


def test_counts_per_source_are_fixed(catalogue: Catalogue) -> None:
    """A row that disappears or is added twice under another spelling changes a count."""
    assert Counter(rule.source.value for rule in catalogue) == COUNTS
    assert len(catalogue) == sum(COUNTS.values())


def test_every_row_has_a_text_and_a_place_in_its_source(catalogue: Catalogue) -> None:
    """A rule without words or without a place in the text cannot be checked by a person."""
    assert [rule.id for rule in catalogue if len(rule.text) < 20 or not rule.cite] == []


def test_verbatim_lists_stand_in_the_catalogue(catalogue: Catalogue) -> None:
    """Lists that a decision spells out are quoted, not summed up."""
    assert "Công thương; Văn hóa, Thể thao và Du lịch" in catalogue["TG-1.1"].text
    assert catalogue["HUE-C"].value == "channels=[app, web, phone, facebook, zalo, email]"
    assert catalogue["HUE-2"].value == "30min from distributed_at"


def test_readings_cite_rules_that_exist(catalogue: Catalogue) -> None:
    """A reading explains rules; each one it names is in the catalogue."""
    cited = {name for rule in catalogue.of(Source.A) for name in rule.cite.split(", ")}

    assert {name for name in cited if name not in catalogue} == set()


def test_each_text_names_its_pack_and_variants_share_it(catalogue: Catalogue) -> None:
    """The two-tier variant of a province carries out the same text."""
    assert catalogue.source_of_pack("thua_thien_hue") is Source.HUE
    assert catalogue.source_of_pack("thua_thien_hue_2025") is Source.HUE
    assert catalogue.source_of_pack("thua_thien_hue2") is None
    assert {source.value for source, file in catalogue.files.items() if file.pack} == {"TG", "LS", "QB", "HUE", "DL"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.LATER},
        {"status": Status.HUMAN},
        {"reason": "some day"},
        {"feature": "a page"},
        {"text": ""},
        {"cite": ""},
        {"id": "XX-1"},
        {"id": "LS-—"},
        {"colour": "red"},
    ],
    ids="-".join,
)
def test_a_row_that_explains_itself_badly_is_refused(change: dict[str, str]) -> None:
    """Status, reason and feature belong together; unknown fields and ids are slips of the pen."""
    row = {"id": "TG-1.1", "text": "six sectors", "cite": "Đ.1.1", "status": Status.ENFORCED}
    assert Rule.model_validate(row).id == "TG-1.1"

    with pytest.raises(ValidationError):
        Rule.model_validate(row | change)


def test_an_id_that_stands_twice_is_refused(catalogue: Catalogue) -> None:
    """Two rows under one id would let a test prove either."""
    hue = catalogue.files[Source.HUE]
    twice = hue.model_copy(update={"rules": (*hue.rules, hue.rules[0])})

    with pytest.raises(CatalogueError, match="HUE-0 stands twice"):
        Catalogue({Source.HUE: twice})


def test_a_file_with_a_foreign_row_is_refused_by_name(tmp_path: Path) -> None:
    """The message names the file and the row."""
    path = tmp_path / "HUE.yaml"
    path.write_text("source: HUE\ntitle: t\nrules:\n  - {id: TG-1, text: x, cite: y, status: enforced}\n", "utf-8")

    with pytest.raises(CatalogueError, match=r"HUE\.yaml: (?s:.*)TG-1 does not belong to the source HUE"):
        read_source(path)
