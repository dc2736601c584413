// Package datapath writes a ruleset into the kernel: one nftables table, replaced as a whole.
package datapath

import (
	"net/netip"

	"sigs.k8s.io/knftables"

	"firedrill.local/network/internal/policy"
)

// TableName is the table's name in the family ip.
const TableName = "firedrill-network"

// Network is what the table has to know of the node and its cluster.
type Network struct {
	// PodCIDR is the range the node's pods get their addresses from.
	PodCIDR netip.Prefix
	// Cluster holds every node's pod range and address, sorted: there, a pod is known by its own address.
	Cluster []netip.Prefix
}

// Replace adds to the transaction what puts a new table in place of whatever was there.
//
// The kernel switches from the old rules to the new ones between two packets. A packet that is
// forwarded passes, in this order,
//
//	forward → departure → egress chain of its source pod → arrival → ingress chain of its destination pod
//
// and kube-proxy has put a real address in place of a Service's before. Every packet is judged, not
// only the first of a connection, so a new policy also ends what is open. A packet of the reply
// direction is judged by the mirror image of the rules: as the connection it answers is.
func Replace(tx *knftables.Transaction, network Network, rules policy.Ruleset) {
	// Deleting a table that is not there fails; adding one that is there does not.
	tx.Add(&knftables.Table{})
	tx.Delete(&knftables.Table{})
	tx.Add(&knftables.Table{Comment: knftables.PtrTo("pod network of the lab")})

	addSets(tx, network, rules)
	addMasquerade(tx, network)
	for _, v := range []view{original, reply} {
		addStages(tx, v, network)
		addPolicies(tx, v, rules)
		addEndpoints(tx, v, rules)
	}
	addForward(tx)
	addBounds(tx)
}

func addSets(tx *knftables.Transaction, network Network, rules policy.Ruleset) {
	tx.Add(&knftables.Set{Name: "cluster", Type: "ipv4_addr", Flags: []knftables.SetFlag{knftables.IntervalFlag},
		AutoMerge: knftables.PtrTo(true)})
	for _, prefix := range network.Cluster {
		tx.Add(&knftables.Element{Set: "cluster", Key: []string{prefix.String()}})
	}
	tx.Add(&knftables.Set{Name: "self", Type: "ipv4_addr . ipv4_addr"})
	for _, endpoint := range rules.Endpoints {
		addr := endpoint.Addr.String()
		tx.Add(&knftables.Element{Set: "self", Key: []string{addr, addr}})
	}
	tx.Add(&knftables.Set{Name: "beyond", Type: "ipv4_addr . ipv4_addr", Flags: []knftables.SetFlag{knftables.IntervalFlag}})
	for _, endpoint := range rules.Endpoints {
		for _, prefix := range endpoint.Beyond {
			tx.Add(&knftables.Element{Set: "beyond", Key: []string{endpoint.Addr.String(), prefix.String()}})
		}
	}
	for _, set := range rules.AddrSets {
		tx.Add(&knftables.Set{Name: peersSet(set.ID), Type: "ipv4_addr"})
		for _, addr := range set.Addrs {
			tx.Add(&knftables.Element{Set: peersSet(set.ID), Key: []string{addr.String()}})
		}
	}
	for _, port := range rules.NamedPorts {
		tx.Add(&knftables.Set{Name: portSet(port.ID), Type: "ipv4_addr . inet_service"})
		for _, target := range port.Targets {
			tx.Add(&knftables.Element{Set: portSet(port.ID),
				Key: []string{target.Addr().String(), knftables.Concat(target.Port())}})
		}
	}
}

// linkLocal is never seen beyond the nodes' own network: whoever has such an address knows the way to a
// pod, and a metadata service has to know which pod asks.
const linkLocal = "169.254.0.0/16"

// addMasquerade gives what leaves the cluster the node's address, since nobody out there knows the way
// to a pod.
func addMasquerade(tx *knftables.Transaction, network Network) {
	tx.Add(&knftables.Chain{
		Name:     "leaving-cluster",
		Type:     knftables.PtrTo(knftables.NATType),
		Hook:     knftables.PtrTo(knftables.PostroutingHook),
		Priority: knftables.PtrTo(knftables.SNATPriority),
	})
	tx.Add(&knftables.Rule{Chain: "leaving-cluster",
		Rule: knftables.Concat("ip saddr", network.PodCIDR, "ip daddr != @cluster ip daddr !=", linkLocal, "masquerade")})
}

// errorsAboutAConnection: without "fragmentation needed" an allowed connection stalls.
const errorsAboutAConnection = "icmp type { destination-unreachable, time-exceeded, parameter-problem } ct state related accept"

// addForward is the way in. Packets between a node and its own pods are not forwarded: they are always
// allowed, as the API demands.
func addForward(tx *knftables.Transaction) {
	tx.Add(&knftables.Chain{
		Name:     "forward",
		Type:     knftables.PtrTo(knftables.FilterType),
		Hook:     knftables.PtrTo(knftables.ForwardHook),
		Priority: knftables.PtrTo(knftables.FilterPriority),
	})
	for _, rule := range []string{
		errorsAboutAConnection,
		knftables.Concat("ct direction reply goto", reply.departure()),
		knftables.Concat("goto", original.departure()),
	} {
		tx.Add(&knftables.Rule{Chain: "forward", Rule: rule})
	}
}

func peersSet(id string) string { return "peers-" + id }
func portSet(id string) string  { return "port-" + id }
