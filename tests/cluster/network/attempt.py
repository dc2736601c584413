"""Who may be asked to reach whom: the pods of the matrix and one attempt between two of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

#: namespaces of the matrix by the letter that cases call them
NAMESPACES = {"a": "netpol-a", "b": "netpol-b", "c": "netpol-c"}
NAMES = ("x", "y", "z")
PROTOCOLS = ("tcp", "udp")
PORTS = (80, 81)


@dataclass(frozen=True)
class Pod:
    """One pod of the matrix.

    Args:
        ns: its namespace's letter.
        name: x, y or z; each runs on a node of its own, with the other namespaces' pods of that name.
    """

    ns: str
    name: str

    @property
    def namespace(self) -> str:
        """The namespace's full name."""
        return NAMESPACES[self.ns]

    def __str__(self) -> str:
        return f"{self.ns}/{self.name}"


@dataclass(frozen=True)
class Attempt:
    """One pod asks another on one port."""

    src: Pod
    dst: Pod
    protocol: str
    port: int

    def __str__(self) -> str:
        return f"{self.src} → {self.dst} {self.protocol} {self.port}"

    @property
    def port_name(self) -> str:
        """What the destination calls the port: z has the names the other way round."""
        return PORT_NAMES[self.dst.name == "z"][self.protocol, self.port]


#: name of each port, in x and y, and in z
PORT_NAMES = (
    {("tcp", 80): "web", ("tcp", 81): "admin", ("udp", 80): "web-udp", ("udp", 81): "admin-udp"},
    {("tcp", 81): "web", ("tcp", 80): "admin", ("udp", 81): "web-udp", ("udp", 80): "admin-udp"},
)

PODS = tuple(Pod(ns, name) for ns, name in product(NAMESPACES, NAMES))
ATTEMPTS = tuple(
    Attempt(src, dst, protocol, port)
    for src, dst, protocol, port in product(PODS, PODS, PROTOCOLS, PORTS)
    if src != dst
)


def pod(text: str) -> Pod:
    """The pod that is written `a/x`."""
    ns, name = text.split("/")
    return Pod(ns, name)
