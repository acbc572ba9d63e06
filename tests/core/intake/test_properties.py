"""What holds for every conversation, whatever is said in whatever order."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.intake import effects as does
from core.intake.completeness import missing
from core.intake.dialogue import step
from core.intake.drafting import advance
from core.intake.happenings import Happening, MessageArrived, TimerFired, TimerKind
from core.intake.state import Dialogue
from core.intake.turn import Turn
from core.intake.understand import understand
from tests.core.intake.harness import Player, at, message, outcome_of, rules

SAYINGS = [
    "đèn đường hỏng", "trước số 12 Nguyễn Huệ", "3 hôm nay rồi", "tôi là Nguyễn Văn An", "sđt 0900 000 001",
    "an@example.vn", "không có email", "dạ", "cảm ơn", "à nhầm, ở đường Lê Lợi", "giữ bí mật giúp em", "hủy giúp em",
    "cho gặp nhân viên", "cháy nhà rồi", "rác chất đống ở chợ Đông Ba", "tới đâu rồi?", "hài lòng", "ở đây", "?", "",
    "o kiet 45 ba trieu", "1. đèn hỏng ở 5 Lê Lợi 2. ổ gà ở 7 Hà Nội", "tôi tố cáo ông Bình nhận hối lộ", "12345678",
]  # fmt: skip
lines = st.fixed_dictionaries(
    {"text": st.sampled_from(SAYINGS), "gap": st.sampled_from([1, 2, 20, 600, 4000, 90000])},
    optional={
        "image": st.integers(1, 2),
        "payload": st.sampled_from(["human", "confidential", "none:email", "rate:1"]),
    },
)
scripts = st.lists(lines, min_size=1, max_size=7)
regulations = st.sampled_from(["hue", "strict"])
channels = st.sampled_from(["zalo", "sms", "email", "web"])


def script_of(said: list[dict[str, Any]], channel: str) -> dict[str, Any]:
    """A script with the gaps added up."""
    now, messages = 0, []
    for line in said:
        now += line["gap"]
        messages.append({"t": now, **{key: value for key, value in line.items() if key != "gap"}})
    return {"channel": channel, "messages": messages, "expect": {"outcome": "any"}}


def played(said: list[dict[str, Any]], channel: str, regulation: str, *, serialise: bool = False) -> Player:
    """Play generated lines."""
    player = Player(rules(regulation), serialise=serialise)
    player.play(script_of(said, channel))
    return player


@settings(max_examples=60, deadline=None)
@given(scripts, channels, regulations)
def test_the_same_happenings_always_come_to_the_same(said: list[dict[str, Any]], channel: str, regulation: str) -> None:
    first, second = played(said, channel, regulation), played(said, channel, regulation)
    assert first.effects == second.effects
    assert first.state == second.state


@settings(max_examples=60, deadline=None)
@given(scripts, channels, regulations)
def test_the_state_survives_being_written_and_read(said: list[dict[str, Any]], channel: str, regulation: str) -> None:
    plain, written = played(said, channel, regulation), played(said, channel, regulation, serialise=True)
    assert plain.effects == written.effects
    assert plain.state == written.state


@settings(max_examples=80, deadline=None)
@given(scripts, channels, regulations)
def test_what_was_given_is_never_asked_for(said: list[dict[str, Any]], channel: str, regulation: str) -> None:
    class Watching(Player):
        """Looks at the draft whenever a question is put."""

        def happen(self, happening: Happening, now: Any) -> None:
            before = len(self.effects)
            super().happen(happening, now)
            asked = [effect for effect in self.effects[before:] if isinstance(effect, does.Say)]
            for question in (say for say in asked if say.template.startswith(("ask.", "ask_again."))):
                name = question.template.split(".")[1]
                if name != "code" and self.state.asking == name:
                    draft = self.state.drafts[0]
                    lacking = missing(understand(draft.parts, self.rules), self.rules, draft.channel)
                    assert lacking[0] == name

    player = Watching(rules(regulation))
    player.play(script_of(said, channel))


@settings(max_examples=60, deadline=None)
@given(scripts, channels, regulations)
def test_at_most_one_question_is_put_in_a_turn(said: list[dict[str, Any]], channel: str, regulation: str) -> None:
    class Watching(Player):
        """Counts the questions of each turn."""

        def happen(self, happening: Happening, now: Any) -> None:
            before = len(self.said)
            super().happen(happening, now)
            assert len([template for template, _ in self.said[before:] if template.startswith("ask")]) <= 1

    player = Watching(rules(regulation))
    player.play(script_of(said, channel))


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(4)), st.lists(st.sampled_from(SAYINGS[:10]), min_size=4, max_size=4))
def test_the_order_of_delivery_inside_a_burst_does_not_matter(order: list[int], texts: list[str]) -> None:
    sent = [message("zalo", index, {"t": index / 10, "text": text}) for index, text in enumerate(texts)]
    outcomes = []
    for sequence in (range(4), order):
        player = Player(rules("hue"))
        for index in sequence:
            player.happen(MessageArrived(sent[index]), at(1))
        player.pass_time(at(60))
        outcomes.append((outcome_of(player), player.state.drafts, [template for template, _ in player.said]))
    assert outcomes[0] == outcomes[1]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_dialogue(text: str) -> None:
    state = step(
        Dialogue(), MessageArrived(message("web", 0, {"t": 0, "text": text})), rules=rules("hue"), now=at(0)
    ).state
    step(state, TimerFired(TimerKind.SILENCE), rules=rules("hue"), now=at(100_000))


@settings(max_examples=60, deadline=None)
@given(scripts, regulations)
def test_a_submitted_report_holds_all_that_is_required(said: list[dict[str, Any]], regulation: str) -> None:
    player = played(said, "zalo", regulation)
    for effect in player.effects:
        if isinstance(effect, does.Submit) and effect.draft.emergency is None:
            assert "missing" not in effect.draft.completeness.values()
            assert effect.draft.content


def test_advancing_an_empty_dialogue_does_nothing() -> None:
    turn = Turn(Dialogue(channel="zalo"), rules("hue"), at(0))
    advance(turn)
    assert (turn.effects, turn.state) == ([], Dialogue(channel="zalo"))
