"""What an author writes: good arguments become a step, bad ones are refused before anything is touched."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable

import pytest

from experiments.model.actions import Step
from firedrill.faults import cache, load, objects, pods, postgres, processes, resources, volumes

pytestmark = pytest.mark.unit

APP = "app=shop"

GOOD = [
    cache.command("CONFIG", "SET", "maxmemory", "1mb", namespace="shop"),
    load.step(200),
    load.ramp(200, over="10s"),
    load.burst(500, lasts="5s", namespace="shop-clients"),
    load.burst(500, lasts="5s", over="10s"),
    load.stop(),
    objects.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}, namespace="shop"),
    objects.delete("service/shop", namespace="shop"),
    pods.kill("shop", APP),
    pods.kill("shop", APP, after="1m"),
    postgres.hold_connections(50, lasts="30s", namespace="shop"),
    postgres.hold_lock(postgres.table("product"), lasts="30s", namespace="shop"),
    postgres.hold_lock(postgres.rows("public.product", "id <= 10"), lasts="30s", namespace="shop"),
    postgres.hold_lock(postgres.advisory(7), lasts="30s", namespace="shop"),
    postgres.stop_replay(namespace="shop"),
    processes.kill("shop", APP, "python", signal="STOP"),
    resources.exhaust_cpu("shop", APP, lasts="30s"),
    resources.exhaust_memory("shop", APP),
    volumes.fill("shop", APP, "/data", percent=95),
]


@pytest.mark.parametrize("step", GOOD, ids=lambda step: step.title)
def test_a_step_calls_its_function_with_arguments_that_it_takes(step: Step) -> None:
    function = getattr(importlib.import_module(step.module), step.function)
    inspect.signature(function).bind(**step.arguments, configuration={})
    assert set(inspect.signature(function).parameters) == {*step.arguments, "configuration"}


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: cache.command(namespace="shop"), "at least one word"),
    (lambda: cache.command("monitor", namespace="shop"), "never ends"),
    (lambda: load.step(1001), "at most 1000"),
    (lambda: load.step(0), "load.stop"),
    (lambda: load.burst(10, lasts=0), "out of bounds"),
    (lambda: load.burst(10, lasts="5s", over="2h"), "out of bounds"),
    (lambda: load.ramp(10, over="2h"), "out of bounds"),
    (lambda: objects.apply({"kind": "ConfigMap"}), "metadata.name"),
    (
        lambda: objects.apply({"apiVersion": "v1", "kind": "A", "metadata": {"name": "a", "namespace": "b"}}),
        "the step for ''",
    ),
    (lambda: objects.delete("service", namespace="shop"), "type/name"),
    (lambda: pods.kill("shop", APP, after="11m"), "out of bounds"),
    (lambda: postgres.hold_connections(501, lasts=1, namespace="shop"), "501 connections"),
    (lambda: postgres.hold_connections(5, lasts="2h", namespace="shop"), "out of bounds"),
    (lambda: postgres.hold_connections(5, lasts=1, namespace="shop", client="A b"), "cannot name a pod"),
    (lambda: postgres.table("product; DROP TABLE product"), "names no table"),
    (lambda: postgres.table("product", "HARD"), "no lock mode"),
    (lambda: processes.kill("shop", APP, "python", signal="SIGKILL"), "no signal"),
    (lambda: processes.kill("shop", APP, "/usr/bin/python"), "bare name"),
    (lambda: resources.exhaust_cpu("shop", APP, lasts="11m"), "at most 600"),
    (lambda: resources.exhaust_cpu("shop", APP, lasts="1m", workers=0), "workers"),
    (lambda: volumes.fill("shop", APP, "/data", percent=101), "1 to 100"),
    (lambda: volumes.fill("shop", APP, "/"), "mount path"),
    (lambda: volumes.fill("shop", APP, "/data", file="../x"), "file's name"),
]


@pytest.mark.parametrize(("write", "message"), BAD, ids=[message for _, message in BAD])
def test_what_cannot_be_meant_is_refused(write: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write()


def test_what_authors_and_generator_call_too_much_is_the_same() -> None:
    from fixtures.traffic.image import plan

    assert load.MOST_RPS == plan.MOST_RPS
