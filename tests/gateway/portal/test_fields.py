"""The form's own rules, row by row: what is missing, what is malformed, what crosses into the inbox."""

from __future__ import annotations

from datetime import date

import pytest

from core.contract.schema import Attachment, AttachmentKind
from core.intake.rules import CategoryRule, ChannelTraits, IntakeField, IntakeRules
from gateway.portal.checks import inputs, problems, required_fields
from gateway.portal.fields import LONGEST_CONTENT, NONE_REASON, read_fields, to_form

PHOTO = Attachment(kind=AttachmentKind.IMAGE, media_type="image/jpeg", size=1, sha256="0" * 64, stored_key="k")
TODAY = date(2026, 11, 20)
GIVEN = {"content": "Ổ gà", "place": "12 Lê Lợi"}


def rules(*required: IntakeField, reachable: bool = True) -> IntakeRules:
    """A regulation that requires these fields on the web."""
    return IntakeRules(
        regulation="test",
        required={"*": required or (IntakeField.CONTENT, IntakeField.PLACE, IntakeField.CONTACT)},
        categories=(CategoryRule(id="roads", label="Đường"),),
        channels={"web": ChannelTraits(reachable=reachable)},
    )


STRICT = rules(
    IntakeField.CONTENT,
    IntakeField.PLACE,
    IntakeField.TIME,
    IntakeField.NAME,
    IntakeField.PHONE,
    IntakeField.EMAIL,
    IntakeField.ADDRESS,
    IntakeField.IDENTITY,
    IntakeField.MEDIA,
)
EVERYTHING = GIVEN | {
    "occurred": "sáng nay",
    "name": "Nguyễn Văn An",
    "phone": "0900 000 001",
    "email": "an@example.vn",
    "address": "12 Lê Lợi",
    "identity": "001 090 000 001",
    "consent": "1",
}


def wrong(posted: dict[str, str], wanted: IntakeRules, *, files: tuple[Attachment, ...] = ()) -> list[str]:
    """The inputs with a mistake, in order."""
    return [problem.field for problem in problems(read_fields(posted, files=files), wanted, today=TODAY)]


@pytest.mark.rule("A-HUE-3")
def test_the_tracking_page_is_the_one_reachable_address() -> None:
    assert wrong(GIVEN, rules()) == []
    assert required_fields(rules()) == {IntakeField.CONTENT, IntakeField.PLACE}


def test_where_the_page_does_not_count_an_address_is_asked_for() -> None:
    assert wrong(GIVEN, rules(reachable=False)) == ["phone"]
    assert wrong(GIVEN | {"email": "an@example.vn", "consent": "1"}, rules(reachable=False)) == []


def test_a_strict_regulation_gets_all_it_requires_in_the_order_of_asking() -> None:
    assert wrong({}, STRICT) == [
        "content",
        "place",
        "occurred",
        "name",
        "phone",
        "email",
        "address",
        "identity",
        "media",
    ]
    assert wrong(EVERYTHING, STRICT, files=(PHOTO,)) == []


@pytest.mark.rule("VN-12", "LS-5.1c", "A-LS-7")
@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("014 203 000 001", True),
        ("014203000001", True),
        ("082345678", True),  # CMND, no longer valid: taken as legacy
        ("01420300001", False),
        ("000203000001", False),
        ("014227000001", False),  # born in 2027
        ("0142030000012", False),
        ("không có", False),
    ],
)
def test_a_number_that_can_be_none_is_sent_back(number: str, good: bool) -> None:
    """Twelve digits that somebody could bear, or the nine of an old card."""
    wanted = rules(IntakeField.IDENTITY)

    assert (wrong(GIVEN | {"identity": number, "consent": "1"}, wanted) == []) is good


@pytest.mark.rule("A-8")
def test_what_somebody_does_not_have_is_declared_and_counts() -> None:
    lacking = {f"no_{name}": "1" for name in ("name", "phone", "email", "address", "identity", "media", "time")}
    filled = read_fields(GIVEN | lacking)
    assert problems(filled, STRICT, today=TODAY) == []
    form = to_form(filled, code="1" * 12, pin_hash="", contact_id="c")
    assert form.declared_none == dict.fromkeys(
        ("address", "email", "identity", "media", "name", "phone", "time"), NONE_REASON
    )


@pytest.mark.rule("A-8")
def test_what_the_regulation_insists_on_cannot_be_declared_none() -> None:
    assert wrong(GIVEN, rules(IntakeField.PHONE)) == ["phone"]
    filled = read_fields(GIVEN | {"no_phone": "1"}, lackable={"email"})
    assert [problem.field for problem in problems(filled, rules(IntakeField.PHONE), today=TODAY)] == ["phone"]


@pytest.mark.rule("A-8")
def test_content_and_place_cannot_be_declared_none() -> None:
    assert wrong({"no_content": "1", "no_place": "1"}, rules()) == ["content", "place"]


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        pytest.param({"phone": "12"}, "phone", id="too short a number"),
        pytest.param({"phone": "113"}, "phone", id="nobody can be called back at 113"),
        pytest.param({"email": "an"}, "email", id="no mail address"),
        pytest.param({"email": "an@example"}, "email", id="no domain"),
        pytest.param({"email": "an@example.vn, binh@example.vn"}, "email", id="two addresses"),
        pytest.param({"identity": "12345"}, "identity", id="too few digits"),
        pytest.param({"category": "weather"}, "category", id="a category nobody offered"),
        pytest.param({"content": "a" * (LONGEST_CONTENT + 1)}, "content", id="too long"),
        pytest.param({"place": "a" * 301}, "place", id="too long a place"),
    ],
)
def test_what_is_malformed_is_told(posted: dict[str, str], field: str) -> None:
    assert wrong(GIVEN | {"consent": "1"} | posted, rules()) == [field]


@pytest.mark.rule("VN-4")
def test_consent_is_asked_only_where_something_personal_is_given() -> None:
    assert wrong(GIVEN, rules()) == []
    for name, value in (("name", "An"), ("phone", "0900 000 001"), ("email", "an@example.vn")):
        assert wrong(GIVEN | {name: value}, rules()) == ["consent"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "known"),
    [
        ("16.4637", "107.5909", True),
        ("16,4637", "107,5909", True),
        ("91", "107", False),
        ("16", "181", False),
        ("16", "", False),
        ("nan", "inf", False),
        ("1e1", "107", False),
    ],
)
def test_a_point_alone_is_a_place(latitude: str, longitude: str, known: bool) -> None:
    posted = {"content": "Ổ gà", "latitude": latitude, "longitude": longitude, "accuracy": "12.5"}
    assert (wrong(posted, rules()) == []) is known
    point = to_form(read_fields(posted), code="", pin_hash="", contact_id="").place.point
    assert (point is not None) is known
    if point is not None:
        assert point.accuracy_m == 12.5


def test_values_cross_in_their_common_form() -> None:
    form = to_form(
        read_fields(EVERYTHING | {"email": "An@Example.VN", "category": "roads", "confidential": "1"}),
        code="1" * 12,
        pin_hash="h",
        contact_id="c",
    )
    assert form.reporter.phones == ("+84900000001",)
    assert form.reporter.emails == ("an@example.vn",)
    assert form.reporter.identity_number == "001090000001"
    assert (form.category_hint, form.confidential) == ("roads", True)


def test_control_characters_do_not_pass() -> None:
    assert read_fields({"content": "a\x00b\u202ec"})["content"] == "abc"


def test_a_file_in_the_place_of_a_text_counts_as_nothing() -> None:
    assert read_fields({"content": object()})["content"] == ""


def test_only_what_the_regulation_asks_for_is_offered() -> None:
    plain, strict = inputs(required_fields(rules())), inputs(required_fields(STRICT))
    assert "identity" not in plain
    assert "address" not in plain
    assert plain["content"]
    assert not plain["phone"]
    assert strict["identity"]
    assert strict["phone"]
