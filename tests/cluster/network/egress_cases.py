"""Cases in which the source decides, or both ends."""

from __future__ import annotations

from tests.cluster.network.cases import case, from_a, to_a

EGRESS = (
    case("deny all egress", lambda a: from_a(a, False), "{podSelector: {}, policyTypes: [Egress]}"),
    case("deny all egress, through Services", lambda a: from_a(a, False),
         "{podSelector: {}, policyTypes: [Egress]}", through_service=True),
    case("only egress is denied where only that type is named", lambda a: from_a(a, False),
         "{podSelector: {}, policyTypes: [Egress], ingress: []}"),
    case("an egress rule without types isolates both ways",
         lambda a: to_a(a, False) and from_a(a, a.dst.ns == "b"),
         "{podSelector: {}, egress: [{to: [{namespaceSelector: {matchLabels: {ns: b}}}]}]}"),
    case("only selected pods are isolated", lambda a: from_a(a, a.src.name != "y"),
         "{podSelector: {matchLabels: {pod: y}}, policyTypes: [Egress]}"),
    case("to pods by label", lambda a: from_a(a, str(a.dst) == "a/y"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {pod: y}}}]}]}"),
    case("to pods by label, through Services", lambda a: from_a(a, str(a.dst) == "a/y"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {pod: y}}}]}]}",
         through_service=True),
    case("to a namespace by expression", lambda a: from_a(a, a.dst.ns == "c"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchExpressions: "
         "[{key: ns, operator: In, values: [c]}]}}]}]}"),
    case("to pod and namespace in one peer", lambda a: from_a(a, str(a.dst) == "b/z"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: b}}, "
         "podSelector: {matchLabels: {pod: z}}}]}]}"),
    case("to pod and namespace in two peers", lambda a: from_a(a, a.dst.ns == "b" or str(a.dst) == "a/z"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: b}}}, "
         "{podSelector: {matchLabels: {pod: z}}}]}]}"),
    case("to a range with a hole", lambda a: from_a(a, str(a.dst) != "b/y"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [$b_y/32]}}]}]}"),
    case("to a range with a hole, through Services", lambda a: from_a(a, str(a.dst) != "b/y"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [$b_y/32]}}]}]}",
         through_service=True),
    case("to a port", lambda a: from_a(a, a.protocol == "tcp" and a.port == 80),
         "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}]}"),
    case("to a UDP port", lambda a: from_a(a, a.protocol == "udp" and a.port == 81),
         "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 81, protocol: UDP}]}]}"),
    case("to a range of ports", lambda a: from_a(a, a.protocol == "tcp" and a.port == 81),
         "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 81, endPort: 90}]}]}"),
    case("to the named port of each peer", lambda a: from_a(a, a.port_name == "admin"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: admin}]}]}"),
    case("to the named port of some peers", lambda a: from_a(a, a.dst.ns == "c" and a.port_name == "web-udp"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: c}}}], "
         "ports: [{port: web-udp, protocol: UDP}]}]}"),
    case("rules of one policy add up",
         lambda a: from_a(a, a.protocol == "tcp" and (a.dst.ns, a.port) in (("b", 80), ("c", 81))),
         "{podSelector: {}, policyTypes: [Egress], egress: ["
         "{to: [{namespaceSelector: {matchLabels: {ns: b}}}], ports: [{port: 80}]}, "
         "{to: [{namespaceSelector: {matchLabels: {ns: c}}}], ports: [{port: 81}]}]}"),
    case("policies add up", lambda a: from_a(a, a.dst.ns == "b" or a.src.name == "x"),
         "{podSelector: {}, policyTypes: [Egress]}",
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: b}}}]}]}",
         "{podSelector: {matchLabels: {pod: x}}, policyTypes: [Egress], egress: [{}]}"),
)  # fmt: skip

BOTH = (
    case("deny everything both ways", lambda a: to_a(a, False) and from_a(a, False),
         "{podSelector: {}, policyTypes: [Ingress, Egress]}"),
    case("allow everything both ways beside deny", lambda a: "b" not in (a.src.ns, a.dst.ns),
         "{podSelector: {}, policyTypes: [Ingress, Egress]}",
         "{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]}",
         "b| {podSelector: {}, policyTypes: [Ingress, Egress]}"),
    case("both ends have to allow",
         lambda a: from_a(a, a.dst.ns == "b" and a.port == 80 and a.protocol == "tcp")
         and (a.dst.ns != "b" or a.src.name == "x"),
         "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: b}}}], "
         "ports: [{port: 80}]}]}",
         "b| {podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {pod: x}}}]}]}"),
    case("an answer needs no rule of its own", lambda a: a.dst.ns == "a" and a.src.ns != "a",
         "{podSelector: {}, policyTypes: [Egress]}",
         "b| {podSelector: {}, policyTypes: [Ingress]}",
         "c| {podSelector: {}, policyTypes: [Ingress]}"),
    case("one policy, both directions",
         lambda a: to_a(a, str(a.src) == "b/x") and from_a(a, str(a.dst) == "c/z"),
         "{podSelector: {}, policyTypes: [Ingress, Egress], "
         "ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}, podSelector: {matchLabels: {pod: x}}}]}], "
         "egress: [{to: [{namespaceSelector: {matchLabels: {ns: c}}, podSelector: {matchLabels: {pod: z}}}]}]}"),
    case("a policy in every namespace", lambda a: a.src.ns == a.dst.ns,
         *(f"{ns}| {{podSelector: {{}}, policyTypes: [Ingress, Egress], ingress: [{{from: [{{podSelector: {{}}}}]}}], "
           "egress: [{to: [{podSelector: {}}]}]}" for ns in "abc")),
)  # fmt: skip
