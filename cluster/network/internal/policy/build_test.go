package policy

import (
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// world is a cluster of two nodes with three pods in each of three namespaces: a.x is 10.0.1.1 …
// a.z 10.0.1.3, b.x 10.0.2.1 … c.z 10.0.3.3. All of them run on the node that is compiled for.
func world() Input {
	in := Input{Node: "here"}
	for n, ns := range []string{"a", "b", "c"} {
		in.Namespaces = append(in.Namespaces, &corev1.Namespace{
			ObjectMeta: metav1.ObjectMeta{Name: ns, Labels: map[string]string{"ns": ns}},
		})
		for p, name := range []string{"x", "y", "z"} {
			in.Pods = append(in.Pods, newPod(ns, name, netip.AddrFrom4([4]byte{10, 0, byte(n + 1), byte(p + 1)}).String()))
		}
	}
	return in
}

func newPod(ns, name, addr string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: ns, Name: name, UID: types.UID(ns + "-" + name), Labels: map[string]string{"pod": name},
		},
		Spec: corev1.PodSpec{NodeName: "here", Containers: []corev1.Container{{
			Name: "main",
			Ports: []corev1.ContainerPort{
				{Name: "web", ContainerPort: 80},
				{Name: "admin", ContainerPort: 81, Protocol: corev1.ProtocolTCP},
				{Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP},
			},
		}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: addr},
	}
}

// spec reads a NetworkPolicySpec as people write it.
func spec(t *testing.T, namespace, text string) Policy {
	t.Helper()
	policy := &netv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "policy"}}
	if err := yaml.UnmarshalStrict([]byte(text), &policy.Spec); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return policy
}

func named(policy Policy, name string) Policy {
	policy.Name = name
	return policy
}

// packet is one connection attempt.
type packet struct {
	from, to string
	protocol string
	port     uint16
}

// allows walks a ruleset as the kernel's table does.
func allows(t *testing.T, rules Ruleset, p packet) bool {
	t.Helper()
	from, to := netip.MustParseAddr(p.from), netip.MustParseAddr(p.to)
	return from == to || side(t, rules, Egress, from, to, to, p) && side(t, rules, Ingress, to, from, to, p)
}

func side(t *testing.T, rules Ruleset, d Direction, own, other, destination netip.Addr, p packet) bool {
	t.Helper()
	for _, endpoint := range rules.Endpoints {
		if endpoint.Addr != own || len(endpoint.Chains[d]) == 0 {
			continue
		}
		for _, id := range endpoint.Chains[d] {
			chain := find(t, rules.Chains, func(c Chain) bool { return c.ID == id })
			for _, rule := range chain.Rules {
				if matches(t, rules, rule, other, destination, p) {
					return true
				}
			}
		}
		return false
	}
	return true
}

func matches(t *testing.T, rules Ruleset, rule Rule, other, destination netip.Addr, p packet) bool {
	t.Helper()
	if rule.Peers != "" {
		set := find(t, rules.AddrSets, func(s AddrSet) bool { return s.ID == rule.Peers })
		if !contains(set.Addrs, other) {
			return false
		}
	}
	if block := rule.Block; block != nil {
		if !block.Net.Contains(other) {
			return false
		}
		for _, hole := range block.Except {
			if hole.Contains(other) {
				return false
			}
		}
	}
	switch ports := rule.Ports; {
	case ports == nil:
		return true
	case ports.Protocol != p.protocol:
		return false
	case ports.Named != "":
		port := find(t, rules.NamedPorts, func(n NamedPort) bool { return n.ID == ports.Named })
		return contains(port.Targets, netip.AddrPortFrom(destination, p.port))
	default:
		return ports.First == 0 || ports.First <= p.port && p.port <= ports.Last
	}
}

func find[T any](t *testing.T, all []T, is func(T) bool) T {
	t.Helper()
	for _, one := range all {
		if is(one) {
			return one
		}
	}
	t.Fatal("the ruleset refers to something it does not hold")
	panic("unreachable")
}

func contains[T comparable](all []T, one T) bool {
	for _, other := range all {
		if other == one {
			return true
		}
	}
	return false
}

func compile(t *testing.T, in Input) Ruleset {
	t.Helper()
	rules, err := Compile(in)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}
