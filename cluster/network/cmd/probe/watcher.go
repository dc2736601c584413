package main

import (
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	holdEvery  = 20 * time.Millisecond
	floodEvery = 5 * time.Millisecond
	// floodWait is how long one attempt of a flood is given; attempts overlap.
	floodWait = 200 * time.Millisecond
)

// tally is what a watcher saw.
type tally struct {
	Asked    int `json:"asked"`
	Answered int `json:"answered"`
	// Last is when the last answer came, in seconds since 1970; 0 if none did.
	Last float64 `json:"last"`
}

// watcher goes on with one target until it is stopped.
type watcher struct {
	mu   sync.Mutex
	seen tally
	done chan struct{}
	all  sync.WaitGroup
	conn net.Conn
}

// watch starts a watcher: hold asks again and again over one connection, subscribe asks once and then
// listens, flood opens a new connection for each question.
func watch(r request) (*watcher, error) {
	if len(r.Targets) != 1 {
		return nil, fmt.Errorf("%s takes one target", r.Do)
	}
	w := &watcher{done: make(chan struct{})}
	if r.Do == "flood" {
		w.all.Go(func() { w.repeat(floodEvery, func() { w.all.Go(func() { w.attempt(r.Targets[0]) }) }) })
		return w, nil
	}
	var err error
	if w.conn, err = dial(r.Targets[0], r.timeout()); err != nil {
		return nil, err
	}
	if r.Do == "subscribe" {
		if err := w.ask(subscribe); err != nil {
			return nil, err
		}
	} else {
		// A full send buffer ends a write; the next one is as good.
		w.all.Go(func() { w.repeat(holdEvery, func() { _ = w.ask(question) }) })
	}
	w.all.Go(w.listen)
	return w, nil
}

func (w *watcher) repeat(every time.Duration, do func()) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-w.done:
			return
		case <-tick.C:
			do()
		}
	}
}

func (w *watcher) ask(text string) error {
	w.mu.Lock()
	w.seen.Asked++
	w.mu.Unlock()
	w.conn.SetWriteDeadline(time.Now().Add(holdEvery))
	_, err := w.conn.Write([]byte(text))
	return err
}

func (w *watcher) listen() {
	buffer := make([]byte, 4096)
	for {
		if _, err := w.conn.Read(buffer); err != nil {
			return
		}
		w.answered()
	}
}

func (w *watcher) attempt(target string) {
	w.mu.Lock()
	w.seen.Asked++
	w.mu.Unlock()
	if try(target, floodWait) != "" {
		w.answered()
	}
}

func (w *watcher) answered() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.Answered++
	w.seen.Last = float64(time.Now().UnixMicro()) / 1e6
}

func (w *watcher) stop() {
	close(w.done)
	if w.conn != nil {
		w.conn.Close()
	}
	w.all.Wait()
}

func (w *watcher) count() tally {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}
