package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// question is understood by servers of the lab that speak HTTP, too.
const question = "GET / HTTP/1.0\r\n\r\n"

// request is one line of input. A target is a network and an address: "tcp 10.0.0.1:80".
type request struct {
	ID int `json:"id"`
	// Do is check, hold, subscribe, flood, look or stop.
	Do        string   `json:"do"`
	Targets   []string `json:"targets"`
	TimeoutMS int      `json:"timeout_ms"`
	// Of is the ID of the watcher that look and stop speak about.
	Of int `json:"of"`
}

// response is one line of output.
type response struct {
	ID int `json:"id"`
	// Seen is, for each target of a check, what the server said; empty where nothing came back.
	Seen []string `json:"seen,omitempty"`
	*tally
	Error string `json:"error,omitempty"`
}

type asker struct {
	mu       sync.Mutex
	out      *json.Encoder
	watchers map[int]*watcher
}

func newAsker(out io.Writer) *asker {
	return &asker{out: json.NewEncoder(out), watchers: map[int]*watcher{}}
}

func (a *asker) run(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return err
		}
		switch r.Do {
		case "check":
			go a.say(response{ID: r.ID, Seen: check(r.Targets, r.timeout())})
		case "hold", "subscribe", "flood":
			w, err := watch(r)
			if err != nil {
				a.say(response{ID: r.ID, Error: err.Error()})
				continue
			}
			a.watchers[r.ID] = w
			a.say(response{ID: r.ID})
		case "look", "stop":
			w, ok := a.watchers[r.Of]
			if !ok {
				a.say(response{ID: r.ID, Error: fmt.Sprintf("nothing has the ID %d", r.Of)})
				continue
			}
			if r.Do == "stop" {
				w.stop()
				delete(a.watchers, r.Of)
			}
			count := w.count()
			a.say(response{ID: r.ID, tally: &count})
		default:
			a.say(response{ID: r.ID, Error: "cannot do " + r.Do})
		}
	}
	return lines.Err()
}

func (a *asker) say(r response) {
	a.mu.Lock()
	defer a.mu.Unlock()
	// A reader that is gone has ended the input as well.
	_ = a.out.Encode(r)
}

func (r request) timeout() time.Duration { return time.Duration(r.TimeoutMS) * time.Millisecond }

// check tries all targets at once.
func check(targets []string, timeout time.Duration) []string {
	seen := make([]string, len(targets))
	var all sync.WaitGroup
	for i, target := range targets {
		all.Go(func() { seen[i] = try(target, timeout) })
	}
	all.Wait()
	return seen
}

func try(target string, timeout time.Duration) string {
	deadline := time.Now().Add(timeout)
	conn, err := dial(target, timeout)
	if err != nil {
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(deadline)
	if _, err := conn.Write([]byte(question)); err != nil {
		return ""
	}
	buffer := make([]byte, 200)
	n, err := conn.Read(buffer)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(buffer[:n]))
}

func dial(target string, timeout time.Duration) (net.Conn, error) {
	network, address, _ := strings.Cut(target, " ")
	return net.DialTimeout(network+"4", address, timeout)
}
