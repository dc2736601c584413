"""NetworkPolicies forget the monitoring namespace: four healthy services go dark, and one of them pages."""

from firedrill import Scenario, Source, answers, fires, holds, inhibits, locust, refused_by, time_scale

from . import fault

SERVICES = 'namespace="payments",job=~"(payment|ledger|refund|invoice)-service"'
SCRAPED = f"sum(up{{{SERVICES}}})"
SERVED = 'sum(rate(traffic_responses_total{code="200"}[5s])) / sum(rate(traffic_responses_total[5s]))'
UNSEEN = (
    'sum(rate(client_requests_total{target="payment-service",code="200"}[5s])) * (1 - max(up{job="payment-service"}))'
)

SCENARIO = Scenario(
    title="The service is healthy, and Prometheus may not reach it",
    sources=[
        Source(document="000_72b5b11479e3fb8e.txt", first=98, last=275),
        Source(document="004_054def7b8f0fef26.txt", first=1209, last=1229),
        Source(document="004_054def7b8f0fef26.txt", first=1263, last=1278),
        Source(document="004_054def7b8f0fef26.txt", first=1438, last=1454),
    ],
    namespaces=["payments", "reporting"],
    # Restarts within [60s]: Kubernetes' back-off is not scaled, three do not fit.
    time_scale=time_scale(30, {"10m": "60s"}, constants={"3": "2"}),
    traffic=locust(rps=10, target="gateway-service.payments:8080", locustfile="traffic.py"),
    healthy=[
        holds("all five pods of the four services are scraped", f"{SCRAPED} == 5"),
        holds("a scrape takes less than 0.8 s", f"max(scrape_duration_seconds{{{SERVICES}}}) < 0.8"),
        holds("every client is served", f"{SERVED} == 1"),
        answers(
            "policies are enforced: a closed pod gives no answer",
            "enforcement-service",
            "/",
            port=8080,
            namespace="payments",
            status=504,
        ),
    ],
    fault=fault.POLICIES,
    onset="20s",
    bites=[holds("the payment service is not seen", 'sum(up{job="payment-service"}) == 0')],
    proof=[
        holds("all four services are dark", f"{SCRAPED} == 0"),
        holds("a blocked scrape lasts as long as it may", f"min(scrape_duration_seconds{{{SERVICES}}}) >= 1"),
        holds("payments are served that nobody sees", f"{UNSEEN} > 5"),
    ],
    detects=[
        fires("PrometheusScrapeFailures", to="platform-oncall"),
        fires("ScrapeBlockedServiceHealthy", to="platform-oncall"),
        fires("PaymentServiceDown"),
    ],
    inhibitions=[inhibits("ScrapeBlockedServiceHealthy", "PaymentServiceDown", equal=("pod",))],
    silent=["HighErrorRate", "PodCrashLoop", "KubeDeploymentReplicasMismatch"],
    mitigated=[
        holds("the payment service is seen again", 'sum(up{job="payment-service"}) == 2'),
        holds("every client was served since the fault", SERVED.replace("[5s]", "[30s]") + " == 1"),
    ],
    recovers=[
        holds("all five pods of the four services are scraped", f"{SCRAPED} == 5"),
        holds("every client is served", f"{SERVED} == 1"),
    ],
    invariants=[holds("no payment failed", 'sum(http_requests_total{job="gateway-service",code!="200"}) == 0')],
    prevention=refused_by(
        "validate-network-policy",
        "opens port 8080, but not to namespace payments-monitoring",
        arguments=(*fault.GATE, "{change}"),
    ),
)
