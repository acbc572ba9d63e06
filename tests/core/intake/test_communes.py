"""The commune of a report from a chat or a letter: read out of the words, asked for where it is not clear."""

from __future__ import annotations

import pytest

from core.contract.schema import Place
from core.intake import effects as does
from core.intake.communes import CHOICE
from core.intake.fold import fold
from core.intake.happenings import MessageArrived
from core.places import Gazetteer, Ground, read_communes, read_successions
from tests.core.intake.harness import Player, at, message, rules

COMMUNES = """code,name,kind,district,province,province_code,since,until
101,Tân Lập,xã,Huyện Sông Ky,tỉnh Hoa Đào,99,,2025-06-30
102,Tân Lập,xã,Huyện Núi Mẫu,tỉnh Hoa Đào,99,,2025-06-30
103,Suối Đỏ,xã,Huyện Núi Mẫu,tỉnh Hoa Đào,99,,2025-06-30
104,Phú Hải,xã,Huyện Núi Mẫu,tỉnh Hoa Đào,99,,
105,Phú Hài,xã,Huyện Sông Ky,tỉnh Hoa Đào,99,,
106,Hải Thành,xã,Huyện Cũ,tỉnh Trước Kia,97,,2025-06-30
107,Đồng Hội,xã,Huyện Sông Ky,tỉnh Hoa Đào,99,,
201,Sông Ky,xã,,tỉnh Hoa Đào,99,2025-07-01,
202,Núi Mẫu,xã,,tỉnh Hoa Đào,99,2025-07-01,
301,Bến Xa,xã,,tỉnh Bên Kia,98,2025-07-01,
"""
CHANGES = """old_code,new_code,since,whole
101,201,2025-07-01,yes
102,202,2025-07-01,yes
103,202,2025-07-01,yes
106,201,2025-07-01,yes
"""
GROUND = Ground(
    Gazetteer(read_communes(COMMUNES.splitlines()), read_successions(CHANGES.splitlines())),
    frozenset({"tỉnh Hoa Đào"}),
)
LAMP = "Đèn đường trước chợ {} hỏng ba hôm nay"


def talk(*lines: str, channel: str = "zalo", wait: float = 60) -> Player:
    """A conversation of these lines, a minute apart; one that begins with a sign is a button."""
    player = Player(rules("hue"), ground=GROUND, serialise=True)
    for number, line in enumerate(lines):
        said = {"payload": line} if line.startswith(CHOICE) else {"text": line}
        player.pass_time(at(60 * number))
        player.happen(MessageArrived(message(channel, number, {"t": 60 * number, **said})), at(60 * number))
    player.pass_time(at(60 * len(lines) + wait))
    return player


def place(player: Player) -> Place | None:
    """Where the one report says that it happened; None: there is none yet."""
    drafts = [effect.draft for effect in player.effects if isinstance(effect, does.Submit)]
    return drafts[0].place if drafts else None


@pytest.mark.rule("VN-10", "LS-7.2a")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("xã Núi Mẫu", "202"),
        ("xa nui mau", "202"),
        ("xã Suối Đỏ", "202"),
        ("xã Tân Lập, huyện Núi Mẫu", "202"),
        ("xã Phú Hài", "105"),
        ("xã Bến Xa", None),
        ("xã Mây Trắng", None),
    ],
    ids=["of today", "without marks", "an old name", "its district", "told by its marks", "elsewhere", "unknown"],
)
@pytest.mark.parametrize("channel", ["zalo", "email"])
def test_a_commune_that_is_clear_is_written_down_with_its_day(words: str, code: str | None, channel: str) -> None:
    """Of the province only; what nobody knows stays words, and the report goes out at once."""
    text = LAMP.format(words)
    found = place(talk(fold(text) if words.isascii() else text, channel=channel))

    assert found is not None
    assert words in found.text
    assert (found.commune_code, found.commune_as_of) == (code, "2026-05-18" if code else None)


@pytest.mark.rule("VN-10", "LS-7.2a")
@pytest.mark.parametrize(
    ("words", "code"), [("12 lê lợi xã hải thành", "201"), ("xa hai thanh", "201"), ("xa dong hoi", "107")]
)
def test_a_commune_of_ours_is_known_in_small_letters_whatever_its_syllables_mean(words: str, code: str) -> None:
    """ "Thành" and "hoi" are everyday words; behind "xã" they end no name that we know, nor an old one."""
    text = f"đèn đường ở {words} hỏng ba hôm nay"
    found = place(talk(fold(text) if words.isascii() else text))

    assert found is not None
    assert words.partition(" xã ")[2] in found.text
    assert found.commune_code == code


@pytest.mark.rule("VN-10", "LS-7.2a")
def test_one_name_for_two_is_asked_about() -> None:
    """With what each was and is now; the report waits for the answer."""
    player = talk(LAMP.format("xã Tân Lập"))
    said = dict(player.said)["ask_commune"]

    assert place(player) is None
    assert [payload for _, payload in said.buttons] == ["commune:201", "commune:202", "commune:", "human"]
    assert said.buttons[0][0] == "xã Sông Ky (trước đây: xã Tân Lập, Huyện Sông Ky)"
    assert "xã Núi Mẫu (trước đây: xã Tân Lập, Huyện Núi Mẫu)" in said.text


@pytest.mark.rule("VN-10", "LS-7.2a")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("commune:202", "202"),
        ("commune:", None),
        ("commune:301", None),
        ("huyện Sông Ky", "201"),
        ("xã Núi Mẫu", "202"),
        ("em không rõ nữa", None),
    ],
    ids=["a button", "not sure", "a button of elsewhere", "the district", "the new name", "no answer to it"],
)
def test_whatever_is_answered_the_report_goes_out(answer: str, code: str | None) -> None:
    """It is asked once; what is chosen must be one of those in question."""
    player = talk(LAMP.format("xã Tân Lập"), answer)
    found = place(player)

    assert found is not None
    assert (found.commune_code, found.commune_as_of is not None) == (code, code is not None)
    assert [template for template, _ in player.said].count("ask_commune") == 1


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize(
    "answer",
    [
        "Không rõ",
        "ko biet",
        "dạ em k rõ ạ",
        "em không nhớ rõ xã nào nữa",
        "thôi khỏi",
        "Không rõ 😅",
        "KHONG RO",
        "kbt",
    ],
)
def test_not_sure_may_be_written_as_well(answer: str) -> None:
    """As if it were pressed: the report goes out, and holds no word of it."""
    player = talk(LAMP.format("xã Tân Lập"), answer)
    (draft,) = (effect.draft for effect in player.effects if isinstance(effect, does.Submit))

    assert answer not in draft.content_as_sent
    assert draft.content == LAMP.format("xã Tân Lập")
    assert [template for template, _ in player.said][-1] == "opened.report"


@pytest.mark.rule("A-7", "VN-10")
def test_silence_keeps_no_report_back() -> None:
    """It goes out when the reminder would have come, received when it was told."""
    player = talk(LAMP.format("xã Tân Lập"), wait=rules("hue").reminder_after.total_seconds())
    (draft,) = (effect.draft for effect in player.effects if isinstance(effect, does.Submit))

    assert draft.place.commune_code is None
    assert draft.received_at == at(0)
    assert player.state.drafts == ()


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_letter_is_not_asked_back(channel: str) -> None:
    """Where there are no buttons the desk chooses."""
    found = place(talk(LAMP.format("xã Tân Lập"), channel=channel))

    assert found is not None
    assert found.commune_code is None


def test_an_old_button_says_nothing() -> None:
    """Of a report that is long sent."""
    player = talk(LAMP.format("xã Tân Lập"), "commune:202", "commune:201")

    assert sum(isinstance(effect, does.Submit) for effect in player.effects) == 1
    assert not any(isinstance(effect, does.Supply) for effect in player.effects)


@pytest.mark.rule("VN-10")
def test_a_place_put_right_has_its_own_commune() -> None:
    """The code follows the words."""
    player = talk(LAMP.format("xã Suối Đỏ"), "không phải, em nhầm, ở xã Sông Ky")
    moved = next(effect.place for effect in player.effects if isinstance(effect, does.Supply))

    assert moved is not None
    assert moved.commune_code == "201"
