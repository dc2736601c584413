// network-agent connects a node's pods with those of the other nodes and enforces NetworkPolicy on them.
//
// It runs once on every node, in the node's network namespace. NODE_NAME says which node that is.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"firedrill.local/network/internal/agent"
	"firedrill.local/network/internal/gate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("the network agent stops", "reason", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	node := os.Getenv("NODE_NAME")
	if node == "" {
		return fmt.Errorf("NODE_NAME does not say which node this is")
	}
	config, err := rest.InClusterConfig()
	if err != nil {
		return fmt.Errorf("no access to the API: %w", err)
	}
	config.UserAgent = "network-agent"
	// Protobuf costs a fraction of what JSON does.
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	worker, err := agent.New(agent.Config{
		Node:       node,
		CNIDir:     "/etc/cni/net.d",
		GateDir:    gate.Dir,
		HealthAddr: "127.0.0.1:10490",
	}, client)
	if err != nil {
		return err
	}
	if err := install(); err != nil {
		return err
	}
	return worker.Run(ctx)
}
