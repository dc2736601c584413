"""Where the page is: host, port, and the links that lead to it."""

from __future__ import annotations

import errno
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlencode

from cluster.errors import HostNotReady, UsageError

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8700


@dataclass(frozen=True)
class Address:
    """Where a server listens.

    Args:
        host: a name or an address of this machine.
        port: 1 to 65535.
    """

    host: str
    port: int

    def url(self, token: str = "") -> str:
        """The link for a browser; of a server on all addresses, the one for this machine's own."""
        host = LOOPBACK if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  recognised, not bound to
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}/" + (f"?{urlencode({'token': token})}" if token else "")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    def refuse_taken(self) -> None:
        """Refuse an address on which no server can listen.

        Raises:
            HostNotReady: another process has the port.
            UsageError: the host is none of this machine's addresses, or the port is not for everybody.
        """
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
        except socket.gaierror as error:
            raise UsageError(f"--host {self.host} is no address: {error.strerror}", "--host 127.0.0.1") from error
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(where)
                tried.listen()
            except OSError as error:
                raise self._refused(error) from error

    def answers(self) -> bool:
        """Whether somebody listens there."""
        host = LOOPBACK if self.host == "0.0.0.0" else "::1" if self.host == "::" else self.host  # noqa: S104
        try:
            socket.create_connection((host, self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def _refused(self, error: OSError) -> UsageError:
        if error.errno == errno.EADDRINUSE:
            return HostNotReady(
                f"Port {self.port} on {self.host} is in use, so the page cannot be shown there.",
                f"choose another: --port {self.port + 1}, or end what listens there",
            )
        if error.errno == errno.EACCES:
            return UsageError(f"Port {self.port} is not for everybody.", f"choose another: --port {DEFAULT_PORT}")
        return UsageError(f"--host {self.host} is no address of this machine.", f"--host {LOOPBACK}")
