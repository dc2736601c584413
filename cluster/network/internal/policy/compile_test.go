package policy

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

const (
	ax, ay, az = "10.0.1.1", "10.0.1.2", "10.0.1.3"
	bx, by     = "10.0.2.1", "10.0.2.2"
	cx, cy     = "10.0.3.1", "10.0.3.2"
	outside    = "192.0.2.7"
)

func tcp(from, to string, port uint16) packet  { return packet{from, to, "tcp", port} }
func udp(from, to string, port uint16) packet  { return packet{from, to, "udp", port} }
func sctp(from, to string, port uint16) packet { return packet{from, to, "sctp", port} }

// Each policy stands in namespace a unless the case says otherwise.
func TestCompile(t *testing.T) {
	cases := map[string]struct {
		policies []string
		pass     []packet
		drop     []packet
	}{
		"no policy": {
			pass: []packet{tcp(bx, ax, 80), udp(ax, outside, 53)},
		},
		"default deny ingress": {
			policies: []string{`{podSelector: {}, policyTypes: [Ingress]}`},
			pass:     []packet{tcp(ax, bx, 80), tcp(bx, by, 80), tcp(ax, ax, 80)},
			drop:     []packet{tcp(bx, ax, 80), tcp(ay, ax, 80), udp(outside, az, 53), sctp(bx, ax, 80)},
		},
		"default deny egress": {
			policies: []string{`{podSelector: {}, policyTypes: [Egress]}`},
			pass:     []packet{tcp(bx, ax, 80), tcp(ax, ax, 80)},
			drop:     []packet{tcp(ax, bx, 80), udp(ay, outside, 53), tcp(ax, ay, 80)},
		},
		"policyTypes left out, no egress rule": {
			policies: []string{`{podSelector: {}}`},
			pass:     []packet{tcp(ax, bx, 80)},
			drop:     []packet{tcp(bx, ax, 80)},
		},
		"policyTypes left out, one egress rule": {
			policies: []string{`{podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {pod: "y"}}}]}]}`},
			drop:     []packet{tcp(bx, ax, 80), tcp(ax, bx, 80), tcp(ax, ay, 80)},
		},
		"egress named only, ingress rules are not looked at": {
			policies: []string{`{podSelector: {}, policyTypes: [Egress], egress: [{}], ingress: []}`},
			pass:     []packet{tcp(bx, ax, 80), tcp(ax, outside, 80)},
		},
		"only the selected pods": {
			policies: []string{`{podSelector: {matchLabels: {pod: x}}, policyTypes: [Ingress]}`},
			pass:     []packet{tcp(bx, ay, 80)},
			drop:     []packet{tcp(bx, ax, 80)},
		},
		"selected by expression": {
			policies: []string{`{podSelector: {matchExpressions: [{key: pod, operator: In, values: [x, "y"]}]}, policyTypes: [Ingress]}`},
			pass:     []packet{tcp(bx, az, 80)},
			drop:     []packet{tcp(bx, ax, 80), tcp(bx, ay, 80)},
		},
		"allow all": {
			policies: []string{`{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]}`},
			pass:     []packet{tcp(bx, ax, 80), udp(outside, ax, 9), sctp(ax, outside, 1)},
		},
		"a peer by pod label is in the policy's namespace": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: "y"}}}]}]}`},
			pass:     []packet{tcp(ay, ax, 80), udp(ay, az, 1)},
			drop:     []packet{tcp(by, ax, 80), tcp(az, ax, 80), tcp(outside, ax, 80)},
		},
		"a peer by namespace label": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}]}]}`},
			pass:     []packet{tcp(bx, ax, 80), tcp(by, ax, 80)},
			drop:     []packet{tcp(ay, ax, 80), tcp(cx, ax, 80), tcp(outside, ax, 80)},
		},
		"every namespace is not everybody": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}`},
			pass:     []packet{tcp(bx, ax, 80), tcp(ay, ax, 80)},
			drop:     []packet{tcp(outside, ax, 80)},
		},
		"pod and namespace in one peer": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}, podSelector: {matchLabels: {pod: x}}}]}]}`},
			pass:     []packet{tcp(bx, ax, 80)},
			drop:     []packet{tcp(by, ax, 80), tcp(ax, ay, 80)},
		},
		"pod and namespace in two peers": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}, {podSelector: {matchLabels: {pod: "y"}}}]}]}`},
			pass:     []packet{tcp(by, ax, 80), tcp(ay, ax, 80)},
			drop:     []packet{tcp(cy, ax, 80), tcp(az, ax, 80)},
		},
		"peers by expressions": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: ns, operator: NotIn, values: [b]}]}, podSelector: {matchExpressions: [{key: pod, operator: Exists}, {key: pod, operator: NotIn, values: [x]}]}}]}]}`},
			pass:     []packet{tcp(cy, ax, 80), tcp(ay, ax, 80)},
			drop:     []packet{tcp(by, ax, 80), tcp(cx, ax, 80)},
		},
		"a label that must not exist": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: ns, operator: DoesNotExist}]}}]}]}`},
			drop:     []packet{tcp(bx, ax, 80), tcp(ay, ax, 80)},
		},
		"a peer that nobody is": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: nobody}}}]}]}`},
			drop:     []packet{tcp(ay, ax, 80), tcp(outside, ax, 80)},
		},
		"a block": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.2.0/24}}]}]}`},
			pass:     []packet{tcp(bx, ax, 80)},
			drop:     []packet{tcp(cx, ax, 80), tcp(outside, ax, 80)},
		},
		"a block with a hole": {
			policies: []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.2.0/24, 192.0.2.7/32]}}]}]}`},
			pass:     []packet{tcp(ax, cx, 80), tcp(ax, "192.0.2.8", 80)},
			drop:     []packet{tcp(ax, bx, 80), tcp(ax, outside, 80)},
		},
		"a hole that another peer fills": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.2.0/24]}}, {ipBlock: {cidr: 10.0.2.1/32}}]}]}`},
			pass:     []packet{tcp(bx, ax, 80), tcp(cx, ax, 80)},
			drop:     []packet{tcp(by, ax, 80)},
		},
		"a block of IPv6": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "::/0"}}]}]}`},
			drop:     []packet{tcp(bx, ax, 80)},
		},
		"a port, TCP unless said": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: 80}]}]}`},
			pass:     []packet{tcp(bx, ax, 80), tcp(outside, ax, 80)},
			drop:     []packet{tcp(bx, ax, 81), udp(bx, ax, 80), sctp(bx, ax, 80)},
		},
		"a port of UDP": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: 53, protocol: UDP}]}]}`},
			pass:     []packet{udp(bx, ax, 53)},
			drop:     []packet{tcp(bx, ax, 53), udp(bx, ax, 54)},
		},
		"a port of SCTP": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: 80, protocol: SCTP}]}]}`},
			pass:     []packet{sctp(bx, ax, 80)},
			drop:     []packet{tcp(bx, ax, 80)},
		},
		"a protocol without a port": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}`},
			pass:     []packet{udp(bx, ax, 53), udp(bx, ax, 9999)},
			drop:     []packet{tcp(bx, ax, 53)},
		},
		"a range of ports": {
			policies: []string{`{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 80, endPort: 82}]}]}`},
			pass:     []packet{tcp(ax, bx, 80), tcp(ax, bx, 81), tcp(ax, bx, 82)},
			drop:     []packet{tcp(ax, bx, 79), tcp(ax, bx, 83), udp(ax, bx, 81)},
		},
		"a named port of the selected pod": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: admin}]}]}`},
			pass:     []packet{tcp(bx, ax, 81)},
			drop:     []packet{tcp(bx, ax, 80), udp(bx, ax, 81)},
		},
		"a named port of the peer": {
			policies: []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: b}}}], ports: [{port: dns, protocol: UDP}]}]}`},
			pass:     []packet{udp(ax, bx, 53)},
			drop:     []packet{tcp(ax, bx, 53), udp(ax, cx, 53), udp(ax, bx, 54), udp(ax, outside, 53)},
		},
		"a name of another protocol": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: dns}]}]}`},
			drop:     []packet{udp(bx, ax, 53), tcp(bx, ax, 53)},
		},
		"peers and ports of one rule go together": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: "y"}}}, {ipBlock: {cidr: 10.0.2.1/32}}], ports: [{port: 80}, {port: 53, protocol: UDP}]}]}`},
			pass:     []packet{tcp(ay, ax, 80), udp(ay, ax, 53), tcp(bx, ax, 80), udp(bx, ax, 53)},
			drop:     []packet{tcp(ay, ax, 81), udp(bx, ax, 80), tcp(by, ax, 80)},
		},
		"rules of one policy add up": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: "y"}}}], ports: [{port: 80}]}, {from: [{namespaceSelector: {matchLabels: {ns: b}}}], ports: [{port: 81}]}]}`},
			pass:     []packet{tcp(ay, ax, 80), tcp(bx, ax, 81)},
			drop:     []packet{tcp(ay, ax, 81), tcp(bx, ax, 80)},
		},
		"policies add up": {
			policies: []string{
				`{podSelector: {}, policyTypes: [Ingress]}`,
				`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: "y"}}}]}]}`,
				`{podSelector: {matchLabels: {pod: x}}, ingress: [{ports: [{port: 81}]}]}`,
			},
			pass: []packet{tcp(ay, ax, 80), tcp(bx, ax, 81), tcp(ay, az, 1)},
			drop: []packet{tcp(bx, ax, 80), tcp(bx, az, 81)},
		},
		"both sides have to allow": {
			policies: []string{
				`{podSelector: {matchLabels: {pod: x}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}`,
				`{podSelector: {matchLabels: {pod: "y"}}, ingress: [{ports: [{port: 80}]}]}`,
			},
			pass: []packet{tcp(ax, ay, 80), tcp(ax, az, 81), tcp(bx, ay, 80)},
			drop: []packet{tcp(ax, ay, 81), tcp(ax, bx, 80)},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := world()
			for i, text := range c.policies {
				in.Policies = append(in.Policies, named(spec(t, "a", text), strings.Repeat("p", i+1)))
			}
			rules := compile(t, in)
			for _, p := range c.pass {
				if !allows(t, rules, p) {
					t.Errorf("dropped, but should pass: %+v", p)
				}
			}
			for _, p := range c.drop {
				if allows(t, rules, p) {
					t.Errorf("passed, but should be dropped: %+v", p)
				}
			}
		})
	}
}

func TestSameInputInAnotherOrderGivesTheSameRuleset(t *testing.T) {
	build := func(reverse bool) Ruleset {
		in := world()
		for _, name := range []string{"one", "two", "three"} {
			in.Policies = append(in.Policies, named(spec(t, "a", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: web}]}]}`), name))
		}
		if reverse {
			slices.Reverse(in.Pods)
			slices.Reverse(in.Policies)
			slices.Reverse(in.Namespaces)
		}
		return compile(t, in)
	}
	if one, other := build(false), build(true); !reflect.DeepEqual(one, other) {
		t.Errorf("%+v\nis not\n%+v", one, other)
	}
}

func TestWhatNoApiServerLetsInAllowsNothingAndIsReported(t *testing.T) {
	for name, text := range map[string]string{
		"a peer that says nothing": `{podSelector: {}, ingress: [{from: [{}]}]}`,
		"a range that is none":     `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]}`,
		"a hole that is none":      `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [x]}}]}]}`,
		"ports upside down":        `{podSelector: {}, ingress: [{ports: [{port: 82, endPort: 80}]}]}`,
		"an unknown operator":      `{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: pod, operator: Like}]}}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			in := world()
			in.Policies = []Policy{spec(t, "a", text)}
			rules, err := Compile(in)
			if err == nil || !strings.Contains(err.Error(), "a/policy") {
				t.Errorf("the error does not name the policy: %v", err)
			}
			if allows(t, rules, tcp(bx, ax, 81)) {
				t.Error("the policy allows a packet")
			}
		})
	}
}
