package agent

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	netlisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"

	"firedrill.local/network/internal/gate"
	"firedrill.local/network/internal/policy"
)

// watch holds the API's state and calls back when it changes.
type watch struct {
	factory    informers.SharedInformerFactory
	pods       corelisters.PodLister
	nodes      corelisters.NodeLister
	namespaces corelisters.NamespaceLister
	policies   netlisters.NetworkPolicyLister
}

func newWatch(client kubernetes.Interface, changed func()) (*watch, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(slim))
	w := &watch{
		factory:    factory,
		pods:       factory.Core().V1().Pods().Lister(),
		nodes:      factory.Core().V1().Nodes().Lister(),
		namespaces: factory.Core().V1().Namespaces().Lister(),
		policies:   factory.Networking().V1().NetworkPolicies().Lister(),
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		UpdateFunc: func(any, any) { changed() },
		DeleteFunc: func(any) { changed() },
	}
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().Pods().Informer(),
		factory.Core().V1().Nodes().Informer(),
		factory.Core().V1().Namespaces().Informer(),
		factory.Networking().V1().NetworkPolicies().Informer(),
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// start returns once everything is known that the API held when it was asked.
func (w *watch) start(ctx context.Context) error {
	w.factory.Start(ctx.Done())
	for kind, synced := range w.factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("stopped before the API's %s were known", kind)
		}
	}
	return nil
}

func (w *watch) knows(a gate.Announcement) bool {
	pod, err := w.pods.Pods(a.Namespace).Get(a.Name)
	return err == nil && policy.SameUID(pod, a.UID)
}

// state is what the API says, in the form policies are compiled from.
func (w *watch) state() (policy.Input, error) {
	pods, errPods := w.pods.List(labels.Everything())
	namespaces, errNamespaces := w.namespaces.List(labels.Everything())
	policies, errPolicies := w.policies.List(labels.Everything())
	return policy.Input{Pods: pods, Namespaces: namespaces, Policies: policies},
		errors.Join(errPods, errNamespaces, errPolicies)
}
