"""The canary of regex-cpu-exhaustion: what its gate is asked with, and a system in which only its rules are its own."""

from __future__ import annotations

from itertools import pairwise

import promql_parser
import pytest

from experiments.rules import several_series
from scenarios.regex_cpu_exhaustion.canary import ARGUMENTS
from tools.canary_gate.cli import main

pytestmark = pytest.mark.unit

QUERIES = [value for name, value in pairwise(ARGUMENTS) if name.endswith("-query")]


def test_the_gate_takes_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = "http://127.0.0.1:9"
    assert main([nowhere if one == "{prometheus}" else one for one in ARGUMENTS]) == 2
    assert "Prometheus gave no answer" in capsys.readouterr().err


@pytest.mark.parametrize("query", QUERIES)
def test_each_question_is_of_one_series_about_the_canary_alone(query: str) -> None:
    assert promql_parser.parse(query)
    assert several_series(query) is None
    assert query.count("{") == query.count('pod=~"waf-canary-.*"')


def test_there_are_three_questions() -> None:
    assert len(QUERIES) == 3
