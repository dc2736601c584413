"""The order in which alone it helps, and everything in which it must not go on.

etcdctl is a small program here that answers as 3.6.8 does, from a cluster kept in a file, and notes what it was asked.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.etcd_maintain.cli import main

pytestmark = pytest.mark.unit

QUOTA = 33554432
A, B, C = (f"https://10.0.0.{n}:2379" for n in (1, 2, 3))

ETCDCTL = """#!{python} -IS
import json, os, sys
file = os.environ["CLUSTER"]
state = json.load(open(file))
asked = [word for word in sys.argv[1:] if not word.startswith("--")]
at = os.environ.get("ETCDCTL_ENDPOINTS", "")
state["asked"].append(" ".join([*asked, at] if asked[0] == "defrag" else asked))
out, code, said = "", 0, ""
if asked[:2] == ["endpoint", "status"]:
    answers = []
    for one in state["members"]:
        if one.get("silent"):
            code, said = 1, "Failed to get the status of endpoint (context deadline exceeded)"
            continue
        status = {{"header": {{"cluster_id": 7, "member_id": one["id"], "revision": one["revision"], "raft_term": 2}},
                  "version": "3.6.8", "dbSize": one["size"], "leader": state["leader"], "raftTerm": 2,
                  "dbSizeInUse": one["in_use"], "dbSizeQuota": one["quota"]}}
        answers.append({{"Endpoint": one["endpoint"], "Status": {{k: v for k, v in status.items() if v}}}})
    out = json.dumps(answers)
elif asked[:2] == ["alarm", "list"]:
    out = json.dumps({{"header": {{"cluster_id": 7}}, **({{"alarms": state["alarms"]}} if state["alarms"] else {{}})}})
elif asked[:2] == ["alarm", "disarm"]:
    state["alarms"] = []
elif asked[0] == "compact":
    if int(asked[1]) <= state["compacted"]:
        code, said = 1, "Error: etcdserver: mvcc: required revision has been compacted"
    else:
        state["compacted"] = int(asked[1])
        for one in state["members"]:
            one["in_use"] = one["data"]
elif asked[0] == "defrag":
    for one in state["members"]:
        if one["endpoint"] == at:
            one["size"] = one["in_use"]
            one["silent"] = one.get("never_back", False)
    state["leader"] = state.get("then_leads", {{}}).get(at, state["leader"])
json.dump(state, open(file, "w"))
sys.stdout.write(state.get("says", out))
sys.stderr.write(said)
sys.exit(code)
"""

Change = Callable[[dict[str, Any]], object]


class Cluster:
    """Three members at their quota, of which the second leads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        one = {"revision": 433, "size": QUOTA, "in_use": QUOTA, "data": 2_000_000, "quota": QUOTA}
        members = [{"endpoint": endpoint, "id": n, **one} for n, endpoint in enumerate((A, B, C), 1)]
        alarms = [{"memberID": 1, "alarm": 1}]
        self._write({"members": members, "leader": 2, "alarms": alarms, "compacted": 0, "asked": []})

    def change(self, change: Change) -> None:
        state = self.state
        change(state)
        self._write(state)

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        return found

    @property
    def touched(self) -> list[str]:
        """What it was asked that changes something."""
        return [one for one in self.state["asked"] if one not in ("endpoint status", "alarm list")]

    def _write(self, state: dict[str, Any]) -> None:
        self._file.write_text(json.dumps(state), encoding="utf-8")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    program = tmp_path / "etcdctl"
    program.write_text(ETCDCTL.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("CLUSTER", str(tmp_path / "cluster.json"))
    monkeypatch.delenv("ETCDCTL_ENDPOINTS", raising=False)
    return Cluster(tmp_path / "cluster.json")


def test_the_order_is_compact_defragment_with_the_leader_last_disarm(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--endpoints", A]) == 0
    assert cluster.touched == ["compact 433", f"defrag {A}", f"defrag {C}", f"defrag {B}", "alarm disarm"]
    said = capsys.readouterr().out
    assert f"defragmented {B}, the leader, in" in said
    assert "gave back 94% of what the files had" in said
    assert said.index("before") < said.index("compacted up to revision 433") < said.index("disarmed NOSPACE")


def test_status_changes_nothing_and_tells_that_it_is_not_well(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--status", "--endpoints", A]) == 1
    assert cluster.touched == []
    said = capsys.readouterr().out
    assert "33.6 MB  33.6 MB  100%      NOSPACE" in said
    assert f"not well: {A} has the alarm NOSPACE" in said


def test_json_has_the_sizes_before_and_after(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--endpoints", A, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["size"] for one in said["before"]] == [QUOTA] * 3
    assert [one["size"] for one in said["after"]] == [2_000_000] * 3
    assert (said["wrong"], said["given_back"], said["before"][1]["leads"]) == ([], 0.9404, True)


def test_who_leads_is_asked_anew_before_each_member(cluster: Cluster) -> None:
    cluster.change(lambda state: state.update(then_leads={A: 3}))
    assert main(["--endpoints", A]) == 0
    assert cluster.touched[1:4] == [f"defrag {A}", f"defrag {B}", f"defrag {C}"]


def test_a_member_that_does_not_answer_stops_it_before_anything_is_touched(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.change(lambda state: state["members"][2].update(silent=True))
    assert main(["--endpoints", A]) == 2
    assert cluster.touched == []
    assert "context deadline exceeded" in capsys.readouterr().err


def test_a_member_that_does_not_come_back_leaves_the_others_alone(cluster: Cluster) -> None:
    cluster.change(lambda state: state["members"][0].update(never_back=True))
    assert main(["--endpoints", A]) == 2
    assert cluster.touched == ["compact 433", f"defrag {A}"]
    assert cluster.state["alarms"]


@pytest.mark.parametrize("alarm", [2, 9])
def test_an_alarm_that_is_not_nospace_is_left_to_a_person(
    cluster: Cluster, alarm: int, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.change(lambda state: state["alarms"].append({"memberID": 3, "alarm": alarm}))
    assert main(["--endpoints", A]) == 1
    assert cluster.touched == []
    assert f"{C} has the alarm {'CORRUPT' if alarm == 2 else 'alarm 9'}: nothing was touched" in capsys.readouterr().out


def test_what_is_full_of_data_is_not_disarmed(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.change(lambda state: [one.update(data=QUOTA) for one in state["members"]])
    assert main(["--endpoints", A]) == 1
    assert "alarm disarm" not in cluster.touched
    assert f"not well: {A} has 100% of its quota" in capsys.readouterr().out


def test_history_that_is_kept_and_members_that_are_small_enough(cluster: Cluster) -> None:
    cluster.change(lambda state: (state.update(alarms=[]), state["members"][0].update(size=9_000_000)))
    assert main(["--endpoints", A, "--keep-revisions", "33", "--defrag-above", "0.5"]) == 0
    assert cluster.touched == ["compact 400", f"defrag {C}", f"defrag {B}"]


def test_what_was_compacted_already_is_no_failure(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.change(lambda state: (state.update(compacted=433), [one.update(in_use=1) for one in state["members"]]))
    assert main(["--endpoints", A]) == 0
    assert "was compacted up to revision 433 or beyond already" in capsys.readouterr().out


def test_a_young_cluster_has_nothing_to_compact(cluster: Cluster) -> None:
    cluster.change(lambda state: (state.update(alarms=[]), [one.update(size=1) for one in state["members"]]))
    assert main(["--endpoints", A, "--keep-revisions", "1000", "--defrag-above", "0.5"]) == 0
    assert cluster.touched == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.update(leader=0), "no member leads"),
        (lambda state: state["members"][0].update(quota=0), f"{A} tells no quota"),
        (lambda state: state.update(alarms=[{"memberID": 255, "alarm": 1}]), "raised for member ff"),
        (lambda state: state.update(says="null"), "in a form that is not known"),
        (lambda state: state.update(says='[{"Endpoint": "x"}]'), "in a form that is not known"),
        (lambda state: state.update(says="no JSON"), "printed no JSON: 'no JSON'"),
    ],
)
def test_an_answer_that_cannot_be_judged(
    cluster: Cluster, change: Change, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.change(change)
    assert main(["--endpoints", A]) == 2
    assert said in capsys.readouterr().err
    assert cluster.touched == []


def test_a_quota_that_etcd_does_not_tell_can_be_given(cluster: Cluster) -> None:
    cluster.change(lambda state: [one.update(quota=0) for one in state["members"]])
    assert main(["--endpoints", A, "--quota", str(QUOTA)]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--defrag-above", "70"],
        ["--most", "nan"],
        ["--keep-revisions", "-1"],
        ["--quota", "0"],
        ["--limit", "0"],
        ["--limit", "nan"],
    ],
)
def test_arguments_that_make_no_sense(
    cluster: Cluster, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--endpoints", A, *arguments]) == 2
    assert arguments[0] in capsys.readouterr().err
    assert cluster.state["asked"] == []


def test_without_etcdctl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--endpoints", A]) == 2
    assert "etcdctl is not on the PATH" in capsys.readouterr().err
