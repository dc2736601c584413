package policy

import (
	"fmt"
	"net/netip"

	netv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// peers gives one port-less rule for all pods the peers select, and one for each block. No peers at all
// stand for everybody. Selectors that match no pod allow nothing and leave no rule.
func (c *compiler) peers(policy Policy, where string, peers []netv1.NetworkPolicyPeer) []Rule {
	if len(peers) == 0 {
		return []Rule{{}}
	}
	var rules []Rule
	var selectors []func(pod) bool
	for _, peer := range peers {
		if peer.IPBlock == nil {
			selectors = append(selectors, c.peerSelector(policy, peer))
			continue
		}
		if block, ok := c.block(policy, peer.IPBlock); ok {
			rules = append(rules, Rule{Block: &block})
		}
	}
	var addrs []netip.Addr
	for _, p := range c.pods {
		for _, selects := range selectors {
			if selects(p) {
				addrs = append(addrs, p.addr)
				break
			}
		}
	}
	if len(addrs) > 0 {
		set := AddrSet{ID: id(policy.Namespace, policy.Name, where), Addrs: addrs}
		c.addrSets[set.ID] = set
		rules = append(rules, Rule{Peers: set.ID})
	}
	return rules
}

// peerSelector: a podSelector alone speaks of the policy's own namespace, a namespaceSelector alone of
// every pod in the namespaces it matches, both together of the matching pods in the matching namespaces.
func (c *compiler) peerSelector(policy Policy, peer netv1.NetworkPolicyPeer) func(pod) bool {
	if peer.PodSelector == nil && peer.NamespaceSelector == nil {
		c.problems = append(c.problems, fmt.Errorf("policy %s: a peer without selector and without ipBlock", nameOf(policy)))
		return func(pod) bool { return false }
	}
	inNamespace := func(p pod) bool { return p.Namespace == policy.Namespace }
	if peer.NamespaceSelector != nil {
		selector := c.selector(policy, peer.NamespaceSelector)
		inNamespace = func(p pod) bool {
			set, known := c.namespaces[p.Namespace]
			return known && selector.Matches(set)
		}
	}
	pods := labels.Everything()
	if peer.PodSelector != nil {
		pods = c.selector(policy, peer.PodSelector)
	}
	return func(p pod) bool { return inNamespace(p) && pods.Matches(labels.Set(p.Labels)) }
}

func (c *compiler) block(policy Policy, block *netv1.IPBlock) (Block, bool) {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil {
		c.problems = append(c.problems, fmt.Errorf("policy %s: %w", nameOf(policy), err))
		return Block{}, false
	}
	if !prefix.Addr().Is4() {
		return Block{}, false
	}
	out := Block{Net: prefix.Masked()}
	for _, except := range block.Except {
		hole, err := netip.ParsePrefix(except)
		if err != nil {
			// Without the hole the block would allow more than was written.
			c.problems = append(c.problems, fmt.Errorf("policy %s: %w", nameOf(policy), err))
			return Block{}, false
		}
		if hole.Addr().Is4() {
			out.Except = append(out.Except, hole.Masked())
		}
	}
	return out, true
}
