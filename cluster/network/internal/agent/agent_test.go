package agent

import (
	"context"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"firedrill.local/network/internal/gate"
	"firedrill.local/network/internal/policy"
	"firedrill.local/network/internal/routes"
)

func newNode(name, cidr, addr string) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.NodeSpec{PodCIDR: cidr},
		Status: corev1.NodeStatus{Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeHostName, Address: name},
			{Type: corev1.NodeInternalIP, Address: addr},
		}},
	}
}

func TestSplitFindsTheNodeAndItsPeers(t *testing.T) {
	nodes := []*corev1.Node{
		newNode("c", "10.244.2.0/24", "172.18.0.4"),
		newNode("a", "10.244.0.0/24", "172.18.0.2"),
		newNode("joining", "", "172.18.0.9"),
		newNode("b", "10.244.1.0/24", "172.18.0.3"),
	}
	own, peers, err := split(nodes, "b")
	if err != nil {
		t.Fatal(err)
	}
	peer := func(name, cidr, addr string) routes.Peer {
		return routes.Peer{Name: name, PodCIDR: netip.MustParsePrefix(cidr), Addr: netip.MustParseAddr(addr)}
	}
	if want := peer("b", "10.244.1.0/24", "172.18.0.3"); own != want {
		t.Errorf("own is %v", own)
	}
	want := []routes.Peer{peer("a", "10.244.0.0/24", "172.18.0.2"), peer("c", "10.244.2.0/24", "172.18.0.4")}
	if !reflect.DeepEqual(peers, want) {
		t.Errorf("peers are %v", peers)
	}
	for name, says := range map[string]string{"joining": "no IPv4 pod range", "unknown": "no node unknown"} {
		if _, _, err := split(nodes, name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A pod's announcement comes from the kubelet, which may know the pod before this agent does.
func TestAnAnnouncedPodIsKnownOnceTheApiShowsIt(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client := fake.NewClientset()
	changed := make(chan struct{}, 100)
	w, err := newWatch(client, func() { changed <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.start(ctx); err != nil {
		t.Fatal(err)
	}
	announced := gate.Announcement{Namespace: "shop", Name: "web", UID: "1"}
	if w.knows(announced) {
		t.Fatal("known before the API has it")
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "1"}}
	if _, err := client.CoreV1().Pods("shop").Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	case <-ctx.Done():
		t.Fatal("nobody is told of the pod")
	}
	if !w.knows(announced) {
		t.Error("unknown though the API has it")
	}
	announced.UID = "2"
	if w.knows(announced) {
		t.Error("its successor of the same name counts as known")
	}
}

func TestSlimKeepsWhatRulesAreMadeOf(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "web", Labels: map[string]string{"app": "web"}, Annotations: map[string]string{"large": "text"},
		},
		Spec: corev1.PodSpec{
			NodeName: "here", HostNetwork: true,
			Containers: []corev1.Container{{
				Name: "main", Image: "large", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 80}},
			}},
			InitContainers: []corev1.Container{{Name: "side", RestartPolicy: &always}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0.1"},
	}
	got, err := slim(pod)
	if err != nil {
		t.Fatal(err)
	}
	want := pod.DeepCopy()
	want.Annotations, want.Spec.Containers[0].Image = nil, ""
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop", Annotations: map[string]string{
		policy.BeyondAnnotation: "198.51.100.0/24", "large": "text",
	}}}
	if got, err = slim(ns); err != nil {
		t.Fatal(err)
	}
	wantNS := ns.DeepCopy()
	delete(wantNS.Annotations, "large")
	if !reflect.DeepEqual(got, wantNS) {
		t.Errorf("%+v", got)
	}
}
