package agent

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"firedrill.local/network/internal/cniconf"
	"firedrill.local/network/internal/datapath"
	"firedrill.local/network/internal/gate"
	"firedrill.local/network/internal/policy"
	"firedrill.local/network/internal/routes"
)

// sync makes the node be what the API says; enforced tells whether the table is. Policies come first and
// the runtime's configuration last: before there is one, no pod starts on the node.
func (a *Agent) sync(ctx context.Context) (enforced bool, err error) {
	nodes, err := a.watch.nodes.List(labels.Everything())
	if err != nil {
		return false, err
	}
	own, peers, err := split(nodes, a.config.Node)
	if err != nil {
		return false, err
	}
	rules, err := a.compile()
	if err != nil && rules == nil {
		return false, err
	}
	oddities := err
	if err := a.writer.Write(ctx, network(own, peers), *rules); err != nil {
		return false, errors.Join(oddities, err)
	}
	return true, errors.Join(oddities, routes.Sync(peers), a.writeCNI(own))
}

func (a *Agent) compile() (*policy.Ruleset, error) {
	in, err := a.watch.state()
	if err != nil {
		return nil, err
	}
	announced, err := gate.Announced(a.config.GateDir)
	if err != nil {
		return nil, err
	}
	in.Node = a.config.Node
	in.Announced = map[types.NamespacedName]policy.Announced{}
	for pod, announcement := range announced {
		in.Announced[pod] = policy.Announced{UID: announcement.UID, Addr: announcement.Addr}
	}
	rules, err := policy.Compile(in)
	return &rules, err
}

func (a *Agent) writeCNI(own routes.Peer) error {
	mtu, err := cniconf.UplinkMTU(own.Addr)
	if err != nil {
		return err
	}
	return cniconf.Write(a.config.CNIDir, own.PodCIDR, mtu)
}

// split finds the node itself among all; a peer without range or address has no pods to reach yet.
func split(nodes []*corev1.Node, name string) (own routes.Peer, peers []routes.Peer, err error) {
	for _, node := range nodes {
		peer, ok := asPeer(node)
		switch {
		case node.Name != name && ok:
			peers = append(peers, peer)
		case node.Name == name && ok:
			own = peer
		case node.Name == name:
			return own, nil, fmt.Errorf("node %s has no IPv4 pod range or no internal address yet", name)
		}
	}
	if own.Name == "" {
		return own, nil, fmt.Errorf("the API has no node %s", name)
	}
	slices.SortFunc(peers, func(a, b routes.Peer) int { return a.PodCIDR.Addr().Compare(b.PodCIDR.Addr()) })
	return own, peers, nil
}

func asPeer(node *corev1.Node) (routes.Peer, bool) {
	peer := routes.Peer{Name: node.Name}
	for _, cidr := range append([]string{node.Spec.PodCIDR}, node.Spec.PodCIDRs...) {
		if prefix, err := netip.ParsePrefix(cidr); err == nil && prefix.Addr().Is4() {
			peer.PodCIDR = prefix.Masked()
			break
		}
	}
	for _, address := range node.Status.Addresses {
		if address.Type != corev1.NodeInternalIP {
			continue
		}
		if addr, err := netip.ParseAddr(address.Address); err == nil && addr.Is4() {
			peer.Addr = addr
			break
		}
	}
	return peer, peer.PodCIDR.IsValid() && peer.Addr.IsValid()
}

func network(own routes.Peer, peers []routes.Peer) datapath.Network {
	out := datapath.Network{PodCIDR: own.PodCIDR}
	for _, node := range append([]routes.Peer{own}, peers...) {
		out.Cluster = append(out.Cluster, node.PodCIDR, netip.PrefixFrom(node.Addr, 32))
	}
	return out
}
