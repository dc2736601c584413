package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	netv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Policy is the API's NetworkPolicy.
type Policy = *netv1.NetworkPolicy

type compiler struct {
	node       string
	pods       []pod
	namespaces map[string]labels.Set
	beyond     map[string][]netip.Prefix
	addrSets   map[string]AddrSet
	namedPorts map[string]NamedPort
	problems   []error
}

// Compile says what the node has to enforce. The ruleset is complete and enforceable even when there is
// an error: the error names parts of policies that no API server would have let in, and annotations that
// cannot be read; these allow nothing.
func Compile(in Input) (Ruleset, error) {
	c := &compiler{
		node:       in.Node,
		pods:       addressed(in),
		namespaces: map[string]labels.Set{},
		beyond:     map[string][]netip.Prefix{},
		addrSets:   map[string]AddrSet{},
		namedPorts: map[string]NamedPort{},
	}
	for _, ns := range in.Namespaces {
		c.namespaces[ns.Name] = ns.Labels
		ranges, err := beyond(ns)
		if err != nil {
			c.problems = append(c.problems, err)
		}
		c.beyond[ns.Name] = ranges
	}
	var out Ruleset
	local := map[string][]int{}
	for _, p := range c.pods {
		if p.Spec.NodeName == c.node {
			local[p.Namespace] = append(local[p.Namespace], len(out.Endpoints))
			out.Endpoints = append(out.Endpoints, Endpoint{
				Addr: p.addr, Pod: p.Namespace + "/" + p.Name, Beyond: c.beyond[p.Namespace],
			})
		}
	}
	labelsOf := map[string]labels.Set{}
	for _, p := range c.pods {
		labelsOf[p.Namespace+"/"+p.Name] = p.Labels
	}
	policies := slices.Clone(in.Policies)
	slices.SortFunc(policies, func(a, b Policy) int { return strings.Compare(nameOf(a), nameOf(b)) })
	for _, policy := range policies {
		selector := c.selector(policy, &policy.Spec.PodSelector)
		var selected []int
		for _, i := range local[policy.Namespace] {
			if selector.Matches(labelsOf[out.Endpoints[i].Pod]) {
				selected = append(selected, i)
			}
		}
		if len(selected) == 0 {
			continue
		}
		for _, direction := range isolates(policy) {
			chain := c.chain(policy, direction)
			out.Chains = append(out.Chains, chain)
			for _, i := range selected {
				out.Endpoints[i].Chains[direction] = append(out.Endpoints[i].Chains[direction], chain.ID)
			}
		}
	}
	out.AddrSets = sortedValues(c.addrSets)
	out.NamedPorts = sortedValues(c.namedPorts)
	return out, errors.Join(c.problems...)
}

// isolates gives the directions a policy speaks about. Without policyTypes that is ingress, and egress
// when there is an egress rule.
func isolates(policy Policy) []Direction {
	types := policy.Spec.PolicyTypes
	var directions []Direction
	if len(types) == 0 || slices.Contains(types, netv1.PolicyTypeIngress) {
		directions = append(directions, Ingress)
	}
	if slices.Contains(types, netv1.PolicyTypeEgress) || len(types) == 0 && len(policy.Spec.Egress) > 0 {
		directions = append(directions, Egress)
	}
	return directions
}

func (c *compiler) chain(policy Policy, direction Direction) Chain {
	chain := Chain{ID: id(policy.Namespace, policy.Name, direction.String()), Policy: nameOf(policy), Direction: direction}
	if direction == Ingress {
		for i, rule := range policy.Spec.Ingress {
			chain.Rules = append(chain.Rules, c.rules(policy, fmt.Sprintf("ingress[%d]", i), rule.From, rule.Ports)...)
		}
		return chain
	}
	for i, rule := range policy.Spec.Egress {
		chain.Rules = append(chain.Rules, c.rules(policy, fmt.Sprintf("egress[%d]", i), rule.To, rule.Ports)...)
	}
	return chain
}

// rules multiplies the peers of one API rule with its ports: any of one with any of the other.
func (c *compiler) rules(policy Policy, where string, peers []netv1.NetworkPolicyPeer, ports []netv1.NetworkPolicyPort) []Rule {
	var rules []Rule
	for _, peer := range c.peers(policy, where, peers) {
		if len(ports) == 0 {
			rules = append(rules, peer)
		}
		for _, port := range ports {
			if compiled, ok := c.ports(policy, port); ok {
				peer.Ports = &compiled
				rules = append(rules, peer)
			}
		}
	}
	return rules
}

func (c *compiler) selector(policy Policy, selector *metav1.LabelSelector) labels.Selector {
	compiled, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		c.problems = append(c.problems, fmt.Errorf("policy %s: %w", nameOf(policy), err))
		return labels.Nothing()
	}
	return compiled
}

func nameOf(policy Policy) string { return policy.Namespace + "/" + policy.Name }

// id is short enough for the kernel whatever the names are; namespaces and names hold no slash.
func id(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "/")))
	return hex.EncodeToString(sum[:8])
}

func sortedValues[V any](m map[string]V) []V {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	values := make([]V, 0, len(m))
	for _, key := range keys {
		values = append(values, m[key])
	}
	return values
}
