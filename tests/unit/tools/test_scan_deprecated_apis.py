"""The scan of manifests and of what a cluster says, and input that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.scan_deprecated_apis.cli import main

pytestmark = pytest.mark.unit

OLD = """\
# a budget from long ago
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: shop}
---
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: shop}
  - apiVersion: batch/v1beta1
    kind: CronJob
    metadata: {name: report}
"""
WIDGETS = '- {api: example.org/v1alpha1, kinds: [Widget], removed: "1.36", use: example.org/v1}\n'
KUBECTL = """\
#!/usr/bin/env bash
case "$*" in
  *api-resources*) printf '%s\\n' 'poddisruptionbudgets pdb policy/v1 true PodDisruptionBudget get,list' \\
                                  'pods po v1 true Pod get,list' \\
                                  'cronjobs cj batch/v1 true CronJob get,list' ;;
  *metrics*) echo 'apiserver_requested_deprecated_apis{group="batch",removed_release="1.25",resource="cronjobs",subresource="",version="v1beta1"} 1' ;;
  *"get cronjobs.batch,poddisruptionbudgets.policy --all-namespaces"*) cat "$OBJECTS" ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
"""  # noqa: E501  the API server's own line


DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  names: {kind: Widget, plural: widgets}
  versions:
    - {name: v1beta1, served: false, storage: false}
    - {name: v1, served: true, storage: true}
---
apiVersion: example.org/v1beta1
kind: Widget
metadata: {name: w}
---
apiVersion: example.org/v1
kind: Widget
metadata: {name: new}
"""
PODS = 'Warning: existing pods in namespace "shop" violate the new PodSecurity enforce level "baseline:latest"'


def dry(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> int:
    """The scan of a harmless manifest, with the dry run of a kubectl that does `script`."""
    kubectl = folder / "bin" / "kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(
        f'#!/usr/bin/env bash\n[[ "$*" = *--dry-run=server*--field-manager=scan* ]] || exit 9\n{script}\n',
        encoding="utf-8",
    )
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{kubectl.parent}:/usr/bin:/bin")
    return scanned(folder, "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n", "--target", "1.36", "--dry-run")


def scanned(folder: Path, text: str, *arguments: str) -> int:
    (folder / "all.yaml").write_text(text, encoding="utf-8")
    return main([str(folder / "all.yaml"), *arguments])


def test_each_use_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scanned(tmp_path, OLD, "--target", "1.25") == 1
    said = capsys.readouterr().out
    assert f"REMOVED    {tmp_path}/all.yaml:2: PodDisruptionBudget policy/v1beta1 (manifest)" in said
    assert f"{tmp_path}/all.yaml:12: CronJob batch/v1beta1" in said
    assert "3 objects looked at; 2 uses stand in the way of 1.25" in said


def test_what_a_later_release_removes_counts_only_when_strict(tmp_path: Path) -> None:
    assert scanned(tmp_path, OLD, "--target", "v1.24.7") == 0
    assert scanned(tmp_path, OLD, "--target", "1.24", "--strict") == 1


def test_a_team_adds_its_own_resources(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.yaml").write_text(WIDGETS, encoding="utf-8")
    widget = "apiVersion: example.org/v1alpha1\nkind: Widget\nmetadata: {name: w}\n"
    assert scanned(tmp_path, widget, "--target", "1.36") == 0
    assert scanned(tmp_path, widget, "--target", "1.36", "--also", str(tmp_path / "own.yaml"), "--json") == 1
    (use,) = json.loads(capsys.readouterr().out.partition("\n")[2])["uses"]
    assert (use["kind"], use["removed_in"], use["use"], use["breaks"]) == ("Widget", "1.36", "example.org/v1", True)


def test_a_definition_that_serves_a_version_no_more_removes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scanned(tmp_path, DEFINITION, "--target", "1.36", "--json") == 1
    (use,) = json.loads(capsys.readouterr().out)["uses"]
    assert (use["place"], use["api"]) == (f"{tmp_path}/all.yaml:11", "example.org/v1beta1")
    assert (use["removed_in"], use["use"]) == ("1.36", "example.org/v1")
    assert scanned(tmp_path, DEFINITION.replace("served: false", "served: true"), "--target", "1.36") == 0


def test_a_definition_without_versions_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scanned(tmp_path, DEFINITION.replace("versions:", "editions:"), "--target", "1.36") == 2
    assert "needs group, names and versions" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        (f"echo '{PODS}' >&2", 1, f"DRY RUN    {PODS.removeprefix('Warning: ')}"),
        ("echo 'error: no matches for kind' >&2; exit 1", 1, "DRY RUN    error: no matches for kind"),
        ("exit 1", 1, "kubectl ended with 1 and said nothing"),
        (
            "echo 'namespace/shop serverside-applied (server dry run)'; echo 'I am slow' >&2",
            0,
            "0 uses stand in the way",
        ),
    ],
)
def test_a_dry_run_that_warns_or_refuses_stands_in_the_way(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    script: str,
    code: int,
    said: str,
) -> None:
    assert dry(tmp_path, monkeypatch, script) == code
    assert said in capsys.readouterr().out


def test_a_dry_run_needs_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", "1.36", "--dry-run", "-"]) == 2
    assert "as files or folders" in capsys.readouterr().err


def test_a_cluster_tells_by_annotation_managed_fields_and_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    budget = {
        "kind": "PodDisruptionBudget",
        "apiVersion": "policy/v1",
        "metadata": {
            "name": "shop",
            "namespace": "prod",
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": json.dumps({"apiVersion": "policy/v1beta1"})
            },
            "managedFields": [
                {"apiVersion": "policy/v1beta1", "manager": "helm"},
                {"apiVersion": "policy/v1", "manager": "controller"},
            ],
        },
    }
    (tmp_path / "objects.json").write_text(json.dumps({"items": [budget]}), encoding="utf-8")
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(KUBECTL, encoding="utf-8")
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("OBJECTS", str(tmp_path / "objects.json"))
    assert main(["--live", "--target", "1.36", "--json"]) == 1
    uses = {(use["where"], use["kind"]): use["place"] for use in json.loads(capsys.readouterr().out)["uses"]}
    assert uses == {
        ("last-applied", "PodDisruptionBudget"): "prod/shop",
        ("managed-fields", "PodDisruptionBudget"): "prod/shop, written by helm",
        ("requests", "CronJob"): "somebody asked the API server for it since it started",
    }


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("a: [1", ("--target", "1.36"), "all.yaml:"),
        ("a: 1", ("--target", "1.36"), "there is no Kubernetes object"),
        (OLD, ("--target", "newest"), "is no Kubernetes release"),
        (OLD, ("--target", "1.36", "--also", "/nowhere.yaml"), "cannot be read"),
    ],
)
def test_bad_input_is_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, arguments: tuple[str, ...], message: str
) -> None:
    assert scanned(tmp_path, text, *arguments) == 2
    assert message in capsys.readouterr().err


def test_an_entry_without_a_release_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.yaml").write_text("- {api: example.org/v1, kinds: [Widget], use: nothing}\n", encoding="utf-8")
    assert scanned(tmp_path, OLD, "--target", "1.36", "--also", str(tmp_path / "own.yaml")) == 2
    assert "an entry needs" in capsys.readouterr().err


def test_no_cluster_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--live", "--target", "1.36"]) == 2
