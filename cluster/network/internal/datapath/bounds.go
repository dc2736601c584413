package datapath

import "sigs.k8s.io/knftables"

// addBounds keeps the lab closed: a forwarded connection ends at a pod, at a node, or in a range that the
// source pod's namespace declares; not at the host, nor beyond. Where it comes from does not matter, so
// a forged source opens nothing. What answers a connection into the cluster passes.
//
// The chain stands after kube-proxy's, which refuses a Service without endpoints at once: at that
// moment the packet still has the Service's address, which is no pod's and no node's.
func addBounds(tx *knftables.Transaction) {
	tx.Add(&knftables.Chain{
		Name:     "bounds",
		Type:     knftables.PtrTo(knftables.FilterType),
		Hook:     knftables.PtrTo(knftables.ForwardHook),
		Priority: knftables.PtrTo(knftables.FilterPriority + "+10"),
	})
	for _, rule := range []string{
		errorsAboutAConnection,
		"ct direction reply ip saddr @cluster accept",
		"ct direction reply ip daddr . ip saddr @beyond accept",
		"ct direction reply drop",
		"ip daddr @cluster accept",
		"ip saddr . ip daddr @beyond accept",
		// An answer at once, as from a router that knows no way: nobody waits for a time-out.
		"reject with icmp admin-prohibited",
	} {
		tx.Add(&knftables.Rule{Chain: "bounds", Rule: rule})
	}
	// kind's nodes translate port 53 of the network's gateway to Docker's resolver, which listens at the
	// node's own loopback and asks the host's. That is the node's business: it comes by no other link.
	tx.Add(&knftables.Chain{
		Name:     "loopback",
		Type:     knftables.PtrTo(knftables.FilterType),
		Hook:     knftables.PtrTo(knftables.InputHook),
		Priority: knftables.PtrTo(knftables.FilterPriority),
	})
	tx.Add(&knftables.Rule{Chain: "loopback", Rule: `iifname != "lo" ip daddr 127.0.0.0/8 drop`})
}
