"""One run's toolbox, from its opening to its closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from docker.models.containers import Container
from pydantic import JsonValue

from cluster.errors import LabError
from cluster.guard import Handle
from cluster.images.tags import references
from cluster.lab import Lab
from experiments.record.files import BlockResult, RunbookBlock
from experiments.record.redaction import Redaction
from experiments.runbook.front_matter import FrontMatter
from experiments.toolbox import anchor, blocks, identity, lab_network
from experiments.toolbox.confinement import HOME, KUBECONFIG, Place
from experiments.toolbox.files import HomeFile, put
from experiments.toolbox.gate import Gate, gate
from experiments.toolbox.kubeconfig import kubeconfig
from experiments.toolbox.node_shell import declared_nodes, program
from experiments.toolbox.shell import setup, shell
from experiments.toolbox.sweep import LABEL_PART, LABEL_RUN, remove_run, undo_activity

IMAGE = "firedrill/toolbox"


def anchor_name(lab: Lab, run_id: str) -> str:
    """The name of the container that is a run's toolbox, and that the trainee's shell is opened in."""
    return f"{lab.name}-{identity.account(run_id)}-toolbox"


@dataclass(frozen=True)
class Toolbox:
    """The on-call engineer's place. Made by `Toolbox.open`; closed with its `with` block.

    Args:
        handle: the guarded cluster that the engineer is on call for.
        place: name, image and labels of its containers.
        holder: the anchor.
        redaction: what is secret in the run.
        gate: what answers `node-shell`; None where no node is declared.
    """

    handle: Handle
    place: Place
    holder: Container
    redaction: Redaction
    gate: Gate | None = None

    @staticmethod
    @contextmanager
    def open(
        handle: Handle,
        run_id: str,
        namespaces: tuple[str, ...],
        monitoring: str,
        declared: FrontMatter,
        before_mutation: Callable[[dict[str, JsonValue]], object],
        redaction: Redaction,
        *,
        ground: Handle | None = None,
    ) -> Iterator[Toolbox]:
        """Open the toolbox of a run; its namespaces exist already.

        Args:
            handle: the guarded lab.
            run_id: labels everything that is made.
            namespaces: the scenario's own; commands without `-n` go to the first.
            monitoring: where the run's Prometheus is; read-only to the on-call.
            declared: the runbook's front matter: rights beyond the usual.
            before_mutation: is given the undo, a Chaos Toolkit activity, and has it on disk when it returns.
            redaction: what is secret in the run; it learns the on-call's token.
            ground: the cluster that the engineer is on call for; the lab's if None. Of a cluster of the run's own the
                account and its roles go with the cluster; the lab's monitoring is then reached over HTTP alone.

        Raises:
            LabError: the engine or the API server refused, or the network could not be closed.
            BrokenScenario: the front matter asks for what no runbook gets.
        """
        name = anchor_name(handle.lab, run_id)
        labels = handle.lab.labels | {LABEL_PART: "toolbox", LABEL_RUN: run_id}
        place = Place(name, references(handle.lab.root)[IMAGE], labels)
        on_call_for = ground or handle
        shells = declared_nodes(on_call_for.lab.name, on_call_for.nodes(), declared.node_shell)
        before_mutation(undo_activity(run_id))
        with ExitStack() as closing:
            closing.callback(remove_run, handle, run_id)
            visible = monitoring if on_call_for is handle else None
            identity.create(on_call_for, run_id, namespaces, visible, declared)
            nodes = lab_network.nodes(on_call_for)
            hosts = {node: str(address) for node, address in nodes.addresses.items()}
            holder = anchor.start(handle.docker, place, handle.lab.network, hosts)
            reach = lab_network.reach(handle, holder, lab_network.nodes(handle), namespaces[0])
            if on_call_for is not handle:
                reach = lab_network.with_victim(reach, nodes)
            anchor.confine(handle.docker, place, holder, reach)
            token = identity.token(on_call_for, run_id, namespaces, anchor.LIVES_S)
            redaction.learn([token])
            put(holder, [program(), _kubeconfig(on_call_for, nodes.api_server, token, namespaces[0]), setup()])
            answers = closing.enter_context(gate(on_call_for, place, holder, shells)) if shells else None
            yield Toolbox(on_call_for, place, holder, redaction, answers)

    def run(self, block: RunbookBlock, limit_s: float, out_path: Path) -> BlockResult:
        """Run one block to its end or its limit; see `blocks.run`.

        Raises:
            LabError: the engine refused.
        """
        with self.gate.during_block(limit_s) if self.gate else nullcontext():
            return blocks.run(self.handle.docker, self.place, self.holder, block, limit_s, out_path, self.redaction)

    def shell(self) -> list[str]:
        """The command that gives a trainee a shell in the same place, for a terminal of the host."""
        return shell(self.place.name)


def _kubeconfig(handle: Handle, server: str, token: str, namespace: str) -> HomeFile:
    bundle = handle.api.configuration.ssl_ca_cert
    if not bundle:
        raise LabError("The lab's API client trusts no CA of its own.", "make up")
    text = kubeconfig(server=server, authority=Path(bundle).read_bytes(), token=token, namespace=namespace)
    return HomeFile(KUBECONFIG.relative_to(HOME), text)
