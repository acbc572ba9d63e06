"""The tree through time: what may be written down, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from core.agencies import AgencyHistory, AgencyRefused, Entry, add, amend, close, entries_of, kinds_in, merge
from core.cases.agencies import Agency
from core.regulations.agency_files import read_agencies
from core.regulations.loader import BUNDLED

START, DAY, LATER = date(2024, 1, 1), date(2025, 7, 1), date(2026, 3, 1)


def history(*agencies: Agency) -> AgencyHistory:
    given = agencies or (
        Agency(id="tinh", name="UBND tỉnh", kind="province"),
        Agency(id="huyen", name="UBND huyện Đông", kind="district", parent="tinh"),
        Agency(id="so", name="Sở Thông tin và Truyền thông", short_name="STTTT", kind="department", parent="tinh"),
        Agency(id="xa_a", name="UBND xã A", kind="commune", parent="huyen", commune_code="90001"),
        Agency(id="xa_b", name="UBND xã B", kind="commune", parent="huyen", commune_code="90002"),
    )
    return AgencyHistory().extended(entry for item in given for entry in entries_of(item))


@pytest.mark.rule("VN-10", "VN-11")
def test_a_new_name_holds_from_its_day_and_the_old_one_is_still_found() -> None:
    """The case of yesterday reads yesterday's name; whoever types it finds today's agency."""
    before = history()

    after = before.extended(amend(before, "so", since=LATER, name="Sở Khoa học và Công nghệ", short_name="SKHCN"))

    assert after.tree(DAY).name("so") == "Sở Thông tin và Truyền thông"
    assert after.tree(LATER).name("so") == "Sở Khoa học và Công nghệ"
    assert [item.id for item in after.tree(LATER).search("so thong tin")] == ["so"]
    assert [item.id for item in after.tree(LATER).search("STTTT")] == ["so"]
    assert after.tree(DAY).search("khoa học") == ()
    assert after.edition == 2
    assert after.as_known(1).tree(LATER).name("so") == "Sở Thông tin và Truyền thông"


@pytest.mark.rule("VN-10")
def test_a_level_that_ends_leaves_its_communes_under_the_province() -> None:
    """The district until 30/06/2025: gone, searchable, with heirs, and nobody hangs below it."""
    before = history()

    after = before.extended(
        close(before, "huyen", last_day=date(2025, 6, 30), replaced_by=("xa_a", "xa_b"), children_to="tinh")
    )

    eve, morning = after.tree(date(2025, 6, 30)), after.tree(DAY)
    assert eve.is_active("huyen")
    assert not morning.is_active("huyen")
    assert [item.id for item in eve.ancestors("xa_a")] == ["huyen", "tinh"]
    assert [item.id for item in morning.ancestors("xa_a")] == ["tinh"]
    assert [item.id for item in morning.successors("huyen")] == ["xa_a", "xa_b"]
    assert [item.id for item in morning.search("huyện Đông")] == ["huyen"]
    assert morning.search("huyện Đông", gone=False) == ()


def test_a_correction_keeps_what_was_written_before() -> None:
    """A later edition for the same day."""
    first = history()
    second = first.extended(amend(first, "so", since=LATER, name="Sở Khoa hoc"))
    third = second.extended(amend(second, "so", since=LATER, name="Sở Khoa học và Công nghệ"))

    assert third.tree(LATER).name("so") == "Sở Khoa học và Công nghệ"
    assert third.as_known(2).tree(LATER).name("so") == "Sở Khoa hoc"
    assert third.tree(LATER).agencies["so"].former == ("Sở Thông tin và Truyền thông",)
    assert len(third.terms("so")) == 2


def refusal(kind: str) -> str:
    one = history()
    closed = one.extended(close(one, "xa_b", last_day=date(2025, 6, 30), replaced_by=("xa_a",)))
    planned = one.extended(amend(one, "so", since=LATER, name="Sở Mới"))
    acts = {
        "loop": lambda: amend(one, "tinh", since=DAY, parent="huyen"),
        "itself": lambda: amend(one, "huyen", since=DAY, parent="huyen"),
        "unknown parent": lambda: add(one, Entry(agency_id="moi", since=DAY, name="Mới", kind="unit", parent="mat")),
        "closed parent": lambda: add(closed, Entry(agency_id="moi", since=DAY, name="Mới", kind="unit", parent="xa_b")),
        "id again": lambda: add(closed, Entry(agency_id="xa_b", since=DAY, name="Mới", kind="commune")),
        "id no id": lambda: add(one, Entry(agency_id="Sở Mới", since=DAY, name="Mới", kind="unit")),
        "no such kind": lambda: add(one, Entry(agency_id="moi", since=DAY, name="Mới", kind="comune")),
        "moved to no kind": lambda: amend(one, "so", since=DAY, kind="Sở"),
        "no name": lambda: add(one, Entry(agency_id="moi", since=DAY, name=" ", kind="unit")),
        "commune twice": lambda: add(
            one, Entry(agency_id="moi", since=DAY, name="UBND xã C", kind="commune", commune_code="90001")
        ),
        "closed twice": lambda: close(closed, "xa_b", last_day=LATER),
        "move closed": lambda: amend(closed, "xa_b", since=LATER, parent="tinh"),
        "nobody": lambda: amend(one, "mat", since=DAY, name="X"),
        "children": lambda: close(one, "huyen", last_day=DAY),
        "heir": lambda: close(closed, "xa_a", last_day=LATER, replaced_by=("xa_b",)),
        "own heir": lambda: close(one, "xa_a", last_day=DAY, replaced_by=("xa_a",)),
        "planned": lambda: amend(planned, "so", since=DAY, name="Sở Khác"),
        "nothing": lambda: amend(one, "so", since=DAY, name="Sở Thông tin và Truyền thông"),
    }
    with pytest.raises(AgencyRefused) as refused:
        acts[kind]()
    return refused.value.vi


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("loop", "không thể trực thuộc chính mình"),
        ("itself", "không thể trực thuộc chính mình"),
        ("unknown parent", "mat không có trong danh mục"),
        ("closed parent", "UBND xã B không còn hoạt động"),
        ("id again", "không dùng lại"),
        ("id no id", "không hợp lệ"),
        ("no such kind", "Không có loại cơ quan “comune”"),
        ("moved to no kind", "Không có loại cơ quan “Sở”"),
        ("no name", "phải có tên"),
        ("commune twice", "có hai cơ quan phụ trách"),
        ("closed twice", "không hoạt động"),
        ("move closed", "không hoạt động"),
        ("nobody", "Không có cơ quan mã mat"),
        ("children", "Còn 2 cơ quan trực thuộc"),
        ("heir", "Cơ quan kế thừa UBND xã B"),
        ("own heir", "Cơ quan kế thừa"),
        ("planned", "đã có thay đổi từ ngày 01/03/2026"),
        ("nothing", "không có gì thay đổi"),
    ],
)
def test_what_does_not_hold_together_is_refused(kind: str, sentence: str) -> None:
    """With a sentence."""
    assert sentence in refusal(kind)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in BUNDLED.glob("*/agencies.yaml")))
def test_every_shipped_tree_holds_on_each_of_its_days(name: str) -> None:
    """And says the same, read as entries, as read at once."""
    rows = read_agencies(BUNDLED / name / "agencies.yaml")
    entries = merge(AgencyHistory(), (entry for item in rows for entry in entries_of(item)))
    known = AgencyHistory().extended(entries)

    assert merge(known, entries) == ()
    for item in rows:
        for day in filter(None, (item.since, item.until, START, DAY)):
            found = known.tree(day).get(item.id)
            assert (found is not None) == (item.since is None or item.since <= day)
            assert found is None or found.model_copy(update={"former": ()}) == item


def test_a_kind_that_a_file_brought_in_may_be_given_again() -> None:
    """A province may have sorts of agency that nobody else has: a file names them, a slip of the hand does not."""
    one = history()
    after = one.extended(merge(one, [Entry(agency_id="toa", since=DAY, name="Tòa án", kind="court")]))

    (new,) = add(after, Entry(agency_id="toa_b", since=DAY, name="Tòa án B", kind="court"))
    assert (new.kind, list(kinds_in(after))[-1], kinds_in(after)["court"]) == ("court", "court", "court")
    assert "court" not in kinds_in(one)


def test_a_file_is_taken_whole_or_not_at_all() -> None:
    """One bad line, and nothing of it is new."""
    one = history()
    good = Entry(agency_id="xa_c", since=DAY, name="UBND xã C", kind="commune", parent="huyen")

    assert merge(one, [good]) == (good,)
    with pytest.raises(AgencyRefused, match="no agency mat"):
        merge(one, [good, Entry(agency_id="xa_d", since=DAY, name="UBND xã D", kind="commune", parent="mat")])
    with pytest.raises(AgencyRefused, match="above itself"):
        merge(one, [Entry(agency_id="tinh", since=DAY, name="UBND tỉnh", kind="province", parent="xa_a")])
