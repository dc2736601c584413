package gate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	// enforceWithin is the agent's time for one pod. The kubelet gives a sandbox two minutes.
	enforceWithin = 10 * time.Second
	// callWithin is the plugin's: it outlasts a restart of the agent.
	callWithin = 30 * time.Second
)

// Enforce returns once the policies of the announced pod are in the kernel.
type Enforce func(ctx context.Context, a Announcement) error

// Serve answers plugins until the context ends.
func Serve(ctx context.Context, dir string, enforce Enforce) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	// Left over from an agent that was killed.
	if err := os.Remove(SocketPath(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", SocketPath(dir))
	if err != nil {
		return err
	}
	// A successor may have put its own socket there by the time this one closes.
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := os.Chmod(SocketPath(dir), 0o600); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /enforce", func(w http.ResponseWriter, r *http.Request) {
		var a Announcement
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), enforceWithin)
		defer cancel()
		if err := enforce(ctx, a); err != nil {
			http.Error(w, fmt.Sprintf("pod %s: %v", a.Pod(), err), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
