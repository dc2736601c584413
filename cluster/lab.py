"""Which lab this checkout has: its name, and where its state, caches and network are."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import UsageError

DEFAULT_NAME = "firedrill"

#: labels of everything in Docker that the lab makes
LABEL_LAB = "firedrill.lab"
LABEL_CHECKOUT = "firedrill.checkout"
#: and whose a throw-away cluster's are, so that they go with it
LABEL_VICTIM = "firedrill.victim"
#: set by kind on every node container
LABEL_KIND = "io.x-k8s.kind.cluster"

_VICTIM = "victim"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]")


@dataclass(frozen=True)
class Lab:
    """One checkout's lab. Knowing a lab touches nothing; what touches one asks `cluster.guard` first.

    Args:
        name: name of the kind cluster and prefix of its nodes (FIREDRILL_NAME).
        root: the checkout.
        cache: built binaries, wheels and archives, shared by all checkouts of this user.
        within: for a throw-away cluster, the name of the lab that it stands beside; empty for the lab itself.
    """

    name: str
    root: Path
    cache: Path
    within: str = ""

    @staticmethod
    def of_checkout(root: Path | None = None) -> Lab:
        """The lab of a checkout, from the environment.

        Args:
            root: the checkout; the one that this file belongs to if None.

        Raises:
            UsageError: FIREDRILL_NAME is no name that kind and Docker accept.
        """
        name = os.environ.get("FIREDRILL_NAME") or DEFAULT_NAME
        if not _NAME.fullmatch(name) or name.endswith(f"-{_VICTIM}"):
            raise UsageError(
                f"FIREDRILL_NAME={name!r} cannot name a cluster",
                "use 2 to 32 lower-case letters, digits and dashes, beginning with a letter and not ending with "
                f"-{_VICTIM}, which names a lab's throw-away cluster",
            )
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return Lab(name, (root or Path(__file__).resolve().parents[1]).resolve(), base / "firedrill")

    def victim(self) -> Lab:
        """The throw-away cluster beside this lab: in its network, with a kubeconfig and an identity of its own."""
        return Lab(f"{self.name}-{_VICTIM}", self.root, self.cache, within=self.name)

    @property
    def owner(self) -> str:
        """Name of the lab whose network and programs these are."""
        return self.within or self.name

    @property
    def _home(self) -> Path:
        return self.root / ".firedrill" / self.owner

    @property
    def state(self) -> Path:
        """Folder of everything that lives as long as the cluster; one for each name, since a checkout may have two."""
        return self._home / _VICTIM if self.within else self._home

    @property
    def kubeconfig(self) -> Path:
        """The lab's own kubeconfig; the user's is never read."""
        return self.state / "kubeconfig"

    @property
    def identity(self) -> Path:
        """File with the UID that the cluster must answer with."""
        return self.state / "identity"

    @property
    def logs(self) -> Path:
        """Folder of build and command logs."""
        return self._home / "logs"

    @property
    def binaries(self) -> Path:
        """Folder with kind, kubectl and the other programs that run on the host."""
        return self._home / "bin"

    @property
    def network(self) -> str:
        """Name of the Docker network of the nodes."""
        return f"firedrill-{self.owner}"

    @property
    def control_plane(self) -> str:
        """Name of the control-plane node and its container."""
        return f"{self.name}-control-plane"

    @property
    def labels(self) -> dict[str, str]:
        """Docker labels that say whose a container, network or volume is."""
        own = {LABEL_LAB: self.owner, LABEL_CHECKOUT: str(self.root)}
        return own | ({LABEL_VICTIM: self.name} if self.within else {})
