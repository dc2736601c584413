package datapath

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"firedrill.local/network/internal/policy"
)

const (
	nodeAddr    = "172.30.0.1"
	clientAddr  = "10.244.1.5"
	serverAddr  = "10.244.1.6"
	otherAddr   = "10.244.1.7"
	unknownAddr = "10.244.1.9"
	remoteAddr  = "10.244.2.5"
	outsideAddr = "198.51.100.1"
	machineAddr = "169.254.169.254"
	gatewayAddr = "172.31.0.2"
	serviceAddr = "10.96.0.5"
)

// node is a node with the pods client, server and other, one address that no pod is known to have, and
// everything else in one host behind the uplink: another node with the pod remote, a machine with a
// link-local address, to which the node has a route, and the outside. The
// gateway, which stands for the machine under the lab, has a link of its own.
type node struct {
	*host
	pods    map[string]*host
	world   *host
	gateway *host
	writer  *Writer
	// further is the annotation of the pods' namespace.
	further string
}

func newNode(t *testing.T) *node {
	t.Helper()
	needKernel(t)
	n := &node{host: newHost(t), pods: map[string]*host{}, world: newHost(t), gateway: newHost(t)}
	must(t, n.do(func() (err error) {
		if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
			return err
		}
		n.writer, err = NewWriter()
		return err
	}))
	for i, addr := range []string{clientAddr, serverAddr, otherAddr, unknownAddr} {
		n.pods[addr] = n.pod(fmt.Sprintf("pod%d", i), addr)
	}
	n.link("up", n.world, "eth0")
	n.address("up", nodeAddr+"/24")
	n.world.address("eth0", "172.30.0.2/24")
	n.world.address("lo", remoteAddr+"/32")
	n.world.address("lo", outsideAddr+"/32")
	n.world.address("lo", machineAddr+"/32")
	n.world.route("10.244.1.0/24", "eth0", nodeAddr)
	n.route("10.244.2.0/24", "up", "172.30.0.2")
	n.route(machineAddr+"/32", "up", "172.30.0.2")
	n.route("0.0.0.0/0", "up", "172.30.0.2")
	n.link("gw", n.gateway, "eth0")
	n.address("gw", "172.31.0.1/24")
	n.gateway.address("eth0", gatewayAddr+"/24")
	n.gateway.route("0.0.0.0/0", "eth0", "172.31.0.1")
	n.gateway.serve(gatewayAddr, 80)
	n.world.route("172.31.0.0/24", "eth0", nodeAddr)
	for _, port := range []uint16{80, 81, 82} {
		for _, addr := range []string{"172.30.0.2", remoteAddr, outsideAddr, machineAddr} {
			n.world.serve(addr, port)
		}
	}
	// What kube-proxy does for a Service whose one endpoint is the server.
	n.nft(fmt.Sprintf(`table ip services {
		chain in { type nat hook prerouting priority dstnat; ip daddr %s tcp dport 80 dnat to %s:80; }
		chain out { type nat hook postrouting priority srcnat; ip saddr %s ip daddr %[2]s masquerade; }
	}`, serviceAddr, serverAddr, serverAddr))
	return n
}

// pod connects a pod as the ptp plugin does.
func (n *node) pod(link, addr string) *host {
	pod := newHost(n.t)
	n.link(link, pod, "eth0")
	n.address(link, "10.244.1.1/32")
	n.route(addr+"/32", link, "")
	pod.address("eth0", addr+"/32")
	pod.route("10.244.1.1/32", "eth0", "")
	pod.route("0.0.0.0/0", "eth0", "10.244.1.1")
	for _, port := range []uint16{80, 81, 82} {
		pod.serve(addr, port)
	}
	return pod
}

// enforce writes the table for policies as people write them, all in the pods' one namespace.
func (n *node) enforce(specs ...string) {
	n.t.Helper()
	must(n.t, n.write(n.rules(specs...)))
}

func (n *node) write(rules policy.Ruleset) error {
	network := Network{
		PodCIDR: netip.MustParsePrefix("10.244.1.0/24"),
		Cluster: []netip.Prefix{
			netip.MustParsePrefix("10.244.1.0/24"), netip.MustParsePrefix(nodeAddr + "/32"),
			netip.MustParsePrefix("10.244.2.0/24"), netip.MustParsePrefix("172.30.0.2/32"),
		},
	}
	return n.do(func() error { return n.writer.Write(context.Background(), network, rules) })
}

func (n *node) rules(specs ...string) policy.Ruleset {
	n.t.Helper()
	in := policy.Input{Node: "here", Namespaces: []*corev1.Namespace{
		{ObjectMeta: metav1.ObjectMeta{
			Name: "shop", Labels: map[string]string{"name": "shop"},
			Annotations: map[string]string{policy.BeyondAnnotation: n.further},
		}},
	}}
	for name, addr := range map[string]string{
		"client": clientAddr, "server": serverAddr, "other": otherAddr, "remote": remoteAddr,
	} {
		p := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Labels: map[string]string{"app": name}},
			Spec: corev1.PodSpec{NodeName: "here", Containers: []corev1.Container{
				{Ports: []corev1.ContainerPort{{Name: "web", ContainerPort: 80}}},
			}},
			Status: corev1.PodStatus{PodIP: addr},
		}
		if name == "remote" {
			p.Spec.NodeName = "elsewhere"
		}
		in.Pods = append(in.Pods, p)
	}
	for i, text := range specs {
		p := &netv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("policy-%d", i)}}
		must(n.t, yaml.UnmarshalStrict([]byte(text), &p.Spec))
		in.Policies = append(in.Policies, p)
	}
	rules, err := policy.Compile(in)
	must(n.t, err)
	return rules
}

// from is the host that has the address.
func (n *node) from(addr string) *host {
	switch addr {
	case nodeAddr:
		return n.host
	case remoteAddr, outsideAddr, machineAddr:
		return n.world
	case gatewayAddr:
		return n.gateway
	}
	return n.pods[addr]
}
