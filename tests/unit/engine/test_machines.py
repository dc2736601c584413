"""Machines beside the nodes: what an author may ask for, and the ways that they get."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from experiments.model.machines import machine
from experiments.play import machines
from experiments.play.machines import ways_of

pytestmark = pytest.mark.unit


METADATA = machine("metadata", "firedrill/cloud", address="169.254.169.254", metrics_port=9100)


def test_a_machine_is_told_its_settings_and_where_it_is_scraped() -> None:
    made = machine(
        "metadata", "firedrill/cloud", "cloud.metadata", address="169.254.169.254", metrics_port=9100, role="r"
    )
    assert made.settings == {"ROLE": "r", "METRICS_PORT": "9100"}
    assert made.command == ("cloud.metadata",)


def test_an_address_that_may_be_somebodys_is_refused() -> None:
    with pytest.raises(ValueError, match="may be somebody's"):
        machine("metadata", "firedrill/cloud", address="198.51.100.1", metrics_port=9100)


def test_a_machine_knows_the_way_to_pods_and_none_beyond() -> None:
    script = ways_of("169.254.169.254", {"10.244.1.0/24": "172.30.0.3"})
    assert script.splitlines() == [
        "ip address replace 169.254.169.254/32 dev lo",
        "ip -4 route flush default",
        "ip -6 route flush default",
        "ip route replace 10.244.1.0/24 via 172.30.0.3",
    ]


def test_its_undo_is_promised_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    session: Any = SimpleNamespace(
        file=SimpleNamespace(scenario=SimpleNamespace(machines=(METADATA,)), run_id="run-1"),
        played=SimpleNamespace(source=Path("pack")),
        home="the lab",
        journal=SimpleNamespace(promise=done.append),
        recorder=SimpleNamespace(event=lambda *_: None),
    )
    monkeypatch.setattr(machines, "_stand", lambda *given: done.append(given))
    machines.stand(session)
    promised, made = done
    assert promised["provider"]["func"] == "take_away"
    assert promised["provider"]["arguments"] == {"name": "metadata", "address": "169.254.169.254"}
    assert made == ("the lab", METADATA, "run-1", Path("pack"))
    assert machines.scraped(session) == {"metadata": "169.254.169.254:9100"}


def test_the_undo_takes_routes_and_then_what_carries_the_machines_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    lab = SimpleNamespace(labels={"firedrill.lab": "lab"})
    handle = SimpleNamespace(lab=lab, docker="the engine", close=lambda: done.append("closed"))
    monkeypatch.setattr(machines, "open_handle", lambda _: handle)
    monkeypatch.setattr(machines, "running_nodes", lambda _: ["node"])
    monkeypatch.setattr(machines, "at_once", lambda _, *command: done.append(command))
    monkeypatch.setattr(machines, "remove_labelled", lambda *given: done.append(given))
    machines.take_away("metadata", "169.254.169.254")
    assert done == [
        ("node", "ip route flush 169.254.169.254/32"),
        ("the engine", {"firedrill.lab": "lab", "firedrill.part": "machine-metadata"}),
        "closed",
    ]
