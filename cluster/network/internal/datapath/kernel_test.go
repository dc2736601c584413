package datapath

import (
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"firedrill.local/network/internal/policy"
)

const denyAll = `{podSelector: {}, policyTypes: [Ingress, Egress]}`

func TestPacketsPassOrDropAsTheRulesSay(t *testing.T) {
	n := newNode(t)
	n.further = outsideAddr + "/32"
	type attempt struct {
		from, network, to string
		pass              bool
	}
	for _, c := range []struct {
		name     string
		policies []string
		attempts []attempt
	}{
		{"no policy", nil, []attempt{
			{clientAddr, "tcp", serverAddr + ":80", true},
			{clientAddr, "udp", serverAddr + ":80", true},
			{clientAddr, "tcp", remoteAddr + ":80", true},
			{clientAddr, "tcp", outsideAddr + ":80", true},
			{remoteAddr, "tcp", clientAddr + ":80", true},
			{clientAddr, "tcp", serviceAddr + ":80", true},
			{nodeAddr, "tcp", serverAddr + ":80", true},
			{clientAddr, "tcp", unknownAddr + ":80", false},
			{unknownAddr, "tcp", serverAddr + ":80", false},
			{unknownAddr, "tcp", outsideAddr + ":80", false},
		}},
		{"deny all", []string{denyAll}, []attempt{
			{clientAddr, "tcp", serverAddr + ":80", false},
			{clientAddr, "udp", serverAddr + ":80", false},
			{clientAddr, "tcp", remoteAddr + ":80", false},
			{clientAddr, "tcp", outsideAddr + ":80", false},
			{clientAddr, "tcp", serviceAddr + ":80", false},
			{serverAddr, "tcp", serviceAddr + ":80", true},
			{nodeAddr, "tcp", serverAddr + ":80", true},
			{clientAddr, "tcp", nodeAddr + ":22", false},
		}},
		{"ports", []string{`{podSelector: {matchLabels: {app: server}}, ingress: [
			{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: web}]},
			{from: [{podSelector: {matchLabels: {app: other}}}], ports: [{port: 81, endPort: 82}]},
			{from: [{podSelector: {matchLabels: {app: remote}}}], ports: [{protocol: UDP}, {port: 7, protocol: SCTP}]}]}`}, []attempt{
			{clientAddr, "tcp", serverAddr + ":80", true},
			{clientAddr, "tcp", serviceAddr + ":80", true},
			{clientAddr, "tcp", serverAddr + ":81", false},
			{clientAddr, "udp", serverAddr + ":80", false},
			{otherAddr, "tcp", serverAddr + ":80", false},
			{otherAddr, "tcp", serverAddr + ":81", true},
			{otherAddr, "tcp", serverAddr + ":82", true},
			{otherAddr, "tcp", clientAddr + ":80", true},
		}},
		{"blocks", []string{`{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [
			{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.1.6/32, 198.51.100.0/24]}}], ports: [{port: 80}, {port: 80, protocol: UDP}]},
			{to: [{podSelector: {matchLabels: {app: server}}}], ports: [{port: 82}]}]}`}, []attempt{
			{clientAddr, "tcp", serverAddr + ":80", false},
			{clientAddr, "tcp", serviceAddr + ":80", false},
			{clientAddr, "tcp", serverAddr + ":82", true},
			{clientAddr, "tcp", otherAddr + ":80", true},
			{clientAddr, "udp", remoteAddr + ":80", true},
			{clientAddr, "tcp", remoteAddr + ":81", false},
			{clientAddr, "tcp", outsideAddr + ":80", false},
			{serverAddr, "tcp", clientAddr + ":80", true},
		}},
		{"answers need no rule", []string{
			`{podSelector: {matchLabels: {app: server}}, policyTypes: [Egress]}`,
			`{podSelector: {matchLabels: {app: client}}, policyTypes: [Ingress]}`,
		}, []attempt{
			{clientAddr, "tcp", serverAddr + ":80", true},
			{clientAddr, "udp", serverAddr + ":80", true},
			{clientAddr, "tcp", serviceAddr + ":80", true},
			{serverAddr, "tcp", clientAddr + ":80", false},
		}},
		{"both ends have a policy", []string{
			`{podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: 80}]}]}`,
			`{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{ports: [{port: 80}, {port: 81}]}]}`,
		}, []attempt{
			{clientAddr, "tcp", serverAddr + ":80", true},
			{clientAddr, "tcp", serverAddr + ":81", false},
			{clientAddr, "tcp", otherAddr + ":81", true},
			{clientAddr, "tcp", otherAddr + ":82", false},
			{otherAddr, "tcp", serverAddr + ":80", false},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n.enforce(c.policies...)
			for _, a := range c.attempts {
				if pass := n.from(a.from).seenAs(a.network, a.to) != ""; pass != a.pass {
					t.Errorf("from %s to %s %s: passed is %v, should be %v", a.from, a.network, a.to, pass, a.pass)
				}
			}
		})
	}
}

func TestAPodIsSeenAsItselfInTheClusterAndAsItsNodeOutside(t *testing.T) {
	n := newNode(t)
	n.further = outsideAddr + "/32, " + machineAddr + "/32"
	n.enforce()
	for to, want := range map[string]string{
		serverAddr + ":80":  clientAddr,
		serviceAddr + ":80": clientAddr,
		remoteAddr + ":80":  clientAddr,
		"172.30.0.2:80":     clientAddr,
		outsideAddr + ":80": nodeAddr,
		machineAddr + ":80": clientAddr,
	} {
		if seen := n.pods[clientAddr].seenAs("tcp", to); seen != want {
			t.Errorf("%s sees the client as %q, not as %s", to, seen, want)
		}
	}
}

func TestAnOpenConnectionEndsWithTheNewPolicyAndGoesOnWithoutIt(t *testing.T) {
	for name, text := range map[string]string{
		"egress":  `{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}`,
		"ingress": `{podSelector: {matchLabels: {app: server}}, policyTypes: [Ingress]}`,
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t)
			n.enforce()
			conn, err := n.pods[clientAddr].dial("tcp", serviceAddr+":80")
			must(t, err)
			defer conn.Close()
			if _, err := ask(conn); err != nil {
				t.Fatalf("before the policy: %v", err)
			}
			n.enforce(text)
			if answer, err := ask(conn); err == nil {
				t.Fatalf("under the policy the server still answers %q", answer)
			}
			n.enforce()
			conn.SetDeadline(time.Now().Add(5 * time.Second))
			if _, err := conn.Read(make([]byte, 100)); err != nil {
				t.Errorf("the connection does not go on after the policy: %v", err)
			}
		})
	}
}

// A server that only sends is never asked again: its packets have to stop by themselves.
func TestAStreamOfAnswersEndsWithTheNewPolicy(t *testing.T) {
	for name, text := range map[string]string{
		"egress":  `{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}`,
		"ingress": `{podSelector: {matchLabels: {app: server}}, policyTypes: [Ingress]}`,
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t)
			n.enforce()
			var socket *net.UDPConn
			must(t, n.pods[serverAddr].do(func() (err error) {
				socket, err = net.ListenUDP("udp4", &net.UDPAddr{Port: 5000})
				return err
			}))
			defer socket.Close()
			conn, err := n.pods[clientAddr].dial("udp", serverAddr+":5000")
			must(t, err)
			defer conn.Close()
			_, err = conn.Write([]byte("subscribe"))
			must(t, err)
			_, subscriber, err := socket.ReadFromUDPAddrPort(make([]byte, 100))
			must(t, err)
			if !streams(t, socket, subscriber, conn) {
				t.Fatal("nothing arrives before the policy")
			}
			n.enforce(text)
			if streams(t, socket, subscriber, conn) {
				t.Error("the stream goes on under the policy")
			}
			n.enforce()
			if !streams(t, socket, subscriber, conn) {
				t.Error("the stream does not go on after the policy")
			}
		})
	}
}

// streams tells whether a datagram that is sent now arrives.
func streams(t *testing.T, socket *net.UDPConn, to netip.AddrPort, conn net.Conn) bool {
	t.Helper()
	_, err := socket.WriteToUDPAddrPort([]byte("event"), to)
	must(t, err)
	conn.SetReadDeadline(time.Now().Add(patience))
	_, err = conn.Read(make([]byte, 100))
	return err == nil
}

func TestReplacingTheTableLeavesNoGap(t *testing.T) {
	n := newNode(t)
	rules := []policy.Ruleset{
		n.rules(denyAll),
		n.rules(denyAll, `{podSelector: {matchLabels: {app: other}}, ingress: [{}]}`),
	}
	must(t, n.write(rules[0]))
	var socket *net.UDPConn
	must(t, n.pods[serverAddr].do(func() (err error) {
		socket, err = net.ListenUDP("udp4", &net.UDPAddr{Port: 5000})
		return err
	}))
	defer socket.Close()
	var received, sent atomic.Int64
	go func() {
		for {
			if _, _, err := socket.ReadFromUDP(make([]byte, 100)); err != nil {
				return
			}
			received.Add(1)
		}
	}()
	conn, err := n.pods[clientAddr].dial("udp", serverAddr+":5000")
	must(t, err)
	defer conn.Close()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := conn.Write([]byte("?")); err == nil {
				sent.Add(1)
			}
		}
	}()
	for i := range 100 {
		must(t, n.write(rules[(i+1)%2]))
	}
	close(stop)
	<-stopped
	if sent.Load() < 10_000 {
		t.Errorf("only %d packets were sent, too few to find a gap", sent.Load())
	}
	// The server's queue keeps the order: what arrived before this packet has been counted with it.
	n.enforce()
	_, err = conn.Write([]byte("last"))
	must(t, err)
	for deadline := time.Now().Add(2 * time.Second); received.Load() == 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if got := received.Load(); got != 1 {
		t.Errorf("of %d denied packets and the last one, which is allowed, %d arrived", sent.Load(), got)
	}
}

func TestADamagedTableIsWrittenAgain(t *testing.T) {
	n := newNode(t)
	n.enforce(denyAll)
	n.nft("delete table ip " + TableName)
	n.enforce(denyAll)
	if n.pods[clientAddr].seenAs("tcp", serverAddr+":80") == "" {
		t.Fatal("the table was written though nothing changed and it is young: the next check proves nothing")
	}
	n.writer.written = time.Now().Add(-refreshEvery)
	n.enforce(denyAll)
	if n.pods[clientAddr].seenAs("tcp", serverAddr+":80") != "" {
		t.Error("the table was not written again")
	}
}
