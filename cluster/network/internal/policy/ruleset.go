// Package policy turns what the Kubernetes API says about pods, namespaces and NetworkPolicies into
// what one node has to enforce. It is pure: no clock, no client, no kernel.
package policy

import "net/netip"

// Direction is the side of a connection a policy speaks about.
type Direction int

const (
	// Egress is judged where the connection leaves its source pod.
	Egress Direction = iota
	// Ingress is judged where the connection reaches its destination pod.
	Ingress
)

func (d Direction) String() string {
	if d == Egress {
		return "egress"
	}
	return "ingress"
}

// Ruleset is everything one node enforces. Compiling the same input gives an equal value, in a fixed
// order, so two of them can be compared.
type Ruleset struct {
	// Endpoints are the pods of this node that have an address, by address.
	Endpoints []Endpoint
	// Chains are the policies that select one of the endpoints, one for each direction they isolate.
	Chains []Chain
	// AddrSets are the peers that chains refer to.
	AddrSets []AddrSet
	// NamedPorts are the named ports that chains refer to.
	NamedPorts []NamedPort
}

// Endpoint is one local pod.
type Endpoint struct {
	Addr netip.Addr
	// Pod is namespace/name.
	Pod string
	// Chains holds, for each direction, the IDs of the policies that isolate the pod. An endpoint is
	// open in a direction when no policy isolates it there.
	Chains [2][]string
	// Beyond holds the ranges outside the cluster that the pod may reach, none inside another.
	Beyond []netip.Prefix
}

// Chain is what one policy allows in one direction. What no rule allows is left to the next policy of
// the endpoint; what no policy of an isolated endpoint allows is dropped.
type Chain struct {
	ID string
	// Policy is namespace/name.
	Policy    string
	Direction Direction
	Rules     []Rule
}

// Rule allows a packet that satisfies every condition that is set.
type Rule struct {
	// Peers is the ID of the AddrSet the other end has to be in; empty where pods do not matter.
	Peers string
	// Block is the range the other end has to be in.
	Block *Block
	// Ports limits protocol and destination port.
	Ports *Ports
}

// Block is an address range with holes.
type Block struct {
	Net    netip.Prefix
	Except []netip.Prefix
}

// Ports is a protocol with a range of destination ports, or with a named port.
type Ports struct {
	// Protocol is tcp, udp or sctp.
	Protocol string
	// First and Last are inclusive; both 0 mean every port.
	First, Last uint16
	// Named is the ID of a NamedPort; empty for a numeric one.
	Named string
}

// AddrSet is a set of pod addresses, sorted.
type AddrSet struct {
	ID    string
	Addrs []netip.Addr
}

// NamedPort says which port the name stands for in each pod that declares it.
type NamedPort struct {
	ID       string
	Protocol string
	Targets  []netip.AddrPort
}
