// Package routes keeps one route for every other node: to its pods, by way of its address. And one that
// leads nowhere: what has a link-local address and no route of its own is not looked for beyond the node.
package routes

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/vishvananda/netlink"
)

// owned marks the routes this package made, so that it takes back those and no others. The number is
// in the range the kernel leaves to whoever needs one.
const owned = netlink.RouteProtocol(220)

// linkLocal holds the metadata services of clouds. The host under the lab may be a machine of one, and its
// default route would lead there; a more specific route, to a machine of the lab, goes before this one.
var linkLocal = netip.MustParsePrefix("169.254.0.0/16")

// Peer is another node.
type Peer struct {
	Name    string
	PodCIDR netip.Prefix
	Addr    netip.Addr
}

// Sync makes the routes be those of the peers. It does what it can, then reports what it could not.
func Sync(peers []Peer) error {
	var problems []error
	wanted := map[netip.Prefix]bool{linkLocal: true}
	if err := netlink.RouteReplace(nowhere(linkLocal)); err != nil {
		problems = append(problems, fmt.Errorf("what leads to %s cannot be closed: %w", linkLocal, err))
	}
	for _, peer := range peers {
		wanted[peer.PodCIDR] = true
		if err := netlink.RouteReplace(route(peer.PodCIDR, peer.Addr)); err != nil {
			problems = append(problems, fmt.Errorf("route to the pods of %s by %s: %w", peer.Name, peer.Addr, err))
		}
	}
	present, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Protocol: owned}, netlink.RT_FILTER_PROTOCOL)
	if err != nil {
		return errors.Join(append(problems, fmt.Errorf("routes cannot be listed: %w", err))...)
	}
	for _, old := range present {
		prefix, err := netip.ParsePrefix(old.Dst.String())
		if err == nil && wanted[prefix] {
			continue
		}
		if err := netlink.RouteDel(&old); err != nil {
			problems = append(problems, fmt.Errorf("route to %s was not removed: %w", old.Dst, err))
		}
	}
	return errors.Join(problems...)
}

func route(to netip.Prefix, via netip.Addr) *netlink.Route {
	return &netlink.Route{
		Dst:      &net.IPNet{IP: to.Addr().AsSlice(), Mask: net.CIDRMask(to.Bits(), 32)},
		Gw:       via.AsSlice(),
		Protocol: owned,
	}
}

func nowhere(to netip.Prefix) *netlink.Route {
	return &netlink.Route{
		Dst:      &net.IPNet{IP: to.Addr().AsSlice(), Mask: net.CIDRMask(to.Bits(), 32)},
		Type:     syscall.RTN_PROHIBIT,
		Protocol: owned,
	}
}
