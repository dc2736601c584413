package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// BeyondAnnotation, on a namespace, names the ranges outside the cluster that its pods may reach, with commas in
// between: "169.254.169.254/32, 198.51.100.0/24". Without it they reach the cluster alone.
const BeyondAnnotation = "firedrill.network/further-destinations"

// beyond reads the annotation. Ranges inside another one are left out: the kernel's set takes no overlap. What is no
// IPv4 range allows nothing and is a problem.
func beyond(ns *corev1.Namespace) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range strings.FieldsFunc(ns.Annotations[BeyondAnnotation], func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(text)
		if err != nil || !prefix.Addr().Is4() {
			return nil, fmt.Errorf("namespace %s: %s holds %q, which is no IPv4 range", ns.Name, BeyondAnnotation, text)
		}
		all = append(all, prefix.Masked())
	}
	// The wider of two overlapping ranges comes first.
	slices.SortFunc(all, func(a, b netip.Prefix) int {
		if a.Bits() != b.Bits() {
			return a.Bits() - b.Bits()
		}
		return a.Addr().Compare(b.Addr())
	})
	var apart []netip.Prefix
	for _, prefix := range all {
		if !slices.ContainsFunc(apart, prefix.Overlaps) {
			apart = append(apart, prefix)
		}
	}
	return apart, nil
}
