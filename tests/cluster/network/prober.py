"""A conversation with the probe program inside a pod, over exec: the pod's own policies do not touch it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kubernetes import client as kube
from kubernetes.stream import stream

from cluster.errors import ConditionTimedOut, LabError

_ANSWER_S = 20.0


@dataclass(frozen=True)
class Tally:
    """What a watcher saw so far.

    Args:
        asked: questions sent.
        answered: answers that came.
        last: when the last answer came, seconds since 1970; 0 if none did.
    """

    asked: int
    answered: int
    last: float


class Prober:
    """The probe program inside one pod.

    Args:
        api: client of the cluster.
        namespace: the pod's.
        pod: its name.
    """

    def __init__(self, api: kube.ApiClient, namespace: str, pod: str) -> None:
        self._pod = f"{namespace}/{pod}"
        self._answers: dict[int, dict[str, Any]] = {}
        self._asked = 0
        self._exec = stream(
            kube.CoreV1Api(api).connect_get_namespaced_pod_exec, pod, namespace,
            command=["/network-probe", "ask"], stdin=True, stdout=True, stderr=True, tty=False, _preload_content=False,
        )  # fmt: skip

    def listens(self) -> bool:
        """Whether the conversation goes on; a kubelet that is restarted ends it."""
        self._exec.update(timeout=0)
        return bool(self._exec.is_open())

    def send(self, do: str, **more: Any) -> int:
        """Sends a request and gives its number; `wait` has the answer.

        Raises:
            LabError: the conversation has ended.
        """
        if not self.listens():
            raise LabError(f"the conversation with {self._pod} has ended", "look whether its kubelet was restarted")
        self._asked += 1
        self._exec.write_stdin(json.dumps({"id": self._asked, "do": do, **more}) + "\n")
        return self._asked

    def wait(self, number: int) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            ConditionTimedOut: it did not come within 20 s.
            LabError: the probe could not do what was asked.
        """
        while number not in self._answers:
            line = self._exec.readline_stdout(timeout=_ANSWER_S)
            if not line:
                said = self._exec.read_stderr(timeout=0) if self._exec.is_open() else "the conversation ended"
                raise ConditionTimedOut(f"the probe in {self._pod} did not answer: {said}", "look at the pod")
            answer = json.loads(line)
            self._answers[answer["id"]] = answer
        answer = self._answers.pop(number)
        if "error" in answer:
            raise LabError(f"the probe in {self._pod} could not do it: {answer['error']}")
        return answer

    def check(self, targets: Sequence[str], timeout_s: float) -> int:
        """Asks all targets at once.

        Args:
            targets: each a protocol, an address and a port, `tcp 10.0.0.1:80`.
            timeout_s: how long each is waited for.

        Returns:
            The request's number; `seen` has the answers.
        """
        return self.send("check", targets=list(targets), timeout_ms=round(timeout_s * 1000))

    def seen(self, number: int) -> list[str]:
        """For each target of a check what it said: its name and the address it was asked from; "" for nothing."""
        return list(self.wait(number)["seen"])

    def see(self, target: str, timeout_s: float = 2.0) -> str:
        """What one target says; "" for nothing."""
        return self.seen(self.check([target], timeout_s))[0]

    def watch(self, how: str, target: str) -> int:
        """Starts a watcher.

        Args:
            how: `hold` asks over one connection, `subscribe` asks once and is sent a stream, `flood` asks each
                time over a new connection.
            target: see `check`.
        """
        number = self.send(how, targets=[target], timeout_ms=2000)
        self.wait(number)
        return number

    def look(self, watcher: int) -> Tally:
        """What a watcher saw so far."""
        return self._tally("look", watcher)

    def stop(self, watcher: int) -> Tally:
        """Ends a watcher; what it saw."""
        return self._tally("stop", watcher)

    def close(self) -> None:
        """Ends the conversation, and with it the program."""
        self._exec.close()

    def _tally(self, do: str, watcher: int) -> Tally:
        answer = self.wait(self.send(do, of=watcher))
        return Tally(answer["asked"], answer["answered"], answer["last"])
