"""
What citizens of an archive of any size have written: bodies of 28 to 44 Vietnamese words, drawn by a Zipf law.

A few words are in every other report and most are rare, as in real text; a common phrase stands in one of a thousand
bodies, so that a search for it has as many hits as the archive has thousands of cases. Persons and places are invented.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random

from core.intake.fold import fold

_COMMON = (
    "đường nước rác xe người nhà phường ngày tối hỏng mong sửa chữa khu phố chợ cống đèn điện cây cầu ngập bụi ồn mùi "
    "hôi vỉa hè lấn chiếm ổ gà nắp bể vỡ trường học sinh đi lại khó khăn nguy hiểm lâu rồi chưa thấy ai đến xử lý kính"
)
_ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x"
_RIMES = "an ang anh ao ay âm ân âu em en êm ên iêm iên in inh oai oan om on ông ôm ơi ơn ui um un uôm ươm ương ưu"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_VOWELS = "aăâeêioôơuưy"

PHRASE = "đèn đường hỏng"
PHRASE_EVERY = 1000
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLE = ("Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Quốc", "Thu")
GIVEN = ("An", "Bình", "Chi", "Dung", "Giang", "Hà", "Hạnh", "Khánh", "Lan", "Long", "Mai", "Nam", "Oanh", "Phúc")
STREETS = ("Ngự Bình", "Sao Mai", "Bạch Mai", "Hương Sen", "Thanh Trà", "Cồn Sen", "Đầm Xanh", "Sông Trung")
WARDS = ("Ngự Bình Đông", "Bạch Mai Trung", "Thanh Trà", "Đầm Xanh", "Cồn Sen")


class Words:
    """A vocabulary with its folded twin, drawn from by a seeded chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        rare = _syllables()
        Random(20).shuffle(rare)  # always the same: every archive has the same rare words
        self._words = list(dict.fromkeys([*_COMMON.split(), *rare]))
        self._folded = [fold(word) for word in self._words]
        self._range = range(len(self._words))
        self._weights = list(accumulate(1 / (rank + 3) for rank in self._range))
        self._phrase = fold(PHRASE)

    def body(self) -> tuple[str, str]:
        """One report's words, and the same folded."""
        chance = self._chance
        drawn = chance.choices(self._range, cum_weights=self._weights, k=28 + int(chance.random() * 17))
        words, folded = [self._words[one] for one in drawn], [self._folded[one] for one in drawn]
        if chance.random() * PHRASE_EVERY < 1:
            words[4:7], folded[4:7] = [PHRASE], [self._phrase]
        words[9] += ","
        folded[9] += ","
        text = " ".join(words)
        return f"{text[0].upper()}{text[1:]}.", " ".join(folded) + "."

    def place(self) -> tuple[str, str]:
        """A place nobody can find, and the same folded."""
        chance = self._chance
        text = f"{1 + int(chance.random() * 400)} {chance.choice(STREETS)}, phường {chance.choice(WARDS)}"
        return text, fold(text)

    def person(self) -> str:
        """A name that is nobody's."""
        chance = self._chance
        return f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}"


def _syllables() -> list[str]:
    from unicodedata import normalize

    made = []
    for onset in _ONSETS.split():
        for rime in _RIMES.split():
            place = next(index for index, letter in enumerate(rime) if letter in _VOWELS) + 1
            made += [normalize("NFC", f"{onset}{rime[:place]}{tone}{rime[place:]}") for tone in _TONES]
    return made
