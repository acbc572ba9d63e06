"""The commands that need no database: help, settings, schema, regulations."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from core.contract.schema import Report
from gateway.cli import GROUPS, build_parser, main

HEAVY = ("aiohttp", "sqlalchemy", "alembic", "pydantic", "cryptography", "jinja2", "uvloop", "structlog", "aiosmtpd")


def test_help_loads_nothing_heavy() -> None:
    """Whoever asks for help does not wait for databases and web servers to load."""
    script = (
        "import sys\nfrom gateway.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"
    assert "serve" in done.stdout


def test_every_group_is_mounted_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command says in one line what it is for."""
    with pytest.raises(SystemExit):
        build_parser().parse_args(["--help"])

    shown = capsys.readouterr().out
    for command in ("serve", "config", "regulation", "schema", "user", "token", "agency", "replay", "audit"):
        assert f"\n    {command}" in shown
    assert len(GROUPS) == len(set(GROUPS)) >= 11


@pytest.mark.parametrize("words", [[], ["user"], ["no-such-command"], ["regulation", "lint"]])
def test_wrong_usage_is_told(words: list[str]) -> None:
    """Exit 2, as everywhere."""
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2


def test_right_settings_are_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Exit 0, and the three facts worth seeing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGNGHE_MODE", "demo")

    assert main(["config", "check"]) == 0
    assert "thua_thien_hue" in capsys.readouterr().out


def test_every_mistake_in_the_settings_is_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Key, problem and example, one line each; exit 1."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGNGHE_HTTP_PORT", "99999")
    monkeypatch.setenv("LANGNGHE_MODE", "prodction")

    assert main(["config", "check"]) == 1

    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in sorted(lines)] == ["http.port", "mode"]
    assert all("(example: " in line for line in lines)


def test_a_variable_that_nobody_reads_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Else a mistyped name leaves a province on SQLite, and its operator at ease; where a secret is kept is no slip."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGNGHE_MODE", "demo")
    monkeypatch.setenv("LANGNGHE_DATABSE_URL", "postgresql://x@y/z")
    monkeypatch.setenv("LANGNGHE_OTHER_KEY", "0" * 64)
    monkeypatch.setenv("LANGNGHE_MASTER_KEY", "env:LANGNGHE_OTHER_KEY")

    assert main(["config", "check"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told == ["warning: LANGNGHE_DATABSE_URL: unknown variable (meant: LANGNGHE_DATABASE_URL?)"]


@pytest.mark.parametrize(
    "words",
    [
        ["period-report", "--out", "report"],
        ["period-report", "--out", "nowhere/report.xlsx"],
        ["erase", "--report", "123"],
        ["replay", "9" * 30],
        [
            "link",
            "add",
            "tinh",
            "--kind",
            "peer",
            "--url",
            "https://x.example.vn",
            "--known-as",
            "t1",
            "--secret-stdin",
        ],
        ["agency", "import", "picture.csv"],
        ["commune", "import", "."],
        ["calls", "lint", "picture.csv"],
        ["calls", "lint", "--slots", "nowhere.yaml"],
        ["sandbox", "--port", "abc"],
        ["sandbox", "--gateway-smtp", "abc"],
    ],
    ids=" ".join,
)
def test_a_slip_is_told_in_a_sentence(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    """Nobody reads where in our code it came to light; and nothing is made of what did not come."""
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    assert main(words) == 1
    told = capsys.readouterr()
    assert told.err.startswith("langnghe: ") or "nothing was erased" in told.out
    assert "whsec_" not in told.out


@pytest.mark.usefixtures("data")
def test_a_secret_that_was_brought_is_not_written_out_once_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that was made is, for whoever runs the other side."""
    theirs = "whsec_" + "c" * 43 + "="
    one = ["link", "add", "tinh", "--kind", "webhook", "--url", "https://x.example.vn"]
    assert main(one) == 0
    made = capsys.readouterr().out
    for words in (["link", "add", "so", *one[3:], "--secret-stdin"], ["link", "rotate", "so", "--secret-stdin"]):
        monkeypatch.setattr(sys, "stdin", io.StringIO(theirs))
        assert main(words) == 0
        told = capsys.readouterr()
        assert (told.out, "secret of so taken" in told.err) == ("", True)

    assert made.startswith("whsec_")


def test_a_command_with_wrong_settings_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every other command stops at the first mistake."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGNGHE_MODE", "production")

    assert main(["user", "list"]) == 1
    assert capsys.readouterr().err.startswith("langnghe: master_key: ")


@pytest.mark.parametrize("model", ["Report", "InboundMessage", "OutboundMessage", "DeliveryReceipt"])
def test_the_schema_is_a_json_schema(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Valid by its own standard, versioned, and it describes its fields."""
    assert main(["schema", model]) == 0

    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:langnghe:schema:1:{model}"
    assert schema["additionalProperties"] is False


def test_a_real_report_fits_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """What is exported describes what is stored."""
    report = Report(
        id="1",
        code="12345678",
        regulation="thua_thien_hue@0",
        source_channel="web",
        source_account="web",
        conversation_id="2",
        contact_id="3",
        content_as_sent="Den hong",
        content="Đèn hỏng",
        received_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    main(["schema"])
    schema = json.loads(capsys.readouterr().out)

    jsonschema.validate(report.model_dump(mode="json"), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report.model_dump(mode="json") | {"surprise": 1}, schema)


def test_regulations_are_listed_shown_drawn_and_linted(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything about a regulation without starting anything."""
    assert main(["regulation", "list"]) == 0
    assert "thua_thien_hue" in capsys.readouterr().out.split()
    assert main(["regulation", "show", "thua_thien_hue"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["id"] == "thua_thien_hue"
    assert shown.err.startswith("thua_thien_hue@")
    assert main(["regulation", "draw", "thua_thien_hue"]) == 0
    assert capsys.readouterr().out.startswith("digraph")
    assert main(["regulation", "draw", "--mermaid", "thua_thien_hue"]) == 0
    assert "stateDiagram-v2" in capsys.readouterr().out
    assert main(["regulation", "lint", "thua_thien_hue"]) == 0


def test_an_unknown_regulation_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, no traceback."""
    assert main(["regulation", "draw", "atlantis"]) == 1
    assert "not found" in capsys.readouterr().err


def test_a_broken_regulation_fails_the_linter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and a line for each finding."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "pack.yaml").write_text("id: broken\nextends: thua_thien_hue\nmoves:\n  accept: {by: [nobody]}\n")

    assert main(["regulation", "lint", str(broken)]) == 1
    assert "nobody" in capsys.readouterr().out


def test_rules_are_printed_with_their_tests(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is that of the report: 0 only when every enforced rule has a test."""
    code = main(["regulation", "rules", "thua_thien_hue"])

    shown = capsys.readouterr().out
    assert "HUE-1" in shown
    assert (code == 0) == ("0 missing" in shown.splitlines()[-1])


def test_it_runs_as_a_module() -> None:
    """`python -m gateway.cli` is `langnghe`."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "regulation", "list"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "thua_thien_hue" in done.stdout
