"""The load generator's own figures: what was due, and what was really sent."""

from __future__ import annotations

from experiments.model.scenario import Scenario

WINDOW = "10s"
"""Ten scrapes: long enough for a steady rate of Poisson arrivals, shorter than the baseline."""


def offered_rps(scenario: Scenario) -> str:
    """PromQL of the arrivals that were due (requests/s)."""
    return _rate(scenario, "traffic_requests_offered_total")


def sent_rps(scenario: Scenario) -> str:
    """PromQL of the requests that were sent (requests/s)."""
    return _rate(scenario, "traffic_requests_sent_total")


def _rate(scenario: Scenario, metric: str) -> str:
    return f'sum(rate({metric}{{namespace="{scenario.clients}"}}[{WINDOW}]))'
