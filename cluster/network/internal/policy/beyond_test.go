package policy

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

func TestOnlyTheAnnotatedNamespacesPodsReachBeyondTheCluster(t *testing.T) {
	in := world()
	in.Namespaces[1].Annotations = map[string]string{
		BeyondAnnotation: "198.51.100.7/24, 169.254.169.254/32,198.51.100.9/32, 169.254.169.254/32",
	}
	want := []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("169.254.169.254/32")}
	for _, endpoint := range compile(t, in).Endpoints {
		ranges := want
		if !strings.HasPrefix(endpoint.Pod, "b/") {
			ranges = nil
		}
		if !reflect.DeepEqual(endpoint.Beyond, ranges) {
			t.Errorf("%s reaches %v, should reach %v", endpoint.Pod, endpoint.Beyond, ranges)
		}
	}
}

func TestARangeThatCannotBeReadOpensNothingAndIsSaid(t *testing.T) {
	for _, text := range []string{"169.254.169.254", "everything", "fd00::/8", "198.51.100.0/24, 300.1.1.1/32"} {
		in := world()
		in.Namespaces[0].Annotations = map[string]string{BeyondAnnotation: text}
		rules, err := Compile(in)
		if err == nil || !strings.Contains(err.Error(), "namespace a: ") {
			t.Errorf("%q: %v", text, err)
		}
		if len(rules.Endpoints) != 9 || rules.Endpoints[0].Beyond != nil {
			t.Errorf("%q: %+v", text, rules.Endpoints)
		}
	}
}
