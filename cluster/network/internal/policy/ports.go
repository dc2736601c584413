package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func (c *compiler) ports(policy Policy, port netv1.NetworkPolicyPort) (Ports, bool) {
	protocol := corev1.ProtocolTCP
	if port.Protocol != nil {
		protocol = *port.Protocol
	}
	ports := Ports{Protocol: strings.ToLower(string(protocol))}
	switch {
	case port.Port == nil:
		return ports, true
	case port.Port.Type == intstr.String:
		return c.named(protocol, port.Port.StrVal)
	}
	first, last := port.Port.IntVal, port.Port.IntVal
	if port.EndPort != nil {
		last = *port.EndPort
	}
	if first < 1 || last < first || last > 65535 {
		c.problems = append(c.problems, fmt.Errorf("policy %s: ports %d to %d", nameOf(policy), first, last))
		return Ports{}, false
	}
	ports.First, ports.Last = uint16(first), uint16(last)
	return ports, true
}

// named resolves a port's name for each pod. It is the destination's name in both directions: of the
// selected pod for ingress, of the peer for egress. Where no pod has it, nothing is allowed.
func (c *compiler) named(protocol corev1.Protocol, name string) (Ports, bool) {
	lower := strings.ToLower(string(protocol))
	port := NamedPort{ID: id(lower, name), Protocol: lower}
	for _, p := range c.pods {
		for _, number := range numbers(p.Pod, protocol, name) {
			port.Targets = append(port.Targets, netip.AddrPortFrom(p.addr, number))
		}
	}
	if len(port.Targets) == 0 {
		return Ports{}, false
	}
	c.namedPorts[port.ID] = port
	return Ports{Protocol: lower, Named: port.ID}, true
}

func numbers(p *corev1.Pod, protocol corev1.Protocol, name string) []uint16 {
	containers := slices.Clone(p.Spec.Containers)
	for _, init := range p.Spec.InitContainers {
		// A sidecar: it runs as long as the pod does.
		if init.RestartPolicy != nil && *init.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			containers = append(containers, init)
		}
	}
	var found []uint16
	for _, container := range containers {
		for _, port := range container.Ports {
			same := port.Protocol == protocol || port.Protocol == "" && protocol == corev1.ProtocolTCP
			number := uint16(port.ContainerPort)
			if port.Name == name && same && !slices.Contains(found, number) {
				found = append(found, number)
			}
		}
	}
	return found
}
