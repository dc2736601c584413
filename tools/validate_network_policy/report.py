"""What the check says: for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tools.validate_network_policy.check import Finding
from tools.validate_network_policy.objects import Pods
from tools.validate_network_policy.probe import Probed

TEMPLATE = """\
What is missing is an ingress rule for the namespace that scrapes. Policies add up, so change the policy that is there:

  ingress:
    - from: [{{podSelector: {{}}}}]            # what it admits today, with its ports
      ports: [{{protocol: TCP, port: {port}}}]
    - from:
        - namespaceSelector:
            matchLabels: {{kubernetes.io/metadata.name: {namespace}}}
      ports: [{{protocol: TCP, port: {port}}}]
"""


def as_text(scraper: Pods, findings: Sequence[Finding], probes: Sequence[Probed]) -> str:
    """One line a target, then what to do where one is refused."""
    lines = [
        f"{'ok     ' if one.admitted else 'REFUSED'} {one.target.pods.owner} port {one.target.port}: {one.why}"
        for one in findings
    ]
    lines += [
        f"{'ok     ' if one.admitted else 'REFUSED'} probe of {one.address} ({one.target.pods.owner}): {one.said}"
        for one in probes
    ]
    refused = [one for one in findings if not one.admitted]
    if any(not one.ingress.allowed for one in refused):
        port = next(one.target.port for one in refused if not one.ingress.allowed)
        lines += ["", TEMPLATE.format(namespace=scraper.namespace, port=port).rstrip()]
    count = sum(one.admitted for one in findings)
    lines.append(f"{count} of {len(findings)} targets may be scraped from {scraper.owner}")
    return "\n".join(lines)


def as_json(scraper: Pods, findings: Sequence[Finding], probes: Sequence[Probed]) -> str:
    """The same for a program; `admitted` at the top is the verdict."""
    whole = {
        "scraper": {"namespace": scraper.namespace, "labels": dict(scraper.labels)},
        "admitted": all(one.admitted for one in findings) and all(one.admitted for one in probes),
        "targets": [
            {
                "owner": one.target.pods.owner,
                "port": one.target.port,
                "why_scraped": one.target.why,
                "admitted": one.admitted,
                "why": one.why,
                "policies": [*one.egress.by, *one.ingress.by],
            }
            for one in findings
        ],
        "probes": [
            {"owner": one.target.pods.owner, "address": one.address, "admitted": one.admitted, "said": one.said}
            for one in probes
        ],
    }
    return json.dumps(whole, indent=2)
