"""What a node exporter runs before itself: it writes its arguments, or says in the API server's words why not."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.unit

FILE = Path(__file__).resolve().parents[3] / "scenarios/exporters_dark_after_upgrade/image/settings.py"
FOUND = json.dumps({"spec": {"collectors": ["cpu", "meminfo"]}})
FORBIDDEN = json.dumps({"kind": "Status", "code": 403, "message": "exporterconfigs is forbidden"})


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program, with the environment of its container."""
    spec = importlib.util.spec_from_file_location("exporter_settings", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in (("API_VERSION", "telemetry.example.com/v1beta1"), ("NAMESPACE", "telemetry"), ("NAME", "all")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OUTPUT", str(tmp_path / "arguments"))
    return module


def test_the_collectors_become_arguments(
    settings: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def get(path: str) -> tuple[int, str]:
        asked.append(path)
        return 200, FOUND

    monkeypatch.setattr(settings, "_get", get)
    assert settings.main() == 0
    assert asked == ["/apis/telemetry.example.com/v1beta1/namespaces/telemetry/exporterconfigs/all"]
    written = (tmp_path / "arguments").read_text()
    assert written == "--collector.disable-defaults\n--collector.cpu\n--collector.meminfo\n"
    assert "2 collectors" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (404, "404 page not found\n", "in telemetry.example.com/v1beta1: 404 page not found"),
        (403, FORBIDDEN, "in telemetry.example.com/v1beta1: 403 exporterconfigs is forbidden"),
    ],
)
def test_a_refusal_is_said_and_nothing_written(
    settings: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    status: int,
    text: str,
    said: str,
) -> None:
    monkeypatch.setattr(settings, "_get", lambda path: (status, text))
    assert settings.main() == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "arguments").exists()


def test_no_api_server_is_said_too(
    settings: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: str) -> tuple[int, str]:
        raise ConnectionRefusedError(path)

    monkeypatch.setattr(settings, "_get", refused)
    assert settings.main() == 1
    assert "the API server does not answer" in capsys.readouterr().err
