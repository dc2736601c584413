// Package agent keeps one node's pod network as the Kubernetes API says it should be.
package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"k8s.io/client-go/kubernetes"

	"firedrill.local/network/internal/datapath"
	"firedrill.local/network/internal/gate"
)

const (
	// restBetween spares the processor while many pods change; the first change waits for nothing.
	restBetween = 100 * time.Millisecond
	// retryAfter a sync that failed.
	retryAfter = time.Second
	// resyncEvery brings back what somebody else took away.
	resyncEvery = 30 * time.Second
	// writeWithin bounds one nft run.
	writeWithin = 20 * time.Second
)

// Config is what differs between nodes and tests.
type Config struct {
	Node string
	// CNIDir is where the runtime looks for network configurations.
	CNIDir string
	// GateDir is where CNI plugin and agent meet.
	GateDir string
	// HealthAddr is the address of the health endpoint.
	HealthAddr string
}

// Agent is one node's network agent.
type Agent struct {
	config Config
	watch  *watch
	writer *datapath.Writer
	rounds *rounds
	health *health
	// problems is the last round's, so that a standing one is logged once.
	problems string
}

// New connects nothing and changes nothing yet.
func New(config Config, client kubernetes.Interface) (*Agent, error) {
	writer, err := datapath.NewWriter()
	if err != nil {
		return nil, err
	}
	rounds := newRounds()
	w, err := newWatch(client, rounds.ask)
	if err != nil {
		return nil, err
	}
	return &Agent{config: config, watch: w, writer: writer, rounds: rounds, health: &health{}}, nil
}

// Run works until the context ends. It takes nothing back, neither when it ends nor before it knows the
// API's state: the table of the agent before it goes on until then.
func (a *Agent) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 2)
	go func() { failed <- a.serveHealth(ctx) }()

	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return fmt.Errorf("the node does not forward packets: %w", err)
	}
	if err := a.watch.start(ctx); err != nil {
		return err
	}
	slog.Info("the API's state is known", "node", a.config.Node)
	go func() { failed <- gate.Serve(ctx, a.config.GateDir, a.enforce) }()
	a.rounds.ask()
	for {
		wait := resyncEvery
		if !a.round(ctx) {
			wait = retryAfter
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-time.After(restBetween):
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-a.rounds.asked:
		case <-time.After(wait):
		}
	}
}

// round makes the node be what the API says, and tells whether all of it worked.
func (a *Agent) round(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	number := a.rounds.begin()
	began := time.Now()
	enforced, err := a.sync(ctx)
	if enforced {
		a.rounds.end(number)
		a.health.enforced(time.Since(began))
	}
	problems := ""
	if err != nil {
		problems = err.Error()
		a.health.failed(err)
	}
	if problems != a.problems {
		slog.Warn("the node's network", "problems", problems)
		a.problems = problems
	}
	return err == nil
}

// enforce waits until the API's pod is known here and a round that began after that has ended.
func (a *Agent) enforce(ctx context.Context, pod gate.Announcement) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !a.watch.knows(pod) {
		select {
		case <-ctx.Done():
			return errors.New("the API does not show the pod")
		case <-tick.C:
		}
	}
	if err := a.rounds.wait(ctx); err != nil {
		return fmt.Errorf("no table was written in time; last problems: %s", a.health.lastProblem())
	}
	return nil
}

func (a *Agent) serveHealth(ctx context.Context) error {
	server := &http.Server{Addr: a.config.HealthAddr, Handler: a.health.handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health endpoint: %w", err)
	}
	return nil
}
