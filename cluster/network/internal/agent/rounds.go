package agent

import (
	"context"
	"sync"
)

// rounds lets others ask for a round, and wait for one that began after they asked.
type rounds struct {
	// asked holds one token while somebody wants a round.
	asked chan struct{}

	mu     sync.Mutex
	begun  int
	done   int
	change chan struct{}
}

func newRounds() *rounds {
	return &rounds{asked: make(chan struct{}, 1), change: make(chan struct{})}
}

func (r *rounds) ask() {
	select {
	case r.asked <- struct{}{}:
	default:
	}
}

// begin gives the number of the round that starts now; whoever asked before it is served by it.
func (r *rounds) begin() int {
	select {
	case <-r.asked:
	default:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
	return r.begun
}

func (r *rounds) end(number int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = number
	close(r.change)
	r.change = make(chan struct{})
}

// wait returns once a round has ended that began after this call.
func (r *rounds) wait(ctx context.Context) error {
	r.mu.Lock()
	target := r.begun + 1
	r.mu.Unlock()
	r.ask()
	for {
		r.mu.Lock()
		done, change := r.done, r.change
		r.mu.Unlock()
		if done >= target {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-change:
		}
	}
}
