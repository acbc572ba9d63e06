"""English is complete: what a citizen can read on our pages has its English; nothing in the catalogue is dead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import DictLoader

from core.contract import errors
from core.regulations.loader import load_pack, pack_names
from gateway.pages.assets import OWN, ROOT
from gateway.pages.environment import TEMPLATES, build_environment
from gateway.pages.words import FOLDER, Words, words_of

LETTER = re.compile(r"[^\W\d_]")
VIETNAMESE = re.compile(r"[À-ɏḀ-ỿ]")
TAG = re.compile(r"<[^>]*>")
VALUE = "\0"
"""Stands where a template shows a value."""
PARTLY = ("macros/", "base_console.html")
"""Templates with pieces of tags and attributes between their texts."""
AT = ("inbox", "talk", "case:", "talk:", "overdue", "none", "/console")
"""How templates of the console name what is shown."""
SAME = frozenset(
    {
        "Atom",
        "RSS",
        "CSV",
        "GeoJSON",
        "JSON",
        "PDF",
        "MB.",
        "MB",
        "PIN",
        "Email",
        "English",
        "public",
        "plain",
        "SHA-256:",
        *AT,
    }
)
"""Words that both languages share, and names of page styles."""
PAGES = tuple(
    sorted(
        path.relative_to(TEMPLATES).as_posix()
        for path in [
            *(TEMPLATES / "portal").glob("*.html"),
            *(TEMPLATES / "errors").glob("*.html"),
            *(TEMPLATES / "auth").glob("*.html"),
            *(TEMPLATES / "console").glob("*.html"),
            *(TEMPLATES / "macros").glob("*.html"),
            *TEMPLATES.glob("*.html"),
        ]
    )
)
FOR_CITIZENS = ("wordings.py",)
"""Modules of the console that hold examples of what citizens are sent."""
CODE = (
    *(path for path in sorted((ROOT / "gateway" / "portal").glob("*.py")) if path.name != "on_behalf.py"),
    *(path for path in sorted((ROOT / "gateway" / "console").rglob("*.py")) if path.name not in FOR_CITIZENS),
    *sorted((ROOT / "gateway" / "auth").glob("*.py")),
    *sorted((ROOT / "core" / "cases").rglob("*.py")),
    ROOT / "core" / "service" / "reading" / "endings.py",
    ROOT / "core" / "identity" / "passwords.py",
    ROOT / "gateway" / "pages" / "failures.py",
    ROOT / "gateway" / "pages" / "formats.py",
    ROOT / "core" / "identity" / "lockout.py",
    ROOT / "core" / "service" / "absent.py",
    ROOT / "core" / "privacy" / "media_types.py",
    ROOT / "core" / "privacy" / "errors.py",
)
FOR_FEEDS = frozenset(
    {"Lắng Nghe", "Lắng Nghe – {}", "Thông báo của {}", "Gửi và theo dõi phản ánh hiện trường.", "Kết quả của {}"}
)
"""Names in feeds and on home screens, which are kept by others and stay Vietnamese."""
KEPT = frozenset({"Người gửi cho biết không có", "Người phản ánh đã nói với cán bộ tiếp nhận là đồng ý để {} dùng "})
"""What staff read of a report, and nobody else."""
PIECES = frozenset({"đã", "không", " (trước đây: {})"})
"""What sentences with another key are made of."""
ENGLISH = words_of("en")


def constants(template: str) -> Iterator[str]:
    """The Vietnamese constants in expressions of a template."""
    for _, kind, value in build_environment().lex((TEMPLATES / template).read_text(encoding="utf-8")):
        if kind == "string" and VIETNAMESE.search(value):
            yield value[1:-1]


def runs(template: str) -> Iterator[str]:
    """The texts between tags, and what attributes say aloud."""
    parts = [
        value if kind == "data" else VALUE
        for _, kind, value in build_environment().lex((TEMPLATES / template).read_text(encoding="utf-8"))
        if "comment" not in kind
    ]
    source = re.sub(f"{VALUE}+", VALUE, "".join(parts))
    yield from re.split(rf"[{VALUE}]", TAG.sub(VALUE, source))
    for tag in TAG.findall(source):
        for words in re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]+)', tag):
            yield from words.split(VALUE)


@pytest.mark.parametrize("template", PAGES)
def test_every_phrase_of_a_page_has_its_english(template: str) -> None:
    """Texts, labels read aloud, constants; a phrase without one stays Vietnamese on an English page."""
    letters = VIETNAMESE if template.startswith(PARTLY) else LETTER
    phrases = {" ".join(phrase.split()) for phrase in (*runs(template), *constants(template)) if letters.search(phrase)}
    assert {phrase for phrase in phrases - SAME if phrase not in ENGLISH.phrases} == set()


def sentences(path: Path) -> Iterator[str]:
    """The Vietnamese sentences of a module: constants, joined ones, those with holes; no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (inside | documents):
            yield node.value


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_every_sentence_of_our_code_has_its_english(path: Path) -> None:
    """What a citizen is told about a mistake, a wait or a success."""
    said = {sentence for sentence in sentences(path) if VIETNAMESE.search(sentence)}
    assert {
        sentence for sentence in said - FOR_FEEDS - PIECES if ENGLISH.say(sentence) == sentence and not kept(sentence)
    } == set()


def kept(sentence: str) -> bool:
    return any(sentence.startswith(beginning) for beginning in KEPT)


@pytest.mark.parametrize("name", pack_names())
def test_every_public_word_of_a_regulation_has_its_english(name: str) -> None:
    """Stages, categories, grounds, ratings, ways: the Vietnamese counts, the English helps to find one's way."""
    pack = load_pack(name)
    words = {stage.public for stage in pack.stages.case.values()} | set(pack.intake.groups.values())
    words |= {one.label for one in pack.intake.categories.values()}
    words |= {one.label for one in pack.intake.channels.values()}
    words |= {one.label for one in pack.rating.levels.values()} | {one.label for one in pack.utilities.values()}
    words |= {one.label for one in pack.intake.required.values()}
    words |= {one.label for one in pack.clocks.values() if one.kind == "deadline" or not one.role}
    words |= {one.text or one.label for one in (*pack.decline_reasons.values(), *pack.cancel_reasons.values())}
    words |= {
        pack.intake.consent,
        pack.publication.declined_title,
        *(one.label for one in pack.decline_reasons.values()),
    }
    assert {word for word in words if word and word not in ENGLISH.phrases and VIETNAMESE.search(word)} == set()


def test_every_error_that_a_citizen_may_meet_has_its_english() -> None:
    def kinds(kind: type[errors.GatewayError]) -> Iterator[type[errors.GatewayError]]:
        yield kind
        for narrower in kind.__subclasses__():
            yield from kinds(narrower)

    met = [kind for kind in kinds(errors.GatewayError) if kind.__module__.startswith(("core.contract", "core.privacy"))]
    assert len(met) > 15
    assert {kind.vi for kind in met if kind.vi and kind.vi not in ENGLISH.phrases} == set()


@cache
def _all_sources() -> str:
    files = [*(ROOT / "gateway").rglob("*.py"), *TEMPLATES.rglob("*.html"), *(ROOT / "core").rglob("*.py")]
    files += list((ROOT / "core" / "regulations").rglob("*.yaml"))
    return " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in files)


def test_no_phrase_of_the_pages_is_dead() -> None:
    """A sentence that was changed in a template takes its old English with it."""
    from ruamel.yaml import YAML

    phrases = YAML(typ="safe").load(FOLDER / "en" / "pages.yaml")
    assert {phrase for phrase in phrases if phrase not in _all_sources()} == set()


def test_english_is_english() -> None:
    """No Vietnamese letter is left in a translation but in names, and the holes are as many."""
    names = re.compile(r"Lắng Nghe|App Công dân số Xứ Lạng")
    left = [
        phrase for phrase, said in ENGLISH.phrases.items() if VIETNAMESE.search(names.sub("", said).replace("‹", ""))
    ]
    assert left == []
    assert all(phrase.count("{}") == said.count("{}") for phrase, said in ENGLISH.phrases.items())
    assert not any(set('<>&"') & set(said) for said in ENGLISH.phrases.values()), "would break a page"


SCRIPTS = ("portal", "js/bell.js", "js/call_sound.js", "js/times.js")


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_sentence_of_a_script_is_said_in_the_pages_language(name: str) -> None:
    """Whatever Vietnamese stands in a script of the portal is known to js/en.js, and said by `say`."""
    learnt = (OWN / "js" / "en.js").read_text(encoding="utf-8")
    place = OWN / name
    for path in [place] if place.is_file() else sorted(place.glob("*.js")):
        code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for sentence in re.findall(r'"((?:[^"\\\n])*)"|`((?:[^`\\])*)`', code):
            words = sentence[0] or sentence[1]
            if VIETNAMESE.search(words):
                assert f'"{words}":' in learnt, f"{path.name}: {words}"


def test_a_phrase_is_exchanged_where_it_stands_and_nowhere_else() -> None:
    environment = build_environment("en").overlay(
        loader=DictLoader({"a.html": '<p title="Gửi">\n  Gửi phản ánh\n</p>{{ "Tìm" }} {{ typed }} Gửi đi'})
    )
    page = environment.get_template("a.html").render(typed="Gửi phản ánh")
    assert page == '<p title="Send">\n  Send a report\n</p>Search Gửi phản ánh Gửi đi'


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (
            "Quý vị gửi quá nhanh. Vui lòng chờ 2 phút rồi gửi lại.",
            "You are sending too fast. Please wait 2 min and send again.",
        ),
        ("còn 1 giờ 5 phút", "1 h 5 min left"),
        ("điều không ai biết", "điều không ai biết"),
    ],
)
def test_a_sentence_with_holes_is_said_with_what_fills_them(said: str, english: str) -> None:
    assert ENGLISH.say(said) == english


def test_vietnamese_has_no_catalogue() -> None:
    assert Words().say("Gửi") == "Gửi"
    assert words_of("vi").phrases == {}
