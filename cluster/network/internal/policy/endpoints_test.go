package policy

import (
	"net/netip"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const fromYOnly = `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: "y"}}}]}]}`

func podOf(in Input, ns, name string) *corev1.Pod {
	for _, p := range in.Pods {
		if p.Namespace == ns && p.Name == name {
			return p
		}
	}
	panic("no such pod")
}

func TestOnlyOwnPodsAreEndpoints(t *testing.T) {
	in := world()
	podOf(in, "a", "x").Spec.NodeName = "elsewhere"
	for _, endpoint := range compile(t, in).Endpoints {
		if endpoint.Pod == "a/x" {
			t.Error("a pod of another node is an endpoint")
		}
	}
}

func TestPodsOfOtherNodesArePeers(t *testing.T) {
	in := world()
	podOf(in, "a", "y").Spec.NodeName = "elsewhere"
	in.Policies = []Policy{spec(t, "a", fromYOnly)}
	if !allows(t, compile(t, in), tcp(ay, ax, 80)) {
		t.Error("the pod of the other node is not allowed")
	}
}

func TestAPodOnTheHostsNetworkIsNoPeerAndNoEndpoint(t *testing.T) {
	in := world()
	podOf(in, "a", "y").Spec.HostNetwork = true
	in.Policies = []Policy{spec(t, "a", fromYOnly)}
	rules := compile(t, in)
	if allows(t, rules, tcp(ay, ax, 80)) {
		t.Error("the node's address counts as the pod's")
	}
	if !allows(t, rules, tcp(bx, ay, 80)) {
		t.Error("the pod on the host's network is isolated")
	}
}

func TestTheAddressOfAFinishedPodIsNotItsOwnAnyMore(t *testing.T) {
	for _, phase := range []corev1.PodPhase{corev1.PodSucceeded, corev1.PodFailed} {
		in := world()
		podOf(in, "a", "y").Status.Phase = phase
		heir := newPod("b", "heir", ay)
		in.Pods = append(in.Pods, heir)
		in.Policies = []Policy{spec(t, "a", fromYOnly)}
		rules := compile(t, in)
		if allows(t, rules, tcp(ay, ax, 80)) {
			t.Errorf("%s: the heir of the address is allowed in the finished pod's place", phase)
		}
		if !allows(t, rules, tcp(cx, ay, 80)) {
			t.Errorf("%s: the heir of the address is isolated in the finished pod's place", phase)
		}
	}
}

func TestATerminatingPodIsStillJudged(t *testing.T) {
	in := world()
	podOf(in, "a", "x").DeletionTimestamp = &metav1.Time{Time: time.Now()}
	in.Policies = []Policy{spec(t, "a", `{podSelector: {}, policyTypes: [Ingress]}`)}
	if allows(t, compile(t, in), tcp(bx, ax, 80)) {
		t.Error("a terminating pod is open")
	}
}

func TestOfTwoPodsWithOneAddressTheYoungerThatStaysHasIt(t *testing.T) {
	now := time.Now()
	older, younger := newPod("a", "older", "10.0.9.9"), newPod("b", "younger", "10.0.9.9")
	older.CreationTimestamp, younger.CreationTimestamp = metav1.NewTime(now.Add(-time.Hour)), metav1.NewTime(now)
	owner := func() string {
		return compile(t, Input{Node: "here", Pods: []*corev1.Pod{older, younger}}).Endpoints[0].Pod
	}
	if got := owner(); got != "b/younger" {
		t.Errorf("%s has the address", got)
	}
	younger.DeletionTimestamp = &metav1.Time{Time: now}
	if got := owner(); got != "a/older" {
		t.Errorf("%s has the address though it is on its way out", got)
	}
}

func TestAnAnnouncedAddressCountsBeforeTheApiHasIt(t *testing.T) {
	in := world()
	fresh := newPod("a", "fresh", "")
	stale := newPod("a", "stale", "10.0.1.8")
	in.Pods = append(in.Pods, fresh, stale)
	in.Announced = map[types.NamespacedName]Announced{
		{Namespace: "a", Name: "fresh"}: {UID: "a-fresh", Addr: netip.MustParseAddr("10.0.1.7")},
		{Namespace: "a", Name: "stale"}: {UID: "a-stale", Addr: netip.MustParseAddr("10.0.1.9")},
		{Namespace: "a", Name: "x"}:     {UID: "of its predecessor", Addr: netip.MustParseAddr("10.0.1.99")},
	}
	in.Policies = []Policy{spec(t, "a", `{podSelector: {}, policyTypes: [Ingress]}`)}
	rules := compile(t, in)
	for _, addr := range []string{"10.0.1.7", "10.0.1.9", ax} {
		if allows(t, rules, tcp(bx, addr, 80)) {
			t.Errorf("%s is open", addr)
		}
	}
	for _, endpoint := range rules.Endpoints {
		if addr := endpoint.Addr.String(); addr == "10.0.1.8" || addr == "10.0.1.99" {
			t.Errorf("%s has the outdated address %s", endpoint.Pod, addr)
		}
	}
}

func TestAStaticPodIsKnownByItsMirror(t *testing.T) {
	mirror := newPod("a", "static", "")
	mirror.Annotations = map[string]string{ConfigHashAnnotation: "kubelet's uid"}
	if !SameUID(mirror, "kubelet's uid") || SameUID(mirror, "another") || !SameUID(mirror, "a-static") {
		t.Error("the static pod is not told apart")
	}
}

func TestASidecarsNamedPortCountsAndAnInitContainersDoesNot(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	in := world()
	p := podOf(in, "a", "x")
	p.Spec.InitContainers = []corev1.Container{
		{Name: "sidecar", RestartPolicy: &always, Ports: []corev1.ContainerPort{{Name: "proxy", ContainerPort: 15000}}},
		{Name: "init", Ports: []corev1.ContainerPort{{Name: "proxy", ContainerPort: 15001}}},
	}
	in.Policies = []Policy{spec(t, "a", `{podSelector: {}, ingress: [{ports: [{port: proxy}]}]}`)}
	rules := compile(t, in)
	if !allows(t, rules, tcp(bx, ax, 15000)) || allows(t, rules, tcp(bx, ax, 15001)) {
		t.Error("the wrong container's port was taken")
	}
}

func TestANamedPortDiffersFromPodToPod(t *testing.T) {
	in := world()
	podOf(in, "a", "y").Spec.Containers[0].Ports[0].ContainerPort = 8080
	in.Policies = []Policy{spec(t, "a", `{podSelector: {}, ingress: [{ports: [{port: web}]}]}`)}
	rules := compile(t, in)
	if !allows(t, rules, tcp(bx, ax, 80)) || !allows(t, rules, tcp(bx, ay, 8080)) {
		t.Error("a pod's own port is closed")
	}
	if allows(t, rules, tcp(bx, ax, 8080)) || allows(t, rules, tcp(bx, ay, 80)) {
		t.Error("another pod's port is open")
	}
}
