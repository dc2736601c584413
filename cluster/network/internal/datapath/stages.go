package datapath

import (
	"net/netip"
	"strings"

	"sigs.k8s.io/knftables"

	"firedrill.local/network/internal/policy"
)

// view says where a packet carries the connection's source, destination and destination port.
type view struct {
	suffix, source, destination, port string
}

var (
	original = view{"", "ip saddr", "ip daddr", "dport"}
	reply    = view{"-reply", "ip daddr", "ip saddr", "sport"}
)

func (v view) departure() string                  { return "departure" + v.suffix }
func (v view) arrival() string                    { return "arrival" + v.suffix }
func (v view) verdicts(d policy.Direction) string { return d.String() + v.suffix }
func (v view) policyID(id string) string          { return "policy-" + id + v.suffix }
func (v view) pod(a netip.Addr, d policy.Direction) string {
	return "pod-" + a.String() + "-" + d.String() + v.suffix
}

// pass is what happens to a packet that one direction allows: after egress comes ingress.
func (v view) pass(d policy.Direction) string {
	if d == policy.Egress {
		return "goto " + v.arrival()
	}
	return "accept"
}

// addStages looks both ends up. An address of this node's range that no known pod has is nobody's: no
// policy can be found for it, so it neither sends nor receives.
func addStages(tx *knftables.Transaction, v view, network Network) {
	for _, chain := range []string{v.departure(), v.arrival()} {
		tx.Add(&knftables.Chain{Name: chain})
	}
	for _, d := range []policy.Direction{policy.Egress, policy.Ingress} {
		tx.Add(&knftables.Map{Name: v.verdicts(d), Type: "ipv4_addr : verdict"})
	}
	for _, rule := range []string{
		// A pod that reached itself through its own Service.
		knftables.Concat(v.source, ".", v.destination, "@self accept"),
		knftables.Concat(v.source, "vmap", "@"+v.verdicts(policy.Egress)),
		knftables.Concat(v.source, network.PodCIDR, "drop"),
		v.pass(policy.Egress),
	} {
		tx.Add(&knftables.Rule{Chain: v.departure(), Rule: rule})
	}
	for _, rule := range []string{
		knftables.Concat(v.destination, "vmap", "@"+v.verdicts(policy.Ingress)),
		knftables.Concat(v.destination, network.PodCIDR, "drop"),
		v.pass(policy.Ingress),
	} {
		tx.Add(&knftables.Rule{Chain: v.arrival(), Rule: rule})
	}
}

func addPolicies(tx *knftables.Transaction, v view, rules policy.Ruleset) {
	for _, chain := range rules.Chains {
		name := v.policyID(chain.ID)
		tx.Add(&knftables.Chain{Name: name, Comment: comment(chain.Policy)})
		for _, rule := range chain.Rules {
			tx.Add(&knftables.Rule{Chain: name, Rule: v.match(chain.Direction, rule)})
		}
	}
}

func addEndpoints(tx *knftables.Transaction, v view, rules policy.Ruleset) {
	for _, endpoint := range rules.Endpoints {
		for _, d := range []policy.Direction{policy.Egress, policy.Ingress} {
			verdict := v.pass(d)
			if len(endpoint.Chains[d]) > 0 {
				name := v.pod(endpoint.Addr, d)
				verdict = "goto " + name
				tx.Add(&knftables.Chain{Name: name, Comment: comment(endpoint.Pod)})
				for _, id := range endpoint.Chains[d] {
					tx.Add(&knftables.Rule{Chain: name, Rule: "jump " + v.policyID(id)})
				}
				tx.Add(&knftables.Rule{Chain: name, Rule: "drop"})
			}
			tx.Add(&knftables.Element{Map: v.verdicts(d), Key: []string{endpoint.Addr.String()}, Value: []string{verdict}})
		}
	}
}

// match writes one rule. The other end is the destination for egress and the source for ingress; the
// port is the destination's for both.
func (v view) match(d policy.Direction, rule policy.Rule) string {
	var parts []string
	other := v.destination
	if d == policy.Ingress {
		other = v.source
	}
	if rule.Peers != "" {
		parts = append(parts, other, "@"+peersSet(rule.Peers))
	}
	if rule.Block != nil {
		// nft takes a prefix of length 0 for no condition at all and refuses it in some versions.
		if rule.Block.Net.Bits() > 0 {
			parts = append(parts, other, rule.Block.Net.String())
		}
		for _, hole := range rule.Block.Except {
			parts = append(parts, other, "!=", hole.String())
		}
	}
	if ports := rule.Ports; ports != nil {
		switch {
		case ports.Named != "":
			parts = append(parts, "meta l4proto", ports.Protocol,
				v.destination, ".", ports.Protocol, v.port, "@"+portSet(ports.Named))
		case ports.First == 0:
			parts = append(parts, "meta l4proto", ports.Protocol)
		case ports.First == ports.Last:
			parts = append(parts, ports.Protocol, v.port, knftables.Concat(ports.First))
		default:
			parts = append(parts, ports.Protocol, v.port, knftables.Concat(ports.First)+"-"+knftables.Concat(ports.Last))
		}
	}
	return strings.Join(append(parts, v.pass(d)), " ")
}

func comment(text string) *string {
	if len(text) > knftables.CommentLengthMax {
		text = text[:knftables.CommentLengthMax]
	}
	return &text
}
