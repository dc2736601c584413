"""What is up of the lab, for people and for `make status`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cluster import guard, ready, system
from cluster.errors import NotOurLab
from cluster.host import engine
from cluster.kind import nodes
from cluster.lab import Lab


class Status(BaseModel):
    """The lab as it is now; every list is empty in a lab that is whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    lab: str
    checkout: str
    kubeconfig: str
    engine: bool
    network: bool = False
    machines: dict[str, str] = {}
    victim: dict[str, str] = {}
    refused: str = ""
    nodes_not_ready: list[str] = []
    system_not_ready: list[str] = []
    system_current: bool = False

    @property
    def up(self) -> bool:
        """True if everything stands and is ready."""
        troubles = self.refused or self.nodes_not_ready or self.system_not_ready
        return bool(self.engine and self.machines and self.system_current and not troubles)


def status(lab: Lab) -> Status:
    """Looks at the lab; changes nothing and raises nothing because of what it finds."""
    seen = Status(lab=lab.name, checkout=str(lab.root), kubeconfig=str(lab.kubeconfig), engine=engine.running())
    if not seen.engine:
        return seen
    try:
        machines, victim = nodes.look(lab), nodes.look(lab.victim())
        standing = {"network": machines.network, "machines": machines.states, "victim": victim.states}
        seen = seen.model_copy(update=standing)
        if not machines.states:
            return seen
        handle = guard.open_handle(lab)
    except NotOurLab as why:
        return seen.model_copy(update={"refused": why.happened})
    try:
        stages = system.render(handle)
        everything = [manifest for stage in stages for manifest in stage]
        return seen.model_copy(
            update={
                "nodes_not_ready": ready.nodes_not_ready(handle),
                "system_not_ready": ready.workloads_not_ready(handle, everything),
                "system_current": system.is_current(handle, stages),
            }
        )
    finally:
        handle.close()
