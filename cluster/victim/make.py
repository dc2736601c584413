"""Makes the throw-away cluster."""

from __future__ import annotations

from cluster import guard, identity, manifests, ready
from cluster.guard import Handle
from cluster.images import load
from cluster.kind import create
from cluster.kind.shape import Shape
from cluster.victim import limit

_NETWORK_S = 90.0


def make(home: Handle, shape: Shape) -> Handle:
    """Creates the throw-away cluster of a lab, on the lab's node image and in its network, with all nodes Ready.

    Its removal, `cluster.victim.remove`, has to be promised before: whatever stands of it is found by its name. Its
    nodes stop by themselves where nobody removes it, see `cluster.victim.limit`.

    Args:
        home: the lab, checked by the guard.
        shape: what the cluster has.

    Returns:
        A handle of the new cluster and of nothing else.

    Raises:
        CommandFailed: kind or the API server refused; half of the cluster may stand.
        LabError: a node took no timer.
        ConditionTimedOut: a node did not become Ready.
    """
    victim, log = home.lab.victim(), home.lab.logs / "victim.log"
    image = home.node(home.lab.control_plane).attrs["Config"]["Image"]
    create.create(victim, image, log, shape)
    identity.claim(victim)
    handle = guard.open_handle(victim)
    limit.arm(handle)
    rendered = manifests.render(victim, victim.root / "cluster" / "victim" / "manifests")
    load.load(handle.nodes(), manifests.images_of(rendered), log)
    # Forced, since CoreDNS's configuration is kubeadm's.
    handle.kubectl(
        "apply", "--server-side", "--force-conflicts", "--field-manager=firedrill", "-f", "-",
        stdin=manifests.to_yaml(rendered), timeout_s=_NETWORK_S,
    )  # fmt: skip
    ready.await_empty(f"all nodes of {victim.name} Ready", lambda: ready.nodes_not_ready(handle), _NETWORK_S)
    return handle
