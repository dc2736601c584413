"""Asking a Prometheus: one number, some series, or samples over time.

An answer that is missing, ambiguous or not a number is `OracleUnavailable`, never "false" and never "healthy".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException
from urllib3.util.retry import Retry

from cluster.errors import OracleUnavailable

TIMEOUT_S = 10
"""One question; the lab's Prometheus answers in milliseconds, so ten seconds without an answer is an outage."""

Samples = list[tuple[float, float]]


@dataclass(frozen=True)
class Series:
    """One series: its labels and its finite samples, (epoch seconds, value)."""

    labels: dict[str, str]
    samples: Samples


class Prometheus:
    """A Prometheus at a base address.

    Args:
        url: where its HTTP API is, without a trailing slash.
        session: carries the client certificate and the CA of the API server in between; None for a plain address.
    """

    def __init__(self, url: str, session: requests.Session | None = None) -> None:
        self.url = url
        if session is None:
            session = requests.Session()
            session.trust_env = False  # a proxy of the user's environment is not for the lab
        never = Retry(total=0)  # a question that was lost is seen, not repeated in silence
        self._client = PrometheusConnect(url=url, session=session, retry=never, timeout=TIMEOUT_S, method="GET")

    def vector(self, expr: str, at: float | None = None) -> list[Series]:
        """Evaluate `expr` at one instant (epoch seconds, None: now).

        Raises:
            OracleUnavailable: Prometheus cannot be reached or refuses the expression.
        """
        params = {} if at is None else {"time": f"{at:.3f}"}
        try:
            result = self._client.custom_query(expr, params=params)
        except (requests.RequestException, PrometheusApiClientException, KeyError) as error:
            raise self._unavailable(expr, error) from error
        if len(result) == 2 and not isinstance(result[0], dict):  # a scalar: [time, "value"]
            return [Series({}, [(float(result[0]), float(result[1]))])]
        return [Series(s["metric"], [(float(s["value"][0]), float(s["value"][1]))]) for s in result]

    def number(self, expr: str, at: float | None = None) -> float:
        """Evaluate `expr`, which has to yield exactly one finite series.

        Raises:
            OracleUnavailable: unreachable, no series, several, or not a finite number.
        """
        series = self.vector(expr, at)
        if len(series) != 1:
            found = "no series" if not series else f"{len(series)} series, the first {series[0].labels}"
            raise OracleUnavailable(
                f"`{expr}` yields {found}; a condition needs exactly one.",
                "Aggregate with `sum`, `min by ()` or `max by ()`, and look whether the target is scraped.",
            )
        value = series[0].samples[0][1]
        if not math.isfinite(value):
            raise OracleUnavailable(f"`{expr}` yields {value}.", "Look whether its counters move at all.")
        return value

    def matrix(self, expr: str, start: float, end: float, step_s: float) -> list[Series]:
        """Evaluate `expr` at every `step_s` from `start` to `end` (epoch seconds); only finite samples are returned.

        Raises:
            OracleUnavailable: Prometheus cannot be reached or refuses the expression.
        """
        first = math.ceil(start / step_s) * step_s
        try:
            result = self._client.custom_query_range(
                expr,
                start_time=datetime.fromtimestamp(start, UTC),
                end_time=datetime.fromtimestamp(end, UTC),
                step=str(step_s),
                params={"start": f"{first:.3f}", "end": f"{max(end, first):.3f}"},  # the client rounds into the future
            )
        except (requests.RequestException, PrometheusApiClientException, KeyError) as error:
            raise self._unavailable(expr, error) from error
        return [
            Series(s["metric"], [(float(at), number) for at, v in s["values"] if math.isfinite(number := float(v))])
            for s in result
        ]

    def line(self, expr: str, start: float, end: float, step_s: float) -> Samples:
        """The samples of `expr`, which may yield at most one series at any time; moments without one are gaps.

        Raises:
            OracleUnavailable: unreachable, or several series.
        """
        series = [s for s in self.matrix(expr, start, end, step_s) if s.samples]
        merged = sorted(sample for one in series for sample in one.samples)
        if len({at for at, _ in merged}) != len(merged):
            raise OracleUnavailable(
                f"`{expr}` yields {len(series)} series at once, among them {series[0].labels} and {series[1].labels}.",
                "Aggregate with `sum`, `min by ()` or `max by ()`.",
            )
        return merged

    def _unavailable(self, expr: str, error: Exception) -> OracleUnavailable:
        return OracleUnavailable(
            f"Prometheus at {self.url} could not be asked `{expr}`: {error}", "Look at its pod and log."
        )
