package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"firedrill.local/network/internal/gate"
)

// conf is what the runtime writes to a plugin's standard input.
type conf struct {
	CNIVersion string          `json:"cniVersion"`
	PrevResult json.RawMessage `json:"prevResult"`
}

func (c conf) announcement(env func(string) string) (gate.Announcement, error) {
	args := map[string]string{}
	for _, pair := range strings.Split(env("CNI_ARGS"), ";") {
		key, value, _ := strings.Cut(pair, "=")
		args[key] = value
	}
	a := gate.Announcement{
		Sandbox:   env("CNI_CONTAINERID"),
		Namespace: args["K8S_POD_NAMESPACE"],
		Name:      args["K8S_POD_NAME"],
		UID:       args["K8S_POD_UID"],
		At:        time.Now(),
	}
	if a.Sandbox == "" || a.Namespace == "" || a.Name == "" || a.UID == "" {
		return a, fmt.Errorf("the runtime did not say which pod this is: CNI_ARGS is %q", env("CNI_ARGS"))
	}
	var err error
	a.Addr, err = address(c.PrevResult)
	return a, err
}

// address is the IPv4 address the plugins before this one gave the pod.
func address(result json.RawMessage) (netip.Addr, error) {
	var previous struct {
		IPs []struct {
			Address string `json:"address"`
		} `json:"ips"`
	}
	if err := json.Unmarshal(result, &previous); err != nil {
		return netip.Addr{}, fmt.Errorf("the plugin before this one left no result: %w", err)
	}
	for _, ip := range previous.IPs {
		if prefix, err := netip.ParsePrefix(ip.Address); err == nil && prefix.Addr().Is4() {
			return prefix.Addr(), nil
		}
	}
	return netip.Addr{}, fmt.Errorf("the plugin before this one gave no IPv4 address: %s", result)
}
