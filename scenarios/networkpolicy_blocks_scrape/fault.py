"""The policies of that night: each service may be asked by its own namespace, and monitoring is another one."""

from firedrill.faults import objects

SERVICES = ("payment", "ledger", "refund", "invoice")

POLICIES = tuple(
    objects.apply(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": f"allow-internal-traffic-{service}"},
            "spec": {
                "podSelector": {"matchLabels": {"app.kubernetes.io/name": f"{service}-service"}},
                "ingress": [{"from": [{"podSelector": {}}], "ports": [{"protocol": "TCP", "port": 8080}]}],
            },
        },
        namespace="payments",
    )
    for service in SERVICES
)

GATE = ("--live", "--from", "payments-monitoring", "--target", "payments/payment-service:8080",
        "--target", "payments/ledger-service:8080", "--target", "payments/refund-service:8080",
        "--target", "payments/invoice-service:8080")  # fmt: skip
