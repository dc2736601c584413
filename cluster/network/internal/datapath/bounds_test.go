package datapath

import (
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
)

func TestForwardedPacketsStayInTheLab(t *testing.T) {
	n := newNode(t)
	type attempt struct {
		from, network, to string
		pass              bool
	}
	closed := []attempt{
		{clientAddr, "tcp", serverAddr + ":80", true},
		{clientAddr, "tcp", remoteAddr + ":80", true},
		{clientAddr, "tcp", "172.30.0.2:80", true},
		{clientAddr, "tcp", serviceAddr + ":80", true},
		{clientAddr, "tcp", gatewayAddr + ":80", false},
		{clientAddr, "udp", gatewayAddr + ":80", false},
		{nodeAddr, "tcp", gatewayAddr + ":80", true},
		{nodeAddr, "tcp", outsideAddr + ":80", true},
		{gatewayAddr, "tcp", clientAddr + ":80", true},
		{gatewayAddr, "udp", clientAddr + ":80", true},
		{gatewayAddr, "tcp", serviceAddr + ":80", true},
		{gatewayAddr, "tcp", outsideAddr + ":80", false},
	}
	for _, c := range []struct {
		name, further string
		attempts      []attempt
	}{
		{"nothing is declared", "", append(closed,
			attempt{clientAddr, "tcp", outsideAddr + ":80", false},
			attempt{clientAddr, "udp", outsideAddr + ":80", false})},
		{"a range is declared", "198.51.100.0/24", append(closed,
			attempt{clientAddr, "tcp", outsideAddr + ":80", true},
			attempt{clientAddr, "udp", outsideAddr + ":80", true},
			attempt{unknownAddr, "tcp", outsideAddr + ":80", false})},
	} {
		t.Run(c.name, func(t *testing.T) {
			n.further = c.further
			n.enforce()
			for _, a := range c.attempts {
				if pass := n.from(a.from).seenAs(a.network, a.to) != ""; pass != a.pass {
					t.Errorf("from %s to %s %s: passed is %v, should be %v", a.from, a.network, a.to, pass, a.pass)
				}
			}
		})
	}
}

func TestWhatLeavesTheLabIsRefusedAtOnce(t *testing.T) {
	n := newNode(t)
	n.enforce()
	_, err := n.pods[clientAddr].dial("tcp", outsideAddr+":80")
	var timed net.Error
	if err == nil || errors.As(err, &timed) && timed.Timeout() {
		t.Errorf("not refused at once: %v", err)
	}
}

func TestAnOpenConnectionEndsWithItsDeclaration(t *testing.T) {
	n := newNode(t)
	n.further = outsideAddr + "/32"
	n.enforce()
	conn, err := n.pods[clientAddr].dial("tcp", outsideAddr+":80")
	must(t, err)
	defer conn.Close()
	if _, err := ask(conn); err != nil {
		t.Fatalf("while it is declared: %v", err)
	}
	n.further = ""
	n.enforce()
	if answer, err := ask(conn); err == nil {
		t.Fatalf("though it is declared no more, the outside still answers %q", answer)
	}
}

// What kind does on its nodes, so that they resolve names.
func TestAPodDoesNotReachTheNodesLoopbackByATranslation(t *testing.T) {
	n := newNode(t)
	must(t, n.do(func() error {
		return os.WriteFile("/proc/sys/net/ipv4/conf/all/route_localnet", []byte("1"), 0o644)
	}))
	n.serve("127.0.0.1", 5300)
	n.nft(fmt.Sprintf(`table ip resolver {
		chain in { type nat hook prerouting priority dstnat; ip daddr %s meta l4proto { tcp, udp } th dport 53 dnat to 127.0.0.1:5300; }
		chain out { type nat hook output priority dstnat; ip daddr %[1]s meta l4proto { tcp, udp } th dport 53 dnat to 127.0.0.1:5300; }
	}`, gatewayAddr))
	for _, network := range []string{"tcp", "udp"} {
		if n.pods[clientAddr].seenAs(network, gatewayAddr+":53") == "" {
			t.Fatalf("%s: the pod has no way to the loopback: the test shows nothing", network)
		}
	}
	n.enforce()
	for _, network := range []string{"tcp", "udp"} {
		if n.pods[clientAddr].seenAs(network, gatewayAddr+":53") != "" {
			t.Errorf("%s: the pod reaches the node's loopback", network)
		}
		if n.seenAs(network, gatewayAddr+":53") == "" {
			t.Errorf("%s: the node does not reach its own loopback any more", network)
		}
	}
}
