package datapath

import (
	"errors"
	"net"
	"testing"

	"firedrill.local/network/internal/routes"
)

// strayAddr is the metadata service of the host under the lab, which its default route would lead to.
const strayAddr = "169.254.7.7"

func TestAPolicyJudgesWhatGoesToALinkLocalAddress(t *testing.T) {
	n := newNode(t)
	n.further = machineAddr + "/32, " + outsideAddr + "/32"
	for _, c := range []struct {
		name     string
		policies []string
		pass     bool
	}{
		{"no policy", nil, true},
		{"an exception", []string{`{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [
			{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]}`}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			n.enforce(c.policies...)
			if pass := n.pods[clientAddr].seenAs("tcp", machineAddr+":80") != ""; pass != c.pass {
				t.Errorf("the machine was reached: %v, should be %v", pass, c.pass)
			}
			for _, to := range []string{serviceAddr, remoteAddr, outsideAddr} {
				if n.pods[clientAddr].seenAs("tcp", to+":80") == "" {
					t.Errorf("%s is not reached", to)
				}
			}
		})
	}
}

func TestWhatHasALinkLocalAddressIsNotLookedForBeyondTheNode(t *testing.T) {
	n := newNode(t)
	n.further = "169.254.0.0/16"
	n.enforce()
	n.world.address("lo", strayAddr+"/32")
	n.world.serve(strayAddr, 80)
	client := n.pods[clientAddr]
	if client.seenAs("tcp", strayAddr+":80") == "" {
		t.Fatal("the default route leads nowhere: the test shows nothing")
	}
	for range 2 { // the second time everything is there already
		must(t, n.do(func() error { return routes.Sync(nil) }))
	}
	// Once: the kernel counts what it answers to one address, and is silent for a while after.
	for name, from := range map[string]*host{"the pod": client, "the node": n.host} {
		_, err := from.dial("tcp", strayAddr+":80")
		var timed net.Error
		if err == nil || errors.As(err, &timed) && timed.Timeout() {
			t.Errorf("%s is not refused at once: %v", name, err)
		}
	}
	if client.seenAs("tcp", machineAddr+":80") == "" {
		t.Error("a machine with a route of its own is not reached")
	}
}
