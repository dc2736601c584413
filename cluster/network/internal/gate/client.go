package gate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Ask returns once the agent enforces the announced pod's policies. While there is no agent it waits for
// one, up to the limit.
func Ask(ctx context.Context, dir string, a Announcement) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, SocketPath(dir)) },
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://agent/enforce", bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the network agent of this node did not answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 1024))
		return fmt.Errorf("the network agent could not enforce the pod's policies: %s", strings.TrimSpace(string(said)))
	}
	return nil
}

// dial waits for a listener: a missing socket, or one that nobody serves, is an agent on its way back.
func dial(ctx context.Context, path string) (net.Conn, error) {
	var dialer net.Dialer
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for {
		conn, err := dialer.DialContext(ctx, "unix", path)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-retry.C:
		}
	}
}
