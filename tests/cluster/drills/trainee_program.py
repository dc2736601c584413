"""A program that plays a drill as docs/gamedays.md says: it keeps everything within a trainee's reach, then mends.

It is named with `--agent 'python trainee_program.py SEEN'`; SEEN is the file that takes what it saw.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

TRUE_CAUSE = "A release set a password that no client has"
FIX = "kubectl rollout undo deployment/redis && kubectl rollout status deployment/redis --timeout=50s"
OWN = "all,configmaps,events,networkpolicies,secrets,serviceaccounts,persistentvolumeclaims,endpointslices"
READABLE = (
    "pods,services,configmaps,events,persistentvolumeclaims,deployments,daemonsets,replicasets,statefulsets,jobs,"
    "cronjobs,horizontalpodautoscalers,networkpolicies,ingresses"
)
"""Everything that the on-call may read in monitoring; of `all` there are kinds that it may not."""


@dataclass(frozen=True)
class Trainee:
    """What a program has of a drill.

    Args:
        page: a client of the page.
        origin: where its requests come from.
    """

    page: httpx.Client
    origin: str

    def state(self) -> dict[str, Any]:
        """The page as JSON."""
        found: dict[str, Any] = self.page.get("api/state").raise_for_status().json()
        return found

    def move(self, what: str, text: str = "") -> None:
        """Do what a person clicks."""
        answer = self.page.post("moves", data={"what": what, "text": text}, headers={"Origin": self.origin})
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise SystemExit(f"{what}: {answer.status_code} {answer.text}")

    def stream(self) -> str:
        """What the page is sent when it opens: every part, up to the first telling of the time."""
        lines: list[str] = []
        with self.page.stream("GET", "stream") as answer:
            for line in answer.iter_lines():
                lines.append(line)
                if line == "event: now":
                    break
        return "\n".join(lines)

    def shell(self, script: str) -> str:
        """What a command in the toolbox prints, which has to succeed."""
        done = self._runs(script)
        if done.returncode != 0:
            raise SystemExit(f"{script}\nended with {done.returncode}:\n{done.stdout[-500:]}\n{done.stderr[-1500:]}")
        return done.stdout

    def sees(self, script: str) -> str:
        """Everything that a command in the toolbox prints, however it ends: a part of it may well be forbidden."""
        done = self._runs(script)
        return f"{done.stdout}\n{done.stderr}"

    def _runs(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*shlex.split(os.environ["FIREDRILL_SHELL"]), script],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )


def looks(own: str) -> dict[str, str]:
    """The commands that show what is within reach of the toolbox, by where they look.

    Args:
        own: the scenario's namespace.
    """
    monitoring = f"{own}-monitoring"
    prometheus, alertmanager = f"http://prometheus.{monitoring}:9090", f"http://alertmanager.{monitoring}:9093"
    every = "--all-containers --prefix --tail=200"
    return {
        "objects of the scenario": f"kubectl get {OWN} -o yaml --show-managed-fields -n {own}",
        "objects of monitoring": f"kubectl get {READABLE} -o yaml --show-managed-fields -n {monitoring}",
        "logs": f"for one in {own} {monitoring}; do for pod in $(kubectl get pods -o name -n $one); do "
        f"kubectl logs $pod -n $one {every}; done; done",
        "account": f"kubectl auth whoami -o yaml; kubectl auth can-i --list -n {own}",
        "rules": f"curl -sSf {prometheus}/api/v1/rules",
        "alerts": f"curl -sSf {prometheus}/api/v1/alerts {alertmanager}/api/v2/alerts",
        "configuration of monitoring": f"curl -sSf {prometheus}/api/v1/status/config {alertmanager}/api/v2/status",
        "series": f"curl -sSfG {prometheus}/api/v1/series --data-urlencode 'match[]={{__name__!=\"\"}}'",
        "toolbox": "hostname; id; env; cat /etc/hosts /proc/1/cmdline | tr '\\0' ' '",
        "home": "ls -laR ~; find ~ -type f -size -64k -not -path '*/cache/*' -exec cat {} +",
    }


def play(trainee: Trainee, seen: Path) -> bool:
    """Take charge, look at everything, keep it in `seen`, mend; whether the fix was accepted."""
    trainee.move("acknowledge")
    state = trainee.state()
    found = {
        "page": trainee.page.get("/").raise_for_status().text,
        "state": json.dumps(state),
        "stream": trainee.stream(),
    }
    for place, script in looks(state["namespaces"][0]).items():
        found[place] = trainee.sees(script)
    token = trainee.shell("kubectl config view --raw -o 'jsonpath={.users[0].user.token}'").strip()
    tell(f"my token is {token}, and who reads this does not see it")
    fresh = seen.with_suffix(".new")
    fresh.write_text(json.dumps({"token": token, "looks": found}), encoding="utf-8")
    fresh.rename(seen)

    cause = next(id for id, text in state["causes"].items() if text == TRUE_CAUSE)
    trainee.move("diagnosis", cause)
    tell(trainee.shell(FIX))
    tell(trainee.shell("redis-cli -h redis ping"))
    trainee.move("mitigated")
    trainee.move("declare")
    while (judged := trainee.state()["declared"][-1])["outcome"] == "judging":
        time.sleep(0.5)
    tell(json.dumps(judged))
    return bool(judged["outcome"] == "accepted")


def tell(text: str) -> None:
    """Say something at once: whoever ends this program does not wait until it has said everything."""
    sys.stdout.write(f"{text.rstrip()}\n")
    sys.stdout.flush()


def main() -> int:
    """Play; 0 where the fix was accepted."""
    page = os.environ["FIREDRILL_PAGE"]
    tell(f"I have {float(os.environ['FIREDRILL_LIMIT']):g} seconds")
    with httpx.Client(base_url=page, timeout=15, trust_env=False) as client:
        return 0 if play(Trainee(client, page.rstrip("/")), Path(sys.argv[1])) else 1


if __name__ == "__main__":
    sys.exit(main())
