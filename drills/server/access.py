"""Who may see and do what: a role for each token, and which requests come from the page itself."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cluster.errors import UsageError

EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  # recognised, not bound to


class Role(StrEnum):
    """What a visitor is in the drill."""

    TRAINEE = "trainee"
    FACILITATOR = "facilitator"
    OBSERVER = "observer"


@dataclass(frozen=True)
class Visitor:
    """Who asks.

    Args:
        role: what they may see and do.
        who: their pseudonym where the token says it (a team of a game day); empty: the player of the drill.
    """

    role: Role
    who: str = ""


class TokensFile(BaseModel):
    """What `--tokens` names: a token for each role that is let in, as JSON."""

    model_config = ConfigDict(extra="forbid")
    trainee: str | None = Field(default=None, min_length=16)
    facilitator: str | None = Field(default=None, min_length=16)
    observer: str | None = Field(default=None, min_length=16)


@dataclass(frozen=True)
class Access:
    """The rules of one server; the guard asks it about every request.

    Args:
        names: host names and addresses under which it is reached, in lower case, without port.
        any_address: whether every address literal is one of them (a server on all addresses of the machine).
        tokens: each token with who holds it; none: everybody is the trainee.
    """

    names: frozenset[str]
    any_address: bool = False
    tokens: tuple[tuple[str, Visitor], ...] = ()

    @staticmethod
    def on(host: str, tokens: tuple[tuple[str, Visitor], ...] = ()) -> Access:
        """The rules of a server that listens on `host`.

        Raises:
            UsageError: `host` can be reached from elsewhere and there is no token.
        """
        if not tokens and not is_loopback(host):
            raise UsageError(
                f"{host} can be reached from other machines, and no role has a token",
                "name a file with --tokens, or listen on 127.0.0.1",
            )
        own = {"localhost", "127.0.0.1", "::1", host.lower()}
        if host in EVERY_ADDRESS:
            return Access(frozenset(own | {socket.gethostname().lower()}), any_address=True, tokens=tokens)
        return Access(frozenset(own), tokens=tokens)

    def visitor(self, token: str) -> Visitor | None:
        """Who holds `token`; None: nobody. Takes as long for a wrong token as for a right one."""
        if not self.tokens:
            return Visitor(Role.TRAINEE)
        found = None
        for known, visitor in self.tokens:
            if hmac.compare_digest(known.encode(), token.encode()):
                found = visitor
        return found

    def serves(self, host: str) -> bool:
        """Whether a Host header names this server. A foreign name that resolves to it (DNS rebinding) does not."""
        name, _ = split(host)
        return name in self.names or (self.any_address and _is_address(name))

    def from_itself(self, host: str, origin: str | None, fetch_site: str | None) -> bool:
        """Whether a request that changes something was sent by a page of this server (its Origin, or Sec-Fetch-Site).

        Browsers always say one of the two; who says neither is refused too.
        """
        if origin is not None:
            return origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}
        return fetch_site == "same-origin"


def read_tokens(path: Path) -> tuple[tuple[str, Visitor], ...]:
    """The tokens of a file.

    Raises:
        UsageError: it cannot be read, is not of that form, names no token, or one token twice.
    """
    try:
        file = TokensFile.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        # pydantic's own message would repeat the tokens.
        raise UsageError(
            f"{path} does not hold tokens: {error.error_count()} problems",
            'write {"trainee": "…", "facilitator": "…", "observer": "…"}, each of 16 characters or more',
        ) from None
    given = {Role(name): token for name, token in file.model_dump().items() if token is not None}
    if not given or len(set(given.values())) != len(given):
        raise UsageError(f"{path} has no token, or one token for two roles", "give each role its own")
    return tuple((token, Visitor(role)) for role, token in given.items())


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server on `host`."""
    return host.lower() == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def split(host: str) -> tuple[str, str]:
    """Name and port of a Host header; an IPv6 address without its brackets, the port empty where there is none."""
    name, _, port = host.lower().rpartition(":")
    if not name or host.endswith("]"):
        name, port = host.lower(), ""
    return name.removeprefix("[").removesuffix("]"), port


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
