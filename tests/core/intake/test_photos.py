"""A photo that says where it was taken: asked about once, and used only after a yes."""

from __future__ import annotations

from typing import Any

import pytest

from core.contract.schema import GeoPoint
from core.intake import effects as does
from core.intake.happenings import HandedBack, MessageArrived, StaffTookOver, TimerKind
from core.intake.state import Mode
from tests.core.intake.harness import Player, at, image, message, rules

TAKEN = GeoPoint(latitude=16.463611, longitude=107.590833)
POTHOLE = "Ổ gà to giữa đường, xe máy ngã liên tục"
LAMP = "Đèn đường trước số 12 Nguyễn Huệ hỏng ba hôm nay"


def begin(words: str, channel: str = "zalo", taken: GeoPoint | None = TAKEN, **said: Any) -> Player:
    """A conversation that begins with words and a photo."""
    player = Player(rules("hue"), serialise=True)
    photo = image("hố").model_copy(update={"taken": taken})
    first = message(channel, 0, {"t": 0, "text": words, **said}).model_copy(update={"attachments": (photo,)})
    player.happen(MessageArrived(first), at(0))
    player.pass_time(at(30))
    return player


def say(player: Player, seconds: float, channel: str = "zalo", **said: Any) -> Player:
    """The citizen goes on, and is read."""
    player.pass_time(at(seconds))
    player.happen(MessageArrived(message(channel, int(seconds), {"t": seconds, **said})), at(seconds))
    player.pass_time(at(seconds + 30))
    return player


def reports(player: Player) -> list[does.ReportDraft]:
    """What was sent in."""
    return [effect.draft for effect in player.effects if isinstance(effect, does.Submit)]


def asked(player: Player) -> list[str]:
    """What was said, by key."""
    return [template for template, _ in player.said]


def test_the_question_names_the_point_and_can_be_pressed() -> None:
    """In place of the question where; the report waits."""
    player = begin(POTHOLE)
    said = dict(player.said)["ask_photo_place"]

    assert asked(player) == ["ask_photo_place"]
    assert "16.46361, 107.59083" in said.text
    assert said.buttons == (("Đúng", "there"), ("Không phải", "not_there"), ("Gặp nhân viên", "human"))
    assert reports(player) == []


@pytest.mark.parametrize(
    "answer", [{"payload": "there"}, *({"text": text} for text in ("đúng", "Dạ phải ạ", "dung roi", "ừ"))], ids=str
)
@pytest.mark.parametrize("words", [POTHOLE, LAMP], ids=["no place", "a place in words"])
def test_a_yes_makes_it_the_place(words: str, answer: dict[str, str]) -> None:
    """Its words stay as they were told, without the answer."""
    player = say(begin(words), 60, **answer)
    (report,) = reports(player)

    assert report.place.point == TAKEN
    assert report.content_as_sent == words


@pytest.mark.parametrize(
    "answer",
    [
        {"payload": "not_there"},
        *({"text": text} for text in ("không", "Dạ không phải ạ", "khong phai", "không đúng", "sai rồi")),
    ],
    ids=str,
)
def test_a_no_leaves_it_unused(answer: dict[str, str]) -> None:
    """Where is asked then, and the photo no more."""
    player = say(begin(POTHOLE), 60, **answer)
    assert asked(player) == ["ask_photo_place", "ask.place"]

    say(player, 120, text="trước chợ Bến Mây, xã Sông Ky")
    (report,) = reports(player)
    assert report.place.point is None
    assert "chợ Bến Mây" in report.place.text
    assert report.content_as_sent.splitlines()[0] == POTHOLE
    assert asked(player).count("ask_photo_place") == 1


def test_after_a_no_a_report_with_its_place_goes_out() -> None:
    """Nothing else is lacking."""
    (report,) = reports(say(begin(LAMP), 60, text="không phải"))

    assert report.place.point is None
    assert report.content_as_sent == LAMP


def test_another_answer_closes_the_question() -> None:
    """The words are the place; a yes later on is not about the photo any more."""
    player = say(begin(POTHOLE), 60, text="ở ngã tư Trần Phú và Lê Lợi, phường Hoa Mai")
    (report,) = reports(player)

    assert report.place.point is None
    assert "Trần Phú" in report.place.text


def test_a_yes_to_a_later_question_is_not_about_the_photo() -> None:
    """After a no the place is asked for, which "đúng" does not answer."""
    player = say(say(begin(POTHOLE), 60, text="không"), 120, text="đúng")

    assert all(part.point is None for draft in player.state.drafts for part in draft.parts)
    assert all(report.place.point is None for report in reports(player))


def test_silence_keeps_no_complete_report_back() -> None:
    """It goes out when the reminder would have come, without the point, received when it was told."""
    player = begin(LAMP)
    assert (asked(player), reports(player)) == (["ask_photo_place"], [])

    player.pass_time(at(0) + rules("hue").reminder_after * 2)
    (report,) = reports(player)
    assert report.place.point is None
    assert report.received_at == at(0)


@pytest.mark.rule("A-7")
def test_silence_about_the_place_is_reminded_of_once_and_never_asked_again() -> None:
    """As with any question; nothing is used, and what comes later is asked for in words."""
    player = begin(POTHOLE)
    player.pass_time(at(0) + rules("hue").reminder_after * 2)
    assert (asked(player), reports(player)) == (["ask_photo_place", "reminder"], [])

    say(player, rules("hue").reminder_after.total_seconds() * 2 + 60, text="xe tải cũng bị xóc")
    assert asked(player)[2:] == ["ask.place"]


def test_no_question_without_need() -> None:
    """No photo that tells; a pin of their own; a person who answers."""
    assert "ask_photo_place" not in asked(begin(POTHOLE, taken=None))
    assert "ask_photo_place" not in asked(begin(POTHOLE, location=[16.4, 107.6]))
    assert reports(begin(LAMP, location=[16.4, 107.6]))[0].place.point == GeoPoint(latitude=16.4, longitude=107.6)


def test_an_emergency_goes_out_at_once() -> None:
    """Nothing keeps it back."""
    player = begin("Cháy nhà ở số 12 Nguyễn Huệ, có người kẹt bên trong")

    assert reports(player)[0].place.point is None
    assert "ask_photo_place" not in asked(player)


def test_a_letter_is_asked_only_where_it_names_no_place() -> None:
    """One letter back, whichever question it brings; a complete one goes out, and the desk sees the photo's place."""
    assert reports(begin(LAMP, channel="email"))[0].place.point is None

    player = begin(POTHOLE, channel="email", subject="Đường hỏng")
    assert asked(player) == ["ask_photo_place"]
    said = "Đúng ạ.\n--\nNguyễn Văn An\nSố 5 Lê Lợi"
    say(player, 600, channel="email", subject="Re: Đường hỏng", text=said)
    assert reports(player)[0].place.point == TAKEN


def test_an_old_button_says_nothing() -> None:
    """Of a report that is long sent, whatever it was."""
    player = say(begin(LAMP), 60, payload="not_there")
    before = asked(player)
    say(player, 120, payload="there")

    assert len(reports(player)) == 1
    assert not any(isinstance(effect, does.Supply) for effect in player.effects)
    assert asked(player) == before


def test_a_person_may_be_asked_for_instead() -> None:
    """The button beside it; the point stays unused."""
    player = say(begin(POTHOLE), 60, payload="human")

    assert player.state.mode is Mode.WAITING_FOR_PERSON
    assert getattr(player.state, f"{TimerKind.REMINDER}_due") is None


def test_a_yes_to_a_person_is_not_about_the_photo() -> None:
    """Once somebody else spoke, words answer them; the bot goes on with what is lacking."""
    player = begin(POTHOLE)
    player.happen(StaffTookOver("an"), at(60))
    player.happen(HandedBack(), at(120))
    say(player, 180, text="đúng")

    assert asked(player)[:2] == ["ask_photo_place", "ask.place"]
    assert all(part.point is None for draft in player.state.drafts for part in draft.parts)


def test_a_picture_beside_the_answer_belongs_to_the_report() -> None:
    """The logo under a letter, another photo."""
    player = begin(POTHOLE)
    also = message("zalo", 60, {"t": 60, "text": "đúng", "image": 1})
    player.happen(MessageArrived(also), at(60))
    player.pass_time(at(90))
    (report,) = reports(player)

    assert (report.place.point, len(report.attachments)) == (TAKEN, 2)


def test_a_pin_sent_instead_is_the_place() -> None:
    """Theirs, not the photo's."""
    (report,) = reports(say(begin(POTHOLE), 60, text="đúng", location=[16.4, 107.6]))

    assert report.place.point == GeoPoint(latitude=16.4, longitude=107.6)
