"""The live probe: one request from the scraper's place, by a pod that is removed again."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass

from tools.bad_input import BadInput
from tools.kubectl import ask
from tools.validate_network_policy.objects import Pods
from tools.validate_network_policy.targets import Target

ANSWER_S = 5
"""What curl waits in all; a dropped packet never answers, so waiting longer shows nothing more."""
START_S = 60


@dataclass(frozen=True)
class Probed:
    """What a real request from the scraper's place ended with."""

    target: Target
    address: str
    admitted: bool
    said: str


def probe(kubectl: list[str], image: str, scraper: Pods, target: Target, path: str) -> Probed:
    """Ask one pod of a target from a pod with the scraper's namespace and labels.

    The request fails on an HTTP error (`curl -f`) and ends after 5 s (`--max-time`), and the verdict is the pod's exit
    code, so no terminal is needed.

    Args:
        kubectl: the command and its connection options.
        image: an image with curl, which the cluster can start.
        scraper: whose namespace and labels the pod gets.
        target: whom it asks; of a live cluster, so its address is known.
        path: of the metrics, `/metrics`.

    Raises:
        BadInput: the target has no address, or the pod could not be started within 60 s.
    """
    if not target.pods.addresses:
        raise BadInput(f"{target.pods.owner} has no address to probe")
    host = target.pods.addresses[0]
    address = f"http://[{host}]:{target.port}{path}" if ":" in host else f"http://{host}:{target.port}{path}"
    name = f"scrape-probe-{uuid.uuid4().hex[:8]}"
    here = [*kubectl, "--namespace", scraper.namespace]
    labels = ",".join(f"{key}={value}" for key, value in scraper.labels.items())
    command = ["curl", "-sS", "-f", "-o", "/dev/null", "--max-time", str(ANSWER_S), address]
    started = [
        "run",
        name,
        f"--image={image}",
        f"--labels={labels}",
        "--restart=Never",
        "--image-pull-policy=IfNotPresent",
    ]
    ask(here, *started, "--command", "--", *command)
    try:
        code = _exit_code(here, name)
        said = ask(here, "logs", name).strip() or ("answered" if code == 0 else f"curl ended with {code}")
    finally:
        ask(here, "delete", "pod", name, "--wait=false", "--ignore-not-found", "--grace-period=0")
    return Probed(target, address, code == 0, said)


def _exit_code(here: list[str], name: str) -> int:
    deadline = time.monotonic() + START_S + ANSWER_S
    while True:
        status = json.loads(ask(here, "get", "pod", name, "-o", "json")).get("status", {})
        states = [one.get("state", {}) for one in status.get("containerStatuses") or []]
        if states and "terminated" in states[0]:
            return int(states[0]["terminated"]["exitCode"])
        if time.monotonic() > deadline:
            raise BadInput(
                f"the probe's pod did not end in time; last seen: {json.dumps(states) or status.get('phase')}"
            )
        time.sleep(0.3)
