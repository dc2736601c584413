package agent

import (
	"context"
	"testing"
	"time"
)

func TestWaitIsNotServedByARoundThatBeganBefore(t *testing.T) {
	r := newRounds()
	running := r.begin()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	served := make(chan error, 1)
	go func() { served <- r.wait(ctx) }()
	<-r.asked
	r.end(running)
	select {
	case err := <-served:
		t.Fatalf("served by a round that had begun before: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	r.end(r.begin())
	if err := <-served; err != nil {
		t.Fatal(err)
	}
}

func TestWaitGivesUpWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := newRounds().wait(ctx); err == nil {
		t.Error("waited for a round that never came, without an error")
	}
}
