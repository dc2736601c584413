import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from cluster.errors import BrokenScenario
from experiments.catalogue import ScenarioFolder
from experiments.check import Promtool, Tools, check, check_namespaces, scaling_classes
from experiments.record.files import AlertClock

pytestmark = pytest.mark.unit

AT = "pack/queue_full"


class _Agrees(Promtool):
    """promtool is asked in tests/component/check; here it finds nothing wrong."""

    def _run(self, command: str, files: Mapping[str, str]) -> tuple[int, str] | None:
        assert "rules.yaml" in files
        return None


def render(folder: Path) -> str:
    """The one file of these folders; kustomize itself is asked in tests/component/check."""
    if "all.yaml" not in (folder / "kustomization.yaml").read_text():
        raise BrokenScenario("kustomize: no such resource")
    return (folder / "all.yaml").read_text()


TOOLS = Tools(
    promtool=_Agrees(()),
    render=render,
    images=frozenset({"firedrill/worker", "firedrill/prober"}),
    clock=AlertClock(scrape_s=1, evaluation_s=1, group_wait_s=1, group_interval_s=5),
)


def found(folder: Path) -> list[str]:
    return [str(problem) for problem in check(ScenarioFolder(folder), TOOLS)]


def test_a_whole_folder_has_no_problem(whole: Path) -> None:
    assert found(whole) == []


LOGIC = "scenario.py is a value and holds no logic"
BAD = [
    # scenario.py
    ("too long", "scenario.py", "P95 =", "\n" * 60 + "P95 =",
     f"{AT}/scenario.py:71: 89 lines; a scenario is at most 70"),
    ("a function", "scenario.py", "P95 =", "def f() -> int:\n    return 1\nP95 =",
     f"{AT}/scenario.py:9: a function: {LOGIC}"),
    ("an if", "scenario.py", "P95 =", "if True:\n    X = 1\nP95 =", f"{AT}/scenario.py:9: an if: {LOGIC}"),
    ("a comprehension", "scenario.py", 'silent=["ApiDown"]', 'silent=[a for a in ["ApiDown"]]',
     f"{AT}/scenario.py:26: a comprehension: {LOGIC}"),
    ("a conditional value", "scenario.py", 'title="The queue fills"', 'title="a" if P95 else "b"',
     f"{AT}/scenario.py:12: an if: {LOGIC}"),
    ("a lambda", "scenario.py", "P95 =", "F = lambda: 1\nP95 =", f"{AT}/scenario.py:9: a lambda: {LOGIC}"),
    ("a call", "scenario.py", "P95 =", "len([])\nP95 =",
     f"{AT}/scenario.py:9: only imports and assignments stand here"),
    ("does not load", "scenario.py", "fires(", "fire(", f"{AT}/scenario.py:25: NameError: name 'fire' is not defined"),
    ("no comparison", "scenario.py", '"sum(up) == 0"', '"sum(up)"',
     f"{AT}/scenario.py:23: the condition `sum(up)` is a value and compares it with nothing"),
    ("no comparison in a list", "scenario.py", 'P95 + " < 1"', "P95",
     f"{AT}/scenario.py:18: the condition `histogram_quantile(0.95, sum by (le) (rate(wait_bucket[5s])))` "
     "is a value and compares it with nothing"),
    ("no comparison in the trace", "scenario.py", 'trace=("max(stopped) == 1",)', 'trace=("max(stopped)",)',
     f"{AT}/scenario.py:28: the condition `max(stopped)` is a value and compares it with nothing"),
    ("several series", "scenario.py", '"sum(up) == 0"', '"up == 0"',
     f"{AT}/scenario.py:23: `up` may yield several series; write sum(…), min by () (…) or max by () (…)"),
    ("no such module", "scenario.py", "experiments.model.base", "experiments.model.bas",
     f"{AT}/scenario.py:21: stop: experiments.model.bas.seconds cannot be imported: "
     "No module named 'experiments.model.bas'"),
    ("no such function", "scenario.py", 'function="seconds"', 'function="minutes"',
     f"{AT}/scenario.py:21: stop: there is no function experiments.model.base.minutes"),
    ("no function", "scenario.py", 'function="seconds"', 'function="Frozen"',
     f"{AT}/scenario.py:21: stop: there is no function experiments.model.base.Frozen"),
    ("unknown argument", "scenario.py", '{"text": "1s"}', '{"text": "1s", "unit": "s"}',
     f"{AT}/scenario.py:21: stop: experiments.model.base.seconds: got an unexpected keyword argument 'unit'"),
    ("missing argument", "scenario.py", '{"text": "1s"}', "{}",
     f"{AT}/scenario.py:21: stop: experiments.model.base.seconds: missing a required argument: 'text'"),
    ("an argument of another type", "scenario.py", '{"text": "1s"}', '{"text": ["1s"]}',
     f"{AT}/scenario.py:21: stop: experiments.model.base.seconds: text: Input should be a valid string"),
    ("no such alert", "scenario.py", 'fires("QueueFull")', 'fires("QueueFul")',
     f"{AT}/scenario.py:25: detects: rules.yaml has no alert QueueFul"),
    ("no such silent alert", "scenario.py", 'silent=["ApiDown"]', 'silent=["ApiDown", "DbDown"]',
     f"{AT}/scenario.py:26: silent: rules.yaml has no alert DbDown"),
    # rules
    ("not PromQL", "rules.yaml", "up == 0", "up ==", f"{AT}/rules.yaml:10: ApiDown: not PromQL: invalid promql query"),
    ("no severity", "rules.yaml", "labels: {severity: critical}", "labels: {}",
     f"{AT}/rules.yaml:4: QueueFull has no label `severity`"),
    ("no runbook", "rules.yaml", "annotations: {runbook_url: https://runbooks.example/api}", "annotations: {}",
     f"{AT}/rules.yaml:9: ApiDown has no annotation `runbook_url`"),
    ("not scalable", "rules.yaml", "queue_length > 10", "increase(queue_length[5m]) > 10",
     f"{AT}/rules.yaml:4: QueueFull: 10 is a count within a window; scale it in time_scale's `constants`, or say in "
     "`kept` why it stays"),
    ("declared for nothing", "scenario.py", "time_scale(60)", 'time_scale(60, production_time={"Queue": "why"})',
     f"{AT}/scenario.py:15: time_scale: production_time names 'Queue', which no rule of {AT}/rules.yaml needs"),
    ("never quiet", "rules_test.yaml", "      - {eval_time: 2m, alertname: ApiDown, exp_alerts: []}\n", "",
     f"{AT}/rules.yaml:9: ApiDown: no unit test shows it quiet (exp_alerts: [])"),
    ("never firing", "rules_test.yaml", "      - eval_time: 8m\n        alertname: QueueFull",
     "      - eval_time: 8m\n        alertname: ApiDown",
     f"{AT}/rules.yaml:4: QueueFull: no unit test shows it firing"),
    ("another file is tested", "rules_test.yaml", "[rules.yaml]", "[rules.yaml, more.yaml]",
     f"{AT}/rules_test.yaml:1: rule_files is [rules.yaml], the production rules"),
    ("no tests", "rules_test.yaml", "rule_files: [rules.yaml]\n", "",
     f"{AT}/rules_test.yaml:1: rule_files: Field required"),
    ("tests are no YAML", "rules_test.yaml", "rule_files: [", "rule_files: [[",
     f"{AT}/rules_test.yaml:2: not YAML: expected ',' or ']', but got '<scalar>'"),
    # runbook
    ("runbook", "RUNBOOK.md", "```bash fix", "```bash",
     f"{AT}/RUNBOOK.md:13: a bash block says right after `bash` which one of diagnose, mitigate, fix, verify it is"),
    ("no diagnose", "RUNBOOK.md", '```bash diagnose expect="full"', "```text",
     f"{AT}/RUNBOOK.md:1: no `bash diagnose` block"),
    ("no verify", "RUNBOOK.md", "```bash verify", "```text", f"{AT}/RUNBOOK.md:1: no `bash verify` block"),
    ("no mitigate", "scenario.py", "    recovers=", '    mitigated=[holds("a", "sum(up) == 1")],\n    recovers=',
     f"{AT}/RUNBOOK.md:1: no `bash mitigate` block"),
    # prose
    ("no story", "README.md", "## Story\nText.\n", "", f"{AT}/README.md:1: the heading `## Story` is missing"),
    ("empty section", "README.md", "## Sources\nText.\n", "## Sources\n",
     f"{AT}/README.md:10: nothing stands under `## Sources`"),
    ("two hints", "drill.md", "2. Who empties it?\n", "",
     f"{AT}/drill.md:4: `## Hints` is a list of 3 hints; there are 2"),
    ("no true cause", "drill.md", "[x]", "[ ]", f"{AT}/drill.md:8: exactly one cause is true, `- [x] …`; there are 0"),
    ("two true causes", "drill.md", "[ ] The network", "[x] The network",
     f"{AT}/drill.md:8: exactly one cause is true, `- [x] …`; there are 2"),
    ("a cause without a box", "drill.md", "[ ] The network", "The network",
     f"{AT}/drill.md:9: a cause begins with `[x]` or `[ ]`"),
    ("no wrong turns", "drill.md", "- [ ] The database\n", "", ""),
    ("no symptoms", "drill.md", "- Customers wait.", "Customers wait.",
     f"{AT}/drill.md:2: `## Symptoms` is a list of what is seen"),
    ("no debrief", "drill.md", "## Debrief\nText.\n", "", f"{AT}/drill.md:1: the heading `## Debrief` is missing"),
    ("not finished", "system/all.yaml", "kind: Deployment", "# TODO: limits\nkind: Deployment",
     f"{AT}/system/all.yaml:1: not finished: TODO: limits"),
    # manifests
    ("does not build", "system/kustomization.yaml", "all.yaml", "none.yaml",
     f"{AT}/system/kustomization.yaml:1: kustomize: no such resource"),
    ("no such image", "system/all.yaml", "firedrill/worker", "firedrill/wurker",
     f"{AT}/system/kustomization.yaml:1: Deployment ticketing/worker: the lab has no image firedrill/wurker"),
    ("a tag", "guardrail/all.yaml", "firedrill/worker", "firedrill/worker:1.0",
     f"{AT}/guardrail/kustomization.yaml:1: Deployment ticketing/worker: the image firedrill/worker:1.0 has a tag; "
     "the lab pins it, write firedrill/worker"),
    ("a foreign namespace", "system/all.yaml", "namespace: ticketing}", "namespace: billing}",
     f"{AT}/system/kustomization.yaml:1: Deployment billing/worker is in the namespace billing, which is none of the "
     "scenario's: ticketing, ticketing-clients, ticketing-monitoring"),
    ("a Namespace of somebody else's", "system/all.yaml", "kind: Deployment",
     "kind: Namespace\napiVersion: v1\nmetadata: {name: billing}\n---\nkind: Deployment",
     f"{AT}/system/kustomization.yaml:1: Namespace billing is none of the scenario's: ticketing, "
     "ticketing-clients, ticketing-monitoring"),
    ("the guard rail changes traffic", "guardrail/all.yaml", "name: prober, namespace", "name: probe, namespace",
     f"{AT}/guardrail/kustomization.yaml:1: Deployment ticketing-clients/probe differs from the one of system/; "
     "a guard rail keeps traffic and monitoring"),
    ("the guard rail changes nothing", "guardrail/all.yaml", "replicas: 2", "replicas: 1",
     f"{AT}/guardrail/kustomization.yaml:1: it builds the same objects as system/: nothing is prevented"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_finds_with_file_and_line(whole: Path, file: str, old: str, new: str, message: str) -> None:
    text = (whole / file).read_text()
    assert old in text
    (whole / file).write_text(text.replace(old, new, 1))
    problems = found(whole)
    if message:
        assert message in problems
    else:
        assert problems == []


@pytest.mark.parametrize(
    "file", ["scenario.py", "rules.yaml", "rules_test.yaml", "RUNBOOK.md", "README.md", "drill.md"]
)
def test_a_missing_file(whole: Path, file: str) -> None:
    (whole / file).unlink()
    assert f"{AT}/{file}:1: the file is missing" in found(whole)


@pytest.mark.parametrize("file", ["rules.yaml", "rules_test.yaml", "RUNBOOK.md", "README.md", "drill.md"])
def test_a_file_that_is_no_text(whole: Path, file: str) -> None:
    (whole / file).write_bytes(b"\xff\xfe\x00")
    assert f"{AT}/{file}:1: the file is not UTF-8 text" in found(whole)


@pytest.mark.parametrize("part", ["system", "guardrail"])
def test_a_missing_system(whole: Path, part: str) -> None:
    (whole / part / "kustomization.yaml").unlink()
    assert f"{AT}/{part}/kustomization.yaml:1: the file is missing" in found(whole)


@pytest.mark.parametrize("file", ["rules.yaml", "traffic.py", "load/locustfile.py"])
def test_a_guard_rail_with_rules_or_traffic(whole: Path, file: str) -> None:
    (whole / "guardrail" / file).parent.mkdir(exist_ok=True)
    (whole / "guardrail" / file).write_text("")
    assert f"{AT}/guardrail/{file}:1: a guard rail keeps traffic and rules; take this file out" in found(whole)


def test_a_gate_needs_no_system_of_its_own(whole: Path) -> None:
    file = whole / "scenario.py"
    text = file.read_text().replace('absorbs(trace=("max(stopped) == 1",))', 'refused_by("gate", "no")')
    file.write_text(text.replace("import absorbs, fires", "import fires, refused_by"))
    (whole / "guardrail" / "kustomization.yaml").unlink()
    assert found(whole) == []


def with_canary(whole: Path, fault: str) -> None:
    file = whole / "scenario.py"
    kept = 'arguments=(), keeps=("sum(up) > 0",), trace=("max(stopped) == 1",)'
    text = file.read_text().replace('absorbs(trace=("max(stopped) == 1",))', f'stopped_by("gate", "no", {kept})')
    step = re.search(r"        Step\(.*\n", text)
    assert step is not None
    file.write_text(text.replace("import absorbs, fires", "import fires, stopped_by").replace(step[0], fault))


APPLIED = """\
        Step(
            title="apply",
            module="experiments.actions.whole_objects",
            function="apply",
            arguments={"namespace": "ticketing", "manifest": {
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "rules"}}},
        ),
"""
CONFIG = "---\nkind: ConfigMap\nmetadata: {name: rules-canary, namespace: ticketing}\n"


def test_a_canary_has_an_object_for_each_that_the_fault_applies(whole: Path) -> None:
    with_canary(whole, APPLIED)
    told = "ConfigMap ticketing/rules-canary, to which “apply” goes on the canary, is missing"
    assert found(whole) == [f"{AT}/guardrail/kustomization.yaml:1: {told}"]
    file = whole / "guardrail" / "all.yaml"
    file.write_text(file.read_text() + CONFIG)
    assert found(whole) == []


def test_a_canary_cannot_get_what_is_no_object(whole: Path) -> None:
    with_canary(
        whole,
        '        Step(title="stop", module="experiments.model.base", function="seconds", arguments={"text": "1s"}),\n',
    )
    (told,) = found(whole)
    assert "cannot get “stop”: write the fault with objects.apply" in told


def test_a_second_guard_rail_is_looked_at_like_the_first(whole: Path) -> None:
    file = whole / "scenario.py"
    text = file.read_text()
    second = 'second_prevention=absorbs(trace=("queue_length",)),\n    prevention='
    file.write_text(text.replace("prevention=", second, 1))
    wrong = found(whole)
    assert f"{AT}/second-guardrail/kustomization.yaml:1: the file is missing" in wrong
    assert any("scenario.py" in one and "queue_length" in one for one in wrong)


def test_a_second_guard_rail_that_nobody_declares(whole: Path) -> None:
    (whole / "second-guardrail").mkdir()
    told = "scenario.py does not say how this guard rail holds"
    assert found(whole) == [f"{AT}/second-guardrail/kustomization.yaml:1: {told}"]


def test_a_folder_in_another_spelling(whole: Path) -> None:
    folder = whole.rename(whole.parent / "QueueFull")
    assert "pack/QueueFull/:1: a scenario's folder is named in snake_case" in found(folder)


def test_one_wrong_cause_is_enough(whole: Path) -> None:
    file = whole / "drill.md"
    text = file.read_text().replace("- [ ] The network\n", "").replace("- [ ] The database\n", "")
    file.write_text(text)
    assert found(whole) == [f"{AT}/drill.md:8: `## Causes` names the wrong turns too, `- [ ] …`"]


def test_namespaces_are_unique_in_a_catalogue(whole: Path) -> None:
    other = whole.parent / "tickets_lost"
    other.mkdir()
    (other / "scenario.py").write_text((whole / "scenario.py").read_text())
    broken = whole.parent / "broken"
    broken.mkdir()
    folders = [ScenarioFolder(path) for path in (broken, whole, other)]
    problems = [str(problem) for problem in check_namespaces(folders)]
    assert problems == ["pack/tickets_lost/scenario.py:14: the namespace ticketing is queue-full's"]


def test_lists_the_scaling_class_of_every_rule(whole: Path) -> None:
    file = whole / "rules.yaml"
    file.write_text(file.read_text().replace("queue_length > 10", "increase(queue_length[5m]) > 10"))
    scenario = whole / "scenario.py"
    scenario.write_text(scenario.read_text().replace("time_scale(60)", 'time_scale(60, constants={"10": "2"})'))
    assert scaling_classes(ScenarioFolder(whole), TOOLS.clock) == [
        "QueueFull: transformed, for 60 s -> 1 s (10 -> 2)",
        "ApiDown: exact, for 60 s -> 1 s",
    ]


def test_an_excused_block_has_to_be_in_the_runbook(whole: Path) -> None:
    file = whole / "scenario.py"
    reason = "the lab sees no difference within its time"
    excused = f'excused=Excuse(block="fix.0", reason="{reason}"),\n    prevention='
    conditions, excuses = "from experiments.model.conditions", "from experiments.model.excuse import Excuse"
    text = file.read_text().replace("prevention=", excused).replace(conditions, f"{excuses}\n{conditions}")
    file.write_text(text)
    assert found(whole) == []
    file.write_text(text.replace("fix.0", "fix.1"))
    assert found(whole) == [f"{AT}/RUNBOOK.md:1: scenario.py excuses fix.1, which is no block here"]
