"""The gate against patterns that are known to be dangerous and to be safe, and against input that is none."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tools.bad_input import BadInput
from tools.check_regex.attacks import Attack, attacks
from tools.check_regex.check import Rule, check
from tools.check_regex.cli import main
from tools.check_regex.engines import ENGINES, Engine
from tools.check_regex.graph import graph
from tools.check_regex.loops import loops
from tools.check_regex.rules import given
from tools.check_regex.session import Session, TookLonger, Unmeasured

pytestmark = pytest.mark.unit

PYTHON = ENGINES["python"]
STORY = (
    r"(?:(?:\"|'|\]|\}|\\|\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|\`|\-|\+)+[)]*;?"
    r"((?:\s|-|~|!|{}|\|\||\+)*.*(?:.*=.*)))"
)
SAFE = [
    pytest.param(r"^[a-z]+$", id="anchored class"),
    pytest.param(r"^(?:ab|cd)*$", id="disjoint alternatives"),
    pytest.param(r"^[^=]*=[^=]*$", id="disjoint neighbours"),
    pytest.param(r"\d{3}-\d{4}", id="no repeat at all"),
    pytest.param(r"[a-z]+", id="nothing that could fail after it"),
    pytest.param(r"^(?>a+)b", id="atomic group"),
    pytest.param(r"^(?>(?:a|b)+)+c", id="atomic group in a repeat"),
    pytest.param(r"^a*+a*+b", id="possessive quantifiers"),
    pytest.param(r"^(?:a++)*+b", id="possessive nesting"),
    pytest.param(r"^(?=.*\d)(?=.*[a-z]).{8,}$", id="password with lookaheads"),
    pytest.param(r"^(?:\d{1,3}\.){3}\d{1,3}$", id="address"),
    pytest.param(r"^(?:a|b){0,5}(?:a|b){0,5}$", id="ambiguous, but bounded"),
    pytest.param(r"\d{1,10}$", id="bounded at every start"),
]
EXPONENTIAL = [
    r"^(a+)+$",
    r"^(a*)*$",
    r"^(a|a)*$",
    r"^(a|aa)+$",
    r"^(a|b|ab)*c",
    r"(x+x+)+y",
    r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(?=(b+)+c)b",
    r"(?i)^(?:kk|K)*\d$",
]
POLYNOMIAL = [
    pytest.param(r"\s+$", 2, id="trailing space"),
    pytest.param(r"^\d+\d+$", 2, id="neighbours"),
    pytest.param(r"^.*.*=.*", 2, id="story's core, anchored"),
    pytest.param(r".*.*=.*", 3, id="story's core"),
    pytest.param(r"(a+)\1$", 2, id="reference"),
    pytest.param(r"a*+b", 2, id="possessive, but tried from every start"),
]


def judged(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    code = main([*arguments, "--json"])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["patterns"]
    return code, found


@pytest.mark.parametrize("pattern", SAFE)
def test_a_safe_pattern_passes(capsys: pytest.CaptureFixture[str], pattern: str) -> None:
    code, (found,) = judged(capsys, "-e", pattern)
    assert (code, found["verdict"]) == (0, "safe"), found


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_an_exponential_pattern_is_refused_with_its_attack(capsys: pytest.CaptureFixture[str], pattern: str) -> None:
    code, (found,) = judged(capsys, "-e", pattern)
    assert (code, found["verdict"]) == (1, "dangerous"), found
    assert found["growth"]["kind"] == "exponential", found
    assert found["attack"]["pump"]
    assert found["times"][-1]["characters"] < 200


def test_ways_that_are_bounded_are_still_too_many() -> None:
    found = check(Rule("here", "^(?:a?){30}a{30}$", PYTHON), "search", 0.3)
    assert found.verdict == "dangerous" and found.worst, found
    last = found.worst.points[-1]
    assert last.beyond or last.seconds > 0.3


@pytest.mark.parametrize(("pattern", "degree"), POLYNOMIAL)
def test_a_polynomial_pattern_is_refused_with_its_degree(
    capsys: pytest.CaptureFixture[str], pattern: str, degree: int
) -> None:
    code, (found,) = judged(capsys, "-e", pattern)
    assert (code, found["growth"]["kind"]) == (1, "polynomial"), found
    assert found["growth"]["degree"] == pytest.approx(degree, abs=0.5)


def test_the_storys_rule_is_refused_by_an_input_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    code, (found,) = judged(capsys, "-e", STORY)
    assert (code, found["verdict"]) == (1, "dangerous")
    attack = Attack(**found["attack"])
    with Session(PYTHON, STORY, "search", 3) as session:
        assert session.seconds(Attack("", "a", "!"), 33) < 0.01, "the story's own evil input triggers nothing"
        # The best known input: 400 digits take about as long as these fewer characters of the generated one.
        few, more = session.seconds(attack, 32), session.seconds(attack, 64)
    assert more > 2.5 * few
    assert more > 10 * 1e-3


def test_what_is_long_is_not_dangerous(capsys: pytest.CaptureFixture[str]) -> None:
    code, (found,) = judged(capsys, "-e", r"^(?:a|b|c|d|e|f|g|h|i|j|k|l|m)*(?:n|o)*$")
    assert (code, found["growth"]["kind"]) == (0, "linear")
    assert found["times"][-1]["characters"] > 30_000


def test_how_it_is_asked_changes_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(capsys, "-e", r"\s+$")[0] == 1
    assert judged(capsys, "-e", r"\s+$", "--match", "match")[0] == 0
    assert judged(capsys, "-e", r"(a+)+", "--match", "search")[0] == 0
    assert judged(capsys, "-e", r"(a+)+", "--match", "fullmatch")[0] == 1


@pytest.mark.skipif(
    not shutil.which("perl") or subprocess.run(["perl", "-MTime::HiRes", "-e", "1"], check=False).returncode != 0,
    reason="there is no perl with Time::HiRes here",
)
def test_another_engine_walks_in_its_own_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "patterns.txt"
    rules.write_text("# trailing space\n\nengine=perl \\s+$\n\\s+$\nengine=perl .*.*=.*\n", encoding="utf-8")
    code, found = judged(capsys, str(rules))
    assert code == 1
    assert [(one["engine"], one["verdict"]) for one in found] == [
        ("perl", "safe"),
        ("python", "dangerous"),
        ("perl", "dangerous"),
    ]
    assert [one["place"] for one in found] == [f"{rules}:{line}" for line in (3, 4, 5)]


def test_a_rule_file_of_a_firewall_is_read(tmp_path: Path) -> None:
    rules = tmp_path / "rules.conf"
    rules.write_text(
        "SecRuleEngine On\n"
        'SecRule ARGS "@rx ^say \\"(?:a|b)+\\"$" \\\n    "id:1,deny"\n'
        'SecRule ARGS "!@rx ^\\d+$" "id:2"\n'
        'SecRule ARGS "@streq (a+)+$" "id:3"\n'
        '# SecRule ARGS "@rx (a+)+$" "id:4"\n'
        'SecRule REQUEST_HEADERS:Host "^[\\d.]+$" "id:5"\n',
        encoding="utf-8",
    )
    found = given([], [str(rules)], PYTHON)
    assert [(one.place.rpartition(":")[2], one.pattern) for one in found] == [
        ("2", '^say "(?:a|b)+"$'),
        ("4", r"^\d+$"),
        ("7", r"^[\d.]+$"),
    ]


def test_patterns_come_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("^a+$\n^(a+)+$\n"))
    assert main(["-"]) == 1
    said = capsys.readouterr().out
    assert "safe      standard input:1 (python): linear at worst" in said
    assert "DANGEROUS standard input:2 (python)" in said
    assert "pattern: ^(a+)+$" in said
    assert " * n + " in said
    assert "2 patterns: 1 safe, 1 dangerous, 0 unknown" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-e", "(a"), "command line: '(a': it is no regular expression"),
        (("-e", "^a$", "-e", r"\1"), "invalid group reference"),
        ((), "there is no pattern"),
        (("/nowhere.txt",), "cannot be read"),
        (("-e", "a", "--engine", "re3"), "there is no engine 're3'"),
        (("-e", "a", "--limit", "0"), "at least 1 s"),
        (("-e", "a", "--limit", "nan"), "at least 1 s"),
    ],
)
def test_bad_input_is_exit_code_2(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_an_unknown_engine_in_a_file_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.txt").write_text("a\nengine=re3 b\n", encoding="utf-8")
    assert main([str(tmp_path / "p.txt")]) == 2
    assert f"{tmp_path}/p.txt:2: there is no engine 're3'" in capsys.readouterr().err


def test_a_match_that_takes_too_long_is_killed() -> None:
    with Session(PYTHON, "^(a+)+$", "search", 0.3) as session:
        process = session._process
        began = time.monotonic()
        with pytest.raises(TookLonger):
            session.seconds(Attack("", "a", "!"), 60)
        assert process is not None
        assert process.returncode == -9
        assert time.monotonic() - began < 10
        assert session.seconds(Attack("", "a", "!"), 5) < 0.1, "the next one has a process of its own"


def test_an_engine_that_is_not_given_its_time_has_measured_nothing() -> None:
    script = "import time; input(); print('ready', flush=True); input(); time.sleep(60)"
    asleep = Engine("asleep", (sys.executable, "-c", script))
    with Session(asleep, "a", "search", 0.1) as session, pytest.raises(Unmeasured, match="the machine gave it less"):
        session.seconds(Attack("", "a", ""), 1)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("input(); print('ready', flush=True); raise SystemExit(3)", "ended with 3"),
        ("input(); print('ready', flush=True); input(); print('soon', flush=True); input()", "answered 'soon'"),
    ],
)
def test_an_engine_that_fails_is_never_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], script: str, message: str
) -> None:
    broken = Engine("broken", (sys.executable, "-c", script))
    monkeypatch.setattr("tools.check_regex.rules.ENGINES", {"broken": broken})
    code, (found,) = judged(capsys, "-e", "^a+$", "--engine", "broken")
    assert (code, found["verdict"]) == (2, "unknown")
    assert message in found["why"]


def test_an_engine_that_is_not_there_is_bad_input() -> None:
    with pytest.raises(BadInput, match="is not installed"):
        Session(Engine("none", ("no-such-engine",)), "a", "search", 1)


def test_a_pattern_that_is_too_large_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    code, (found,) = judged(capsys, "-e", "(?:abc){2000}")
    assert (code, found["verdict"]) == (2, "unknown")
    assert "more than 3000 positions" in found["why"]


def test_what_is_ambiguous_is_found_in_the_structure() -> None:
    assert [one.exponential for one in loops(graph("^(a*)*$", search=False))] == [True]
    assert [one.exponential for one in loops(graph("^a*a*$", search=False))] == [False]
    assert loops(graph("^(?:ab|cd)*$", search=False)) == []
    assert [one.exponential for one in loops(graph(r"\s+$", search=True))] == [False]


def test_an_attack_ends_with_what_lets_nothing_match() -> None:
    suffixes = {one.suffix for one in attacks(graph("^(a+)+b", search=True))}
    assert {"", "!", "!b"} <= suffixes
