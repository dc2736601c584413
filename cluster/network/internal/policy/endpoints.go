package policy

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// ConfigHashAnnotation holds, on the API's mirror of a static pod, the UID the kubelet knows it by.
const ConfigHashAnnotation = "kubernetes.io/config.hash"

// Announced is a pod of this node whose address the container runtime gave before the API has it.
type Announced struct {
	UID  string
	Addr netip.Addr
}

// Input is what the API, and the runtime of this node, say.
type Input struct {
	Node       string
	Pods       []*corev1.Pod
	Namespaces []*corev1.Namespace
	Policies   []Policy
	// Announced is keyed by the pod's name; it is newer than the pod's status.
	Announced map[types.NamespacedName]Announced
}

type pod struct {
	*corev1.Pod
	addr      netip.Addr
	announced bool
}

// addressed gives every pod that owns an address of its own, sorted by that address.
//
// Pods on the host's network share the node's address, which is no pod's; finished pods have given
// theirs back, though their status still shows it. Where two pods claim one address, the announced one
// has it, else the one that is not on its way out, else the younger.
func addressed(in Input) []pod {
	owners := map[netip.Addr]pod{}
	for _, p := range in.Pods {
		if p.Spec.HostNetwork || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
			continue
		}
		candidate := pod{Pod: p}
		name := types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
		if a, ok := in.Announced[name]; ok && p.Spec.NodeName == in.Node && SameUID(p, a.UID) {
			candidate.addr, candidate.announced = a.Addr, true
		} else if candidate.addr, ok = statusAddr(p); !ok {
			continue
		}
		if owner, taken := owners[candidate.addr]; !taken || outranks(candidate, owner) {
			owners[candidate.addr] = candidate
		}
	}
	pods := make([]pod, 0, len(owners))
	for _, p := range owners {
		pods = append(pods, p)
	}
	slices.SortFunc(pods, func(a, b pod) int { return a.addr.Compare(b.addr) })
	return pods
}

// SameUID tells whether the API's pod is the one the kubelet knows by uid, a static pod's mirror
// included.
func SameUID(p *corev1.Pod, uid string) bool {
	return string(p.UID) == uid || p.Annotations[ConfigHashAnnotation] == uid
}

func statusAddr(p *corev1.Pod) (netip.Addr, bool) {
	ips := []string{p.Status.PodIP}
	for _, ip := range p.Status.PodIPs {
		ips = append(ips, ip.IP)
	}
	for _, ip := range ips {
		if addr, err := netip.ParseAddr(ip); err == nil && addr.Is4() {
			return addr, true
		}
	}
	return netip.Addr{}, false
}

func outranks(a, b pod) bool {
	if a.announced != b.announced {
		return a.announced
	}
	if leavingA, leavingB := a.DeletionTimestamp != nil, b.DeletionTimestamp != nil; leavingA != leavingB {
		return leavingB
	}
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return b.CreationTimestamp.Before(&a.CreationTimestamp)
	}
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name)) < 0
}
