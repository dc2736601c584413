"""X.509 certificates of a lab CA, put into TLS Secrets of the run's namespaces as an issuer does it.

The CA is made for each run, the first time one of its certificates is asked for, or is the system's own where it brings
a Secret of that name. It goes away with the namespace.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from kubernetes.client.exceptions import ApiException

from cluster.guard import Handle
from experiments.actions.config import rolled_out
from experiments.actions.objects import refuse_outside
from experiments.kube_api import TIMEOUT_S, core
from experiments.openssl import openssl
from experiments.play.played import Configuration
from experiments.play.session import session_of

CERTIFICATE, KEY, TRUST = "tls.crt", "tls.key", "ca.crt"

# The other CA bears the same name: what tells them apart is the key, as after a rotation.
_ISSUE = """
key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc"
authority() { openssl req -x509 $key -keyout $1.key -out $1.crt -days 2 -subj "/O=Firedrill/CN=Lab CA" \
    -addext keyUsage=critical,keyCertSign,cRLSign; }
[ -s ca.key ] || authority ca
signer=ca
[ -z "$FOREIGN" ] || { signer=other; authority other; }
openssl req $key -keyout tls.key -out request -subj "/CN=${NAMES%%,*}" -addext "subjectAltName=DNS:${NAMES//,/,DNS:}" \
    -addext "basicConstraints=critical,CA:FALSE" -addext extendedKeyUsage=serverAuth,clientAuth
openssl x509 -req -in request -CA $signer.crt -CAkey $signer.key -copy_extensions copyall \
    -not_before "$NOT_BEFORE" -not_after "$NOT_AFTER" -out tls.crt
"""


def issue(
    namespace: str,
    secret: str,
    names: list[str],
    valid_from_s: float,
    valid_to_s: float,
    authority: str,
    foreign: bool,
    restart: str,
    within_s: float,
    configuration: Configuration,
) -> str:
    """Issue a certificate with a new key, put it into a TLS Secret, and tell the clients whom to trust.

    The Secret gets `tls.crt` and `tls.key`. What clients trust is `ca.crt` in the ConfigMap named like the CA.

    Args:
        namespace: one of the run's own.
        secret: the TLS Secret; made or replaced.
        names: DNS names of the server, the first one is its common name.
        valid_from_s: when it becomes valid, seconds from now; usually negative.
        valid_to_s: when it expires, seconds from now; negative: it has expired.
        authority: Secret with the CA's certificate and key; made where it does not exist.
        foreign: sign it with the key of another CA, which nobody trusts.
        restart: the Deployment that is rolled out to load it; empty: none.
        within_s: seconds until that has to be complete.

    Returns:
        When it expires, in words.

    Raises:
        LabError: the namespace is not the run's own, or the certificate cannot be made.
        ConditionTimedOut: the roll-out is not complete in time.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    known = _read(session.handle, namespace, authority)
    files = {"ca.crt": known[CERTIFICATE], "ca.key": known[KEY]} if known else {}
    now = time.time()
    made = openssl(
        session.handle,
        _ISSUE,
        files,
        NAMES=",".join(names),
        NOT_BEFORE=_moment(now + valid_from_s),
        NOT_AFTER=_moment(now + valid_to_s),
        FOREIGN="yes" if foreign else "",
    )
    objects = [
        _tls_secret(authority, made["ca.crt"], made["ca.key"]),
        _tls_secret(secret, made["tls.crt"], made["tls.key"]),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": authority},
            "data": {TRUST: made["ca.crt"].decode()},
        },
    ]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    session.handle.kubectl(
        "apply", "-n", namespace, "--server-side", "--force-conflicts", "-f", "-", stdin=text, timeout_s=20
    )
    if restart:
        session.handle.kubectl("rollout", "restart", f"deployment/{restart}", "-n", namespace, timeout_s=20)
        rolled_out(session.handle, namespace, restart, f"with the new {secret}", within_s)
    return f"{secret} expires at {_moment(now + valid_to_s)}"


def _read(handle: Handle, namespace: str, secret: str) -> dict[str, bytes]:
    """A Secret's values; empty where there is none."""
    try:
        found = core(handle).read_namespaced_secret(secret, namespace, _request_timeout=TIMEOUT_S).data
    except ApiException as error:
        if error.status != 404:
            raise
        return {}
    return {name: base64.b64decode(value) for name, value in found.items()}


def _tls_secret(name: str, certificate: bytes, key: bytes) -> Mapping[str, Any]:
    values = {CERTIFICATE: certificate, KEY: key}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": name},
        "data": {file: base64.b64encode(value).decode() for file, value in values.items()},
    }


def _moment(at: float) -> str:
    """Epoch seconds as X.509 writes them."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at))
