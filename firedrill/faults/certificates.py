"""Certificates that clients refuse, from a CA of the run's own.

The CA is the Secret `lab-ca` of the namespace, made with the first certificate; clients trust `ca.crt` in the ConfigMap
of the same name. A server that reads its Secret only when it starts is named as `restart`.
"""

from __future__ import annotations

import re

from experiments.model.actions import Step
from experiments.model.base import seconds

AUTHORITY = "lab-ca"
_NAME = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_HOUR, _DAY = 3600.0, 86400.0


def valid(
    secret: str,
    *names: str,
    namespace: str,
    lifetime: str | float = "1d",
    authority: str = AUTHORITY,
    restart: str = "",
    within: str | float = 60.0,
) -> Step:
    """Issue a certificate that every client accepts until its lifetime is over: a short one that nobody renews expires.

    Args:
        secret: the TLS Secret that it is put into.
        names: DNS names of the server.
        namespace: one of the scenario's own.
        lifetime: until it expires.
        authority: the Secret with the CA, and the ConfigMap with what clients trust.
        restart: the Deployment that is rolled out to load it; empty: none.
        within: seconds until that has to be complete.
    """
    lasts = seconds(lifetime)
    if not 1 <= lasts <= _DAY:
        raise ValueError(f"a certificate of the lab lasts at least 1 s and at most 1 d, not {lasts:g} s")
    title = f"issue {secret} for {lasts:g} s"
    return _issue(title, secret, names, namespace, (-60.0, lasts), authority, False, restart, seconds(within))


def expired(
    secret: str,
    *names: str,
    namespace: str,
    ago: str | float = "1m",
    authority: str = AUTHORITY,
    restart: str = "",
    within: str | float = 60.0,
) -> Step:
    """Put a certificate in place whose time is over: what a server has that was not told of its renewal.

    Args:
        secret: the TLS Secret that it is put into.
        names: DNS names of the server.
        namespace: one of the scenario's own.
        ago: how long ago it expired.
        authority: the Secret with the CA, and the ConfigMap with what clients trust.
        restart: the Deployment that is rolled out to load it; empty: none.
        within: seconds until that has to be complete.
    """
    over = seconds(ago)
    if over < 1:
        raise ValueError("an expired certificate has been so for at least 1 s")
    title = f"put an expired certificate into {secret}"
    return _issue(title, secret, names, namespace, (-over - _HOUR, -over), authority, False, restart, seconds(within))


def wrong_authority(
    secret: str,
    *names: str,
    namespace: str,
    authority: str = AUTHORITY,
    restart: str = "",
    within: str | float = 60.0,
) -> Step:
    """Put a certificate in place that another CA has signed, one of the same name and with another key.

    Args:
        secret: the TLS Secret that it is put into.
        names: DNS names of the server.
        namespace: one of the scenario's own.
        authority: the Secret with the CA that clients go on trusting.
        restart: the Deployment that is rolled out to load it; empty: none.
        within: seconds until that has to be complete.
    """
    title = f"put a certificate of another CA into {secret}"
    return _issue(title, secret, names, namespace, (-60.0, _DAY), authority, True, restart, seconds(within))


def _issue(
    title: str,
    secret: str,
    names: tuple[str, ...],
    namespace: str,
    validity: tuple[float, float],
    authority: str,
    foreign: bool,
    restart: str,
    within_s: float,
) -> Step:
    wrong = [name for name in names if not _NAME.fullmatch(name)]
    if wrong or not names:
        raise ValueError(f"{wrong[0]!r} is no DNS name" if wrong else f"{secret} is for no DNS name")
    if secret == authority:
        raise ValueError(f"{secret} cannot be the server's and the CA's Secret at once")
    return Step(
        title=title,
        module="experiments.actions.certificates",
        function="issue",
        arguments={
            "namespace": namespace,
            "secret": secret,
            "names": list(names),
            "valid_from_s": validity[0],
            "valid_to_s": validity[1],
            "authority": authority,
            "foreign": foreign,
            "restart": restart,
            "within_s": within_s,
        },
    )
