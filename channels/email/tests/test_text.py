"""Charsets, old Vietnamese encodings, HTML and quotations, piece by piece."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email import vietnamese
from channels.email.charset import decode_header, decode_text, is_readable, repair
from channels.email.htmltext import html_to_text
from channels.email.mime import first_address
from channels.email.quoting import new_words

SENTENCE = (
    "Kính gửi: đường Lê Lợi ngập, rác thải bốc mùi khó chịu. Quyền, khuya, huỷ, hoặc, xoáy, khuỷu, giường, giếng, gì, "
    "quốc, thuế, ngoằn ngoèo, ý kiến, ỷ lại, yên, Huế, ẵm, ẩm, ặc, ễnh, ỡm, hẹn, kỹ, kỵ, tỵ, ĩnh, vũng, mỗi, lỗ, ẻo."
)
TCVN3_BYTES = {letter: byte for byte, letter in vietnamese._TCVN3.items()}
VNI_LETTERS = {
    letter: base + mark for base, marks in vietnamese._VNI_MARKS.items() for mark, letter in marks.items()
} | {letter: sign for sign, letter in vietnamese._VNI_SINGLE.items()}


def as_tcvn3(text: str) -> bytes:
    return bytes(TCVN3_BYTES[letter] if letter in TCVN3_BYTES else ord(letter) for letter in text)


def as_vni(text: str) -> str:
    return "".join(VNI_LETTERS.get(letter, letter) for letter in text)


def as_cp1258(text: str) -> bytes:
    """Base letters with their hat, then the tone, as Windows writes it."""
    out = b""
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in marks if mark in vietnamese._TONES)
        base = "".join(mark for mark in marks if mark not in vietnamese._TONES)
        out += (unicodedata.normalize("NFC", base) + tone).encode("cp1258")
    return out


def test_the_sentence_is_vietnamese() -> None:
    """Every marked word of it is a possible syllable."""
    marked = [word for word in vietnamese._WORD.findall(SENTENCE) if not word.isascii()]

    assert vietnamese.plausibility(SENTENCE) == len(marked)


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "us-ascii", "utf-8", "x-user-defined", "tcvn3", ""])
def test_tcvn3_is_read_whatever_it_is_called(charset: str) -> None:
    """Nobody declares it."""
    assert decode_text(as_tcvn3(SENTENCE.lower()), charset) == SENTENCE.lower()


def test_vni_is_read() -> None:
    """Small and capital letters."""
    assert repair(as_vni(SENTENCE.lower())) == SENTENCE.lower()
    assert repair("ÑÖÔØNG LEÂ LÔÏI BÒ NGAÄP") == "ĐƯỜNG LÊ LỢI BỊ NGẬP"


@pytest.mark.parametrize("charset", ["windows-1258", "cp1258", "utf-8", "unknown-8bit", ""])
def test_windows_1258_is_read_and_composed(charset: str) -> None:
    """Its tones are signs of their own."""
    assert decode_text(as_cp1258(SENTENCE), charset) == SENTENCE


def test_utf8_wins_over_a_wrong_claim() -> None:
    """Many programs write UTF-8 under an old template's name."""
    assert decode_text(SENTENCE.encode(), "iso-8859-1") == SENTENCE


def test_twice_encoded_text_is_mended() -> None:
    """UTF-8 that was read as windows-1252 and written again."""
    assert repair("Tiáº¿ng Viá»‡t") == "Tiếng Việt"


@pytest.mark.parametrize(
    "text",
    [
        "déjà vu, café à côté, naïve",
        "für Straße schön",
        "là nhà có ba bà già",
        "Đặng Thị Ý",
        "¿Qué pasó?",
        "日本語 です",
        "5 € – 10 £",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    """Mending needs proof."""
    assert repair(text) == text


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹ ,.\n", max_size=80))
def test_unicode_vietnamese_is_never_changed(text: str) -> None:
    """Whatever letters stand together: valid UTF-8 in, the same words out."""
    words = unicodedata.normalize("NFC", text)
    if vietnamese.plausibility(words) >= 0:
        assert decode_text(words.encode(), "utf-8") == words


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "utf-16", "utf-7", "hz", "hex", "idna", "gb2312", "x"]))
def test_decoding_never_fails(data: bytes, charset: str) -> None:
    """And leaves nothing that a database refuses."""
    text = decode_text(data, charset)

    assert "\x00" not in text
    assert text.encode() is not None


@given(st.text(max_size=200))
def test_headers_never_fail(value: str) -> None:
    """One line, storable."""
    decoded = decode_header(value)

    assert "\n" not in decoded
    assert decoded.encode() is not None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("=?UTF-8?B?UGjhuqNuIOG6?= =?utf-8?b?o25o?=", "Phản ản" + "h"),
        ("=?utf-8?q?Ph=E1=BA=A3n?= =?utf-8?q?_=C3=A1nh?=", "Phản ánh"),
        ("=?utf-8?b?@@@?= x", "x"),
        ("=?windows-1258?Q?Ba=D2o_so=F2_m=F4=F2t?=", "Bảo sọ một"),
        ("Phản ánh".encode().decode("ascii", "surrogateescape"), "Phản ánh"),
        ("a\r\n b", "a b"),
    ],
)
def test_headers_are_decoded(raw: str, shown: str) -> None:
    """Split in the middle of a letter, broken, raw or folded."""
    assert decode_header(raw) == shown


def test_damaged_bytes_are_not_readable() -> None:
    """Replacement signs and impossible words are no text."""
    assert [is_readable(text) for text in ("Đường hỏng", "hello", "", "\ufffd\ufffda", "Ż÷ł Ğß")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Một</p><p>Hai</p>", "Một\n\nHai"),
        ("Một<br>Hai<br/>Ba", "Một\nHai\nBa"),
        ("<div>Một</div><div>Hai</div>", "Một\nHai"),
        ("<ul><li>một<li>hai</ul>", "- một\n- hai"),
        ("<table><tr><td>Tên</td><td>An</td></tr><tr><td>Số</td><td>5</td></tr></table>", "Tên An\nSố 5"),
        ("Xem <a href='https://x.example.vn/1'>ở đây</a>.", "Xem ở đây (https://x.example.vn/1) ."),
        ("<a href='https://x.example.vn/1'>https://x.example.vn/1</a>", "https://x.example.vn/1"),
        ("<a href='javascript:alert(1)'>nút</a>", "nút"),
        ("<style>p{}</style><script>1</script><title>t</title><!-- chú -->chữ", "chữ"),
        ("<img src='http://x.example.vn/a.png' alt='ảnh'>chữ", "chữ"),
        ("một<blockquote>hai<blockquote>ba</blockquote></blockquote>bốn", "một\n> hai\n>> ba\nbốn"),
        ("a &lt;b&gt; &amp; &nbsp; c", "a <b> & c"),
        ("<p>không <b>đóng <i>thẻ", "không đóng thẻ"),
        ("", ""),
    ],
)
def test_html_becomes_words(html: str, text: str) -> None:
    """As a person reads it, with nothing loaded."""
    assert html_to_text(html) == text


def test_madly_nested_html_keeps_its_words() -> None:
    """Without its layout, and in time."""
    assert html_to_text("<div><b>" * 50_000 + "ngập &amp; bẩn") == "ngập & bẩn"
    assert html_to_text("<div>" * 400 + "sâu" + "</div>" * 400) == "sâu"


@given(st.text(alphabet="<>/abdivpqlockote =\"'&;!-\n", max_size=200))
def test_any_markup_is_survived(html: str) -> None:
    """Broken on purpose or not."""
    assert "\x00" not in html_to_text(html)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mới.\n\nOn Mon, 16 Nov 2026 at 09:20, A <a@example.vn> wrote:\n> cũ", "Mới."),
        ("Mới.\n\nVào Th 2, 16 thg 11, 2026 vào lúc 09:20 A\n<a@example.vn> đã viết:\n> cũ", "Mới."),
        ("Mới.\n\nNgày 16/11/2026 09:20, A viết:\n> cũ", "Mới."),
        ("Mới.\n\n-----Original Message-----\nFrom: A\ncũ", "Mới."),
        ("Mới.\n\n----- Thư gốc -----\nTừ: A\ncũ", "Mới."),
        ("Mới.\n\n*Từ:* A\n*Ngày gửi:* hôm qua\n*Tiêu đề:* x\ncũ", "Mới."),
        ("> hỏi một?\nđáp một\n> hỏi hai?\nđáp hai", "đáp một\nđáp hai"),
        ("- một\n- hai\n-- \nAn", "- một\n- hai\n--\nAn"),
        ("Ngày 16/11 tôi đã viết đơn.\nChưa ai trả lời.", "Ngày 16/11 tôi đã viết đơn.\nChưa ai trả lời."),
        ("Từ: ngã tư A\nĐến: ngã tư B\nđường hỏng", "Từ: ngã tư A\nĐến: ngã tư B\nđường hỏng"),
        ("Mới.\nSent from my iPhone", "Mới."),
        ("Cảm ơn.\n\nĐã gửi từ iPhone của tôi", "Cảm ơn."),
        ("Tôi gửi từ điện thoại của con.", "Tôi gửi từ điện thoại của con."),
        ("", ""),
    ],
)
def test_new_words(text: str, words: str) -> None:
    """Quotations go in the ways of many programs; what only looks like one stays."""
    assert new_words(text, "Re: x") == words


def test_a_forward_is_kept_whole() -> None:
    """By its marker or by its subject."""
    text = "Xem giúp.\n\nTừ: A\nĐã gửi: hôm qua\nChủ đề: x\n\nnội dung"

    assert new_words(text, "FW: x") == new_words(text, "Chuyển tiếp: x") == text
    assert new_words(text, "Re: FW: x") == "Xem giúp."


@pytest.mark.parametrize(
    "text",
    ["On " + "a b " * 50_000, "On a\n" * 50_000, "\n" * 200_000, "> " * 100_000, "Từ: a\n" * 50_000, "Vào " * 99_000],
    ids=["one long line", "many beginnings", "newlines", "quotes", "labels", "words"],
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    """Quadratic expressions never see it; the test's own time limit is the judge."""
    assert len(new_words(text)) <= len(text)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("An <An@Example.VN>", "an@example.vn"),
        ("an@example.vn (An)", "an@example.vn"),
        ('"x <a@b.vn>" <c@d.vn>', "c@d.vn"),
        ("=?utf-8?q?An?= <an@example.vn>", "an@example.vn"),
        ("An", ""),
        ("<>", ""),
    ],
)
def test_the_writers_address(value: str, address: str) -> None:
    """The address, never the display name."""
    assert first_address(value) == address
