package agent

import (
	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"firedrill.local/network/internal/policy"
)

// slim drops what no rule is made of, which is most of a large cluster's pods.
func slim(object any) (any, error) {
	switch o := object.(type) {
	case *corev1.Pod:
		return &corev1.Pod{
			TypeMeta:   o.TypeMeta,
			ObjectMeta: keeping(o.ObjectMeta, policy.ConfigHashAnnotation),
			Spec: corev1.PodSpec{
				NodeName:       o.Spec.NodeName,
				HostNetwork:    o.Spec.HostNetwork,
				Containers:     slimContainers(o.Spec.Containers),
				InitContainers: slimContainers(o.Spec.InitContainers),
			},
			Status: corev1.PodStatus{Phase: o.Status.Phase, PodIP: o.Status.PodIP, PodIPs: o.Status.PodIPs},
		}, nil
	case *corev1.Node:
		return &corev1.Node{
			TypeMeta:   o.TypeMeta,
			ObjectMeta: slimMeta(o.ObjectMeta),
			Spec:       corev1.NodeSpec{PodCIDR: o.Spec.PodCIDR, PodCIDRs: o.Spec.PodCIDRs},
			Status:     corev1.NodeStatus{Addresses: o.Status.Addresses},
		}, nil
	case *corev1.Namespace:
		return &corev1.Namespace{TypeMeta: o.TypeMeta, ObjectMeta: keeping(o.ObjectMeta, policy.BeyondAnnotation)}, nil
	case *netv1.NetworkPolicy:
		o.ManagedFields = nil
		return o, nil
	}
	return object, nil
}

func slimMeta(meta metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace:         meta.Namespace,
		Name:              meta.Name,
		UID:               meta.UID,
		ResourceVersion:   meta.ResourceVersion,
		Labels:            meta.Labels,
		CreationTimestamp: meta.CreationTimestamp,
		DeletionTimestamp: meta.DeletionTimestamp,
	}
}

// keeping is slimMeta with one annotation.
func keeping(meta metav1.ObjectMeta, annotation string) metav1.ObjectMeta {
	slim := slimMeta(meta)
	if value, ok := meta.Annotations[annotation]; ok {
		slim.Annotations = map[string]string{annotation: value}
	}
	return slim
}

func slimContainers(containers []corev1.Container) []corev1.Container {
	slim := make([]corev1.Container, len(containers))
	for i, c := range containers {
		slim[i] = corev1.Container{Name: c.Name, Ports: c.Ports, RestartPolicy: c.RestartPolicy}
	}
	return slim
}
