package cniconf

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteReplacesTheFileOnlyWhenSomethingChanged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	write := func(cidr string, mtu int) os.FileInfo {
		t.Helper()
		if err := Write(dir, netip.MustParsePrefix(cidr), mtu); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first := write("10.244.1.0/24", 1450)
	if !os.SameFile(first, write("10.244.1.0/24", 1450)) {
		t.Error("replaced though nothing changed")
	}
	if os.SameFile(first, write("10.244.1.0/24", 1500)) {
		t.Error("not replaced though the MTU changed")
	}
	if first.Mode().Perm() != 0o644 {
		t.Errorf("the runtime cannot read it: %s", first.Mode())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("something else was left there: %v, %v", entries, err)
	}
}

func TestTheGateIsTheLastPlugin(t *testing.T) {
	content, err := Render(netip.MustParsePrefix("10.244.1.0/24"), 1450)
	if err != nil {
		t.Fatal(err)
	}
	var conf struct {
		Plugins []struct {
			Type string
			MTU  int
			IPAM struct{ Ranges [][]struct{ Subnet string } }
		}
	}
	if err := json.Unmarshal(content, &conf); err != nil {
		t.Fatal(err)
	}
	link, gate := conf.Plugins[0], conf.Plugins[len(conf.Plugins)-1]
	if link.Type != "ptp" || link.MTU != 1450 || link.IPAM.Ranges[0][0].Subnet != "10.244.1.0/24" {
		t.Errorf("the link is %+v", link)
	}
	if gate.Type != "network-gate" {
		t.Errorf("the last plugin is %s: pods start before their policies are enforced", gate.Type)
	}
}

func TestUplinkMTUIsThatOfTheInterfaceWithTheAddress(t *testing.T) {
	if mtu, err := UplinkMTU(netip.MustParseAddr("127.0.0.1")); err != nil || mtu < 1500 {
		t.Errorf("loopback: %d, %v", mtu, err)
	}
	if mtu, err := UplinkMTU(netip.MustParseAddr("192.0.2.1")); err == nil {
		t.Errorf("an address that nobody has: %d", mtu)
	}
}
