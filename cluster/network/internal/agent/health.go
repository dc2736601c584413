package agent

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// staleAfter three resyncs without a written table something is wrong with the agent, not with its node.
const staleAfter = 3 * resyncEvery

// health is what the agent says about itself.
type health struct {
	mu       sync.Mutex
	last     time.Time
	took     time.Duration
	rounds   int
	failures int
	problem  string
}

func (h *health) enforced(took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last, h.took, h.rounds = time.Now(), took, h.rounds+1
}

func (h *health) failed(problem error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures, h.problem = h.failures+1, problem.Error()
}

func (h *health) lastProblem() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.problem == "" {
		return "none"
	}
	return h.problem
}

func (h *health) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if age := time.Since(h.last); h.last.IsZero() || age > staleAfter {
			http.Error(w, "policies were last enforced at "+h.last.String()+": "+h.problem, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintf(w, "# TYPE network_agent_rounds_total counter\nnetwork_agent_rounds_total %d\n", h.rounds)
		fmt.Fprintf(w, "# TYPE network_agent_failures_total counter\nnetwork_agent_failures_total %d\n", h.failures)
		fmt.Fprintf(w, "# TYPE network_agent_round_seconds gauge\nnetwork_agent_round_seconds %g\n", h.took.Seconds())
		fmt.Fprintf(w, "# TYPE network_agent_enforced_timestamp_seconds gauge\nnetwork_agent_enforced_timestamp_seconds %d\n", h.last.Unix())
	})
	return mux
}
