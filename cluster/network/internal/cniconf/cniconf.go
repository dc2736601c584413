// Package cniconf writes the file from which the container runtime learns how a pod is connected.
package cniconf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
)

// FileName sorts before what other networks usually write; the runtime takes the first.
const FileName = "10-firedrill.conflist"

type conflist struct {
	CNIVersion string   `json:"cniVersion"`
	Name       string   `json:"name"`
	Plugins    []plugin `json:"plugins"`
}

type plugin struct {
	Type         string          `json:"type"`
	MTU          int             `json:"mtu,omitempty"`
	IPAM         *ipam           `json:"ipam,omitempty"`
	Capabilities map[string]bool `json:"capabilities,omitempty"`
}

type ipam struct {
	Type string `json:"type"`
	// DataDir is on a file system that a restart of the node empties: so do the pods end there.
	DataDir string     `json:"dataDir"`
	Ranges  [][]subnet `json:"ranges"`
	Routes  []route    `json:"routes"`
}

type subnet struct {
	Subnet string `json:"subnet"`
}

type route struct {
	Dst string `json:"dst"`
}

// Render gives the file's content: a point-to-point link for each pod with an address of the node's
// range, host ports, and last the gate that waits until the pod's policies stand.
func Render(podCIDR netip.Prefix, mtu int) ([]byte, error) {
	return json.MarshalIndent(conflist{
		CNIVersion: "1.0.0",
		Name:       "firedrill",
		Plugins: []plugin{
			{Type: "ptp", MTU: mtu, IPAM: &ipam{
				Type:    "host-local",
				DataDir: "/run/firedrill-network/addresses",
				Ranges:  [][]subnet{{{Subnet: podCIDR.String()}}},
				Routes:  []route{{Dst: "0.0.0.0/0"}},
			}},
			{Type: "portmap", Capabilities: map[string]bool{"portMappings": true}},
			{Type: "network-gate"},
		},
	}, "", "  ")
}

// Write puts the file in place at once as a whole, unless it is there already.
func Write(dir string, podCIDR netip.Prefix, mtu int) error {
	content, err := Render(podCIDR, mtu)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, FileName)
	if present, err := os.ReadFile(path); err == nil && bytes.Equal(present, content) {
		return nil
	}
	return Replace(path, content, 0o644)
}

// Replace writes a file so that a reader sees the old or the new one, never half of it.
func Replace(path string, content []byte, mode os.FileMode) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(content); err != nil {
		temporary.Close()
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	if err := os.Chmod(temporary.Name(), mode); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// UplinkMTU is the MTU of the interface that carries the node's address.
func UplinkMTU(node netip.Addr) (int, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return 0, err
	}
	for _, candidate := range interfaces {
		addrs, err := candidate.Addrs()
		if err != nil {
			return 0, err
		}
		for _, addr := range addrs {
			if prefix, err := netip.ParsePrefix(addr.String()); err == nil && prefix.Addr() == node {
				return candidate.MTU, nil
			}
		}
	}
	return 0, fmt.Errorf("no interface has the node's address %s", node)
}
