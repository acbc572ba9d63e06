"""
Notices to everybody, sent into this conversation: asked for, agreed to, ended (TG-P1.I, VN-4, VN-6).

What was understood is repeated with what is kept for it and how it ends; only a yes to that keeps anything. Whatever
else is said closes the question. One word ends it at any time.
"""

from __future__ import annotations

import re

from core.clock import local
from core.intake.burst import Burst
from core.intake.category import read_categories
from core.intake.effects import Button, EndNotices, FollowNotices, Phrase, Say
from core.intake.fold import fold
from core.intake.lexicon import pattern
from core.intake.signals.acts import Payload, mentions, says, trimmed
from core.intake.state import NoticeWish
from core.intake.turn import Turn
from core.intake.words import Text

LONGEST_WISH = 120
MOST_NAMED = 20
_GOES_ON = re.compile(r"[\s,.!:;-]*(?:$|ở|tại|khu vực|về|lĩnh vực|phường|xã|đặc khu|thị trấn|toàn tỉnh)", re.IGNORECASE)
"""What may follow "nhận thông báo" where it is a wish and not a story."""
_ABOUT = re.compile(r"\b(?:về|lĩnh vực)\b", re.IGNORECASE)
_PLACE = re.compile(r"(?:phường|xã|đặc khu|thị trấn)\s+[^,;.\n]+", re.IGNORECASE)


def notices(turn: Turn, burst: Burst) -> bool:
    """Somebody wants notices here, agrees to what is kept for that, or wants no more."""
    return turn.traits.notices and (_ends(turn, burst) or _answers(turn, burst) or _wishes(turn, burst))


def _ends(turn: Turn, burst: Burst) -> bool:
    """A bare "dừng" ends notices only where there is no unfinished report that it may mean."""
    stops = turn.state.reads_notices and turn.draft is None and says("stop_notices", burst.text)
    if not (burst.payload == Payload.NOTICES_STOP or says("end_notices", burst.text) or stops):
        return False
    turn.change(noticing=None, reads_notices=False)
    turn.do(EndNotices())
    turn.say("notices.ended")
    return True


def _answers(turn: Turn, burst: Burst) -> bool:
    wish = turn.state.noticing
    if wish is None:
        return False
    turn.change(noticing=None)
    if burst.payload == Payload.NOTICES_YES or (not burst.payload and says("yes", burst.text)):
        turn.change(reads_notices=True)
        turn.do(FollowNotices(wish.areas, wish.topics, shown=_question(turn, wish)))
        return True
    if burst.payload or not says("no", burst.text):
        return False
    turn.say("notices.declined")
    return True


def _wishes(turn: Turn, burst: Burst) -> bool:
    """Also by the menu, and by a yes to a question that is closed: then it is put again."""
    wish = NoticeWish() if burst.payload in (Payload.NOTICES, Payload.NOTICES_YES) else _wish_in(turn, burst.text)
    if wish is None:
        return False
    turn.change(noticing=wish)
    turn.do(_question(turn, wish))
    return True


def _wish_in(turn: Turn, text: Text) -> NoticeWish | None:
    """ "Nhận thông báo phường Vỹ Dạ về cấp nước"; None: it is no such wish."""
    said = pattern("signals", "want_notices").match(text, trimmed(text)[0])
    if said is None or text.length > LONGEST_WISH or not _GOES_ON.match(text.raw, said.end()):
        return None
    if mentions("trouble", text.part(said.end(), len(text.raw))):
        return None
    places, about = _parted(text.raw[said.end() :])
    return NoticeWish(areas=_areas(turn, places), topics=_topics(turn, about))


def _parted(rest: str) -> tuple[str, str]:
    """Places, and what it is about."""
    about = _ABOUT.search(rest)
    return (rest[: about.start()], rest[about.end() :]) if about else (rest, "")


def _areas(turn: Turn, words: str) -> tuple[str, ...]:
    """Communes of today; where nobody knows those, as they are written."""
    known = (one.commune.title for one in turn.ground.named_in(words, local(turn.now).date()))
    written = (one.strip() for one in _PLACE.findall(words))
    return tuple(dict.fromkeys(known))[:MOST_NAMED] or tuple(dict.fromkeys(written))[:MOST_NAMED]


def _topics(turn: Turn, words: str) -> tuple[str, ...]:
    """Fields that the words name, or that their matters belong to."""
    rules, said = turn.rules, fold(words)
    named = [key for key, label in rules.notice_topics.items() if said and fold(label) in said]
    of_category = {one.id: one.topic or one.id for one in rules.categories}
    hinted = [of_category[key] for key, _ in read_categories(turn.text(words), rules.categories)]
    return tuple(key for key in dict.fromkeys([*named, *hinted]) if key in rules.notice_topics)


def _question(turn: Turn, wish: NoticeWish) -> Say:
    """What is kept, for what, and how it ends: what a yes agrees to."""
    labels = [turn.rules.notice_topics.get(key, key) for key in wish.topics]
    asked = {
        "office": turn.rules.office,
        "areas": ", ".join(wish.areas) or Phrase("notices.everywhere"),
        "topics": ", ".join(labels) or Phrase("notices.everything"),
    }
    return Say("notices.ask", asked, (Button(Payload.NOTICES_YES),) if turn.traits.buttons else ())
