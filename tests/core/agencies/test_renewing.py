"""What ships now, over a tree taken in as an earlier version shipped it: days are corrected, nothing is lost."""

from __future__ import annotations

from datetime import date

from core.agencies import AgencyHistory, Entry, entries_of, renew
from core.cases.agencies import Agency

TODAY, JULY, MARCH = date(2026, 11, 22), date(2025, 7, 1), date(2025, 3, 1)
PROVINCE = Agency(id="tinh", name="UBND tỉnh", kind="province")
DISTRICT = Agency(id="huyen", name="UBND huyện", kind="district", parent="tinh", until=date(2025, 6, 30))


def taken_in(*shipped: Agency) -> AgencyHistory:
    """As an earlier version shipped it, in edition 1."""
    return AgencyHistory().extended(entry for item in shipped for entry in entries_of(item))


def renewed(history: AgencyHistory, *shipped: Agency) -> AgencyHistory:
    """What ships now, taken up today."""
    told = {item.id: entries_of(item) for item in shipped}
    return history.extended(renew(history, told, taken_in={1}, today=TODAY))


def test_a_day_that_is_told_no_more_says_what_is_told_now() -> None:
    """The district did not end after all; a department began earlier than was said."""
    department = Agency(id="so", name="Sở Y tế", kind="department", parent="tinh", since=JULY)
    after = renewed(
        taken_in(PROVINCE, DISTRICT, department),
        PROVINCE,
        DISTRICT.model_copy(update={"until": None}),
        department.model_copy(update={"since": MARCH, "name": "Sở Y tế mới"}),
    )

    assert after.tree(TODAY).is_active("huyen")
    assert [after.tree(day).name("so") for day in (date(2025, 4, 1), TODAY)] == ["Sở Y tế mới"] * 2


def test_what_ships_no_more_ends_today_and_keeps_its_name() -> None:
    after = renewed(taken_in(PROVINCE, DISTRICT, Agency(id="doi", name="Đội", kind="department")), PROVINCE)

    assert not after.tree(TODAY).is_active("doi")
    assert after.tree(JULY).is_active("doi")
    assert after.tree(TODAY).name("doi") == "Đội"
    assert after.terms("huyen") == taken_in(PROVINCE, DISTRICT).terms("huyen"), "it had ended already"


def test_what_a_person_wrote_stays() -> None:
    """Whatever became of it in what ships, and also where it ships no more."""
    history = taken_in(PROVINCE, DISTRICT).extended([Entry(agency_id="tinh", name="UBND tỉnh ta", kind="province")])
    assert renewed(history, PROVINCE, DISTRICT).entries == history.entries
    assert renewed(history).tree(TODAY).name("tinh") == "UBND tỉnh ta"


def test_the_same_again_is_nothing() -> None:
    told = {item.id: entries_of(item) for item in (PROVINCE, DISTRICT)}
    assert renew(taken_in(PROVINCE, DISTRICT), told, taken_in={1}, today=TODAY) == ()
