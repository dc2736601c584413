"""Cases in which the destination decides."""

from __future__ import annotations

from tests.cluster.network.cases import case, to_a

INGRESS = (
    case("deny all ingress", lambda a: to_a(a, False), "{podSelector: {}, policyTypes: [Ingress]}"),
    case("deny all ingress, through Services", lambda a: to_a(a, False),
         "{podSelector: {}, policyTypes: [Ingress]}", through_service=True),
    case("ingress is denied where no type is named", lambda a: to_a(a, False), "{podSelector: {}}"),
    case("an empty list of ingress rules allows nothing", lambda a: to_a(a, False), "{podSelector: {}, ingress: []}"),
    case("an empty peer list allows everybody", lambda a: to_a(a, a.port == 80 and a.protocol == "tcp"),
         "{podSelector: {}, ingress: [{from: [], ports: [{port: 80}]}]}"),
    case("only selected pods are isolated", lambda a: to_a(a, a.dst.name != "x"),
         "{podSelector: {matchLabels: {pod: x}}, policyTypes: [Ingress]}"),
    case("pods are selected by expression", lambda a: to_a(a, a.dst.name == "z"),
         "{podSelector: {matchExpressions: [{key: pod, operator: In, values: [x, y]}]}, policyTypes: [Ingress]}"),
    case("a selector that no pod has isolates none", lambda a: a.dst.ns != "b",
         "{podSelector: {matchLabels: {pod: nobody}}, policyTypes: [Ingress]}",
         "b| {podSelector: {}, policyTypes: [Ingress]}"),
    case("from pods of the same namespace", lambda a: to_a(a, a.src.ns == "a"),
         "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"),
    case("from pods by label", lambda a: to_a(a, str(a.src) == "a/y"),
         "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: y}}}]}]}"),
    case("from pods by label, through Services", lambda a: to_a(a, str(a.src) == "a/y"),
         "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: y}}}]}]}", through_service=True),
    case("from pods by expression", lambda a: to_a(a, str(a.src) in ("a/x", "a/z")),
         "{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: "
         "[{key: pod, operator: NotIn, values: [y]}]}}]}]}"),
    case("from a namespace by label", lambda a: to_a(a, a.src.ns == "b"),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}]}]}"),
    case("from a namespace by its name", lambda a: to_a(a, a.src.ns == "b"),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: "
         "{matchLabels: {kubernetes.io/metadata.name: netpol-b}}}]}]}"),
    case("from namespaces by expression", lambda a: to_a(a, a.src.ns != "b"),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: "
         "[{key: ns, operator: Exists}, {key: ns, operator: NotIn, values: [b]}]}}]}]}"),
    case("from namespaces without a label", lambda a: to_a(a, False),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: "
         "[{key: ns, operator: DoesNotExist}]}}]}]}"),
    case("pod and namespace in one peer: both have to match", lambda a: to_a(a, str(a.src) == "b/x"),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}, "
         "podSelector: {matchLabels: {pod: x}}}]}]}"),
    case("pod and namespace in two peers: one has to match", lambda a: to_a(a, a.src.ns == "b" or str(a.src) == "a/x"),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}, "
         "{podSelector: {matchLabels: {pod: x}}}]}]}"),
    case("pod and namespace, both by expression", lambda a: to_a(a, a.src.ns in "bc" and a.src.name in "xz"),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: "
         "[{key: ns, operator: In, values: [b, c]}]}, podSelector: {matchExpressions: "
         "[{key: pod, operator: In, values: [x, z]}]}}]}]}"),
    case("every namespace, one pod label", lambda a: to_a(a, a.src.name == "z"),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {pod: z}}}]}]}"),
    case("from an address", lambda a: to_a(a, str(a.src) == "c/x"),
         "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: $c_x/32}}]}]}"),
    case("from a range with holes", lambda a: to_a(a, str(a.src) not in ("b/x", "c/y")),
         "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16, except: [$b_x/32, $c_y/32]}}]}]}"),
    case("a hole that another peer fills", lambda a: to_a(a, str(a.src) != "c/y"),
         "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [$b_x/32, $c_y/32]}}, "
         "{namespaceSelector: {matchLabels: {ns: b}}}]}]}"),
    case("on a port, TCP unless said", lambda a: to_a(a, a.protocol == "tcp" and a.port == 81),
         "{podSelector: {}, ingress: [{ports: [{port: 81}]}]}"),
    case("on a UDP port", lambda a: to_a(a, a.protocol == "udp" and a.port == 80),
         "{podSelector: {}, ingress: [{ports: [{port: 80, protocol: UDP}]}]}"),
    case("on every port of a protocol", lambda a: to_a(a, a.protocol == "udp"),
         "{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}"),
    case("on a range of ports", lambda a: to_a(a, a.protocol == "tcp"),
         "{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 81}]}]}"),
    case("on a range that ends before", lambda a: to_a(a, a.protocol == "udp" and a.port == 80),
         "{podSelector: {}, ingress: [{ports: [{port: 1, endPort: 80, protocol: UDP}]}]}"),
    case("on a named port, another number in z", lambda a: to_a(a, a.port_name == "web"),
         "{podSelector: {}, ingress: [{ports: [{port: web}]}]}"),
    case("on a named UDP port", lambda a: to_a(a, a.port_name == "admin-udp"),
         "{podSelector: {}, ingress: [{ports: [{port: admin-udp, protocol: UDP}]}]}"),
    case("on a name that only UDP has", lambda a: to_a(a, False),
         "{podSelector: {}, ingress: [{ports: [{port: web-udp}]}]}"),
    case("on two ports", lambda a: to_a(a, (a.protocol, a.port) in (("tcp", 80), ("udp", 81))),
         "{podSelector: {}, ingress: [{ports: [{port: 80}, {port: 81, protocol: UDP}]}]}"),
    case("peers and ports of one rule belong together",
         lambda a: to_a(a, a.protocol == "tcp" and a.port == 80 and (a.src.ns == "b" or str(a.src) == "c/z")),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}, "
         "{ipBlock: {cidr: $c_z/32}}], ports: [{port: 80}]}]}"),
    case("rules of one policy add up",
         lambda a: to_a(a, a.protocol == "tcp" and (a.src.ns, a.port) in (("b", 80), ("c", 81))),
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}], ports: [{port: 80}]}, "
         "{from: [{namespaceSelector: {matchLabels: {ns: c}}}], ports: [{port: 81}]}]}"),
    case("policies add up",
         lambda a: to_a(a, a.src.ns == "b" or (a.dst.name == "x" and a.protocol == "tcp" and a.port == 81)),
         "{podSelector: {}, policyTypes: [Ingress]}",
         "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}]}]}",
         "{podSelector: {matchLabels: {pod: x}}, ingress: [{ports: [{port: 81}]}]}"),
    case("allow all beats deny all", lambda a: a.dst.ns != "b",
         "{podSelector: {}, policyTypes: [Ingress]}", "{podSelector: {}, ingress: [{}]}",
         "b| {podSelector: {}, policyTypes: [Ingress]}"),
)  # fmt: skip
