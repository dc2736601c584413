"""What an author cannot ask for: faults of monitoring and of certificates are bounded and refused at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from experiments.model.actions import Step
from firedrill.faults import certificates, monitoring

pytestmark = pytest.mark.unit

WRONG: list[tuple[Callable[[], Step], str]] = [
    (lambda: monitoring.many_series(10**6, namespace="shop"), "at most 50000"),
    (lambda: monitoring.many_series(10, churn="100ms", namespace="shop"), "at least 1 s"),
    (lambda: monitoring.heavy_queries(clients=100, lasts="1m", namespace="shop"), "at most 20"),
    (lambda: monitoring.heavy_queries(clients=5, lasts="1h", namespace="shop"), "at most 600 s"),
    (lambda: monitoring.heavy_queries(clients=5, lasts="1m", window="1d", namespace="shop"), "11000 points"),
    (lambda: monitoring.reload("prometheus.yaml", "x"), "has no file prometheus.yaml"),
    (lambda: monitoring.restart("rules.yaml", "x", instead_of="x"), "changes nothing"),
    (lambda: monitoring.wrong_port("shop", namespace="shop", port=0), "no port"),
    (lambda: certificates.valid("web-tls", namespace="shop"), "no DNS name"),
    (lambda: certificates.expired("web-tls", "web,DNS:evil", namespace="shop"), "is no DNS name"),
    (lambda: certificates.valid("web-tls", "web", namespace="shop", lifetime="1y"), "at most 1 d"),
    (lambda: certificates.wrong_authority("lab-ca", "web", namespace="shop"), "at once"),
]


@pytest.mark.parametrize(("make", "why"), WRONG)
def test_it_is_refused_where_it_is_written(make: Callable[[], Step], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        make()
