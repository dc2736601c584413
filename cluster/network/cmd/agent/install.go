package main

import (
	"fmt"
	"os"

	"firedrill.local/network/internal/cniconf"
)

const (
	gateInImage = "/usr/local/bin/network-gate"
	gateOnNode  = "/opt/cni/bin/network-gate"
)

// install puts the CNI plugin where the node's container runtime looks for plugins. A running plugin
// keeps the file it was started from.
func install() error {
	content, err := os.ReadFile(gateInImage)
	if err != nil {
		return fmt.Errorf("the image lacks the CNI plugin: %w", err)
	}
	if err := cniconf.Replace(gateOnNode, content, 0o755); err != nil {
		return fmt.Errorf("the CNI plugin was not installed: %w", err)
	}
	return nil
}
