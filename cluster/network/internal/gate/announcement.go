// Package gate is the agreement between the CNI plugin and the agent: a pod's containers start only once
// the policies that select the pod are enforced on its address.
//
// The plugin leaves a file for each pod's sandbox and asks the agent over a socket to enforce; the file
// goes when the sandbox goes. So the files, not the memory of an agent that may be restarted, say which
// pod has which address. They are on a file system that a restart of the node empties.
package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Dir is where both sides meet, on the node and in the agent's container.
const Dir = "/run/firedrill-network"

// Announcement is what the plugin knows of a pod.
type Announcement struct {
	Sandbox   string     `json:"sandbox"`
	Namespace string     `json:"namespace"`
	Name      string     `json:"name"`
	UID       string     `json:"uid"`
	Addr      netip.Addr `json:"addr"`
	At        time.Time  `json:"at"`
}

// Pod is the pod's name in the API.
func (a Announcement) Pod() types.NamespacedName {
	return types.NamespacedName{Namespace: a.Namespace, Name: a.Name}
}

// SocketPath is where the agent listens.
func SocketPath(dir string) string { return filepath.Join(dir, "agent.sock") }

func announcements(dir string) string { return filepath.Join(dir, "pods") }
func announcement(dir, sandbox string) string {
	return filepath.Join(announcements(dir), sandbox+".json")
}

// Announce leaves the file.
func Announce(dir string, a Announcement) error {
	if err := os.MkdirAll(announcements(dir), 0o755); err != nil {
		return err
	}
	content, err := json.Marshal(a)
	if err != nil {
		return err
	}
	temporary := announcement(dir, a.Sandbox) + ".new"
	if err := os.WriteFile(temporary, content, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, announcement(dir, a.Sandbox))
}

// Withdraw removes the file; there may be none.
func Withdraw(dir, sandbox string) error {
	if err := os.Remove(announcement(dir, sandbox)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Announced reads the files: for each pod its newest sandbox.
func Announced(dir string) (map[types.NamespacedName]Announcement, error) {
	paths, err := filepath.Glob(filepath.Join(announcements(dir), "*.json"))
	if err != nil {
		return nil, err
	}
	newest := map[types.NamespacedName]Announcement{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var a Announcement
		if err := json.Unmarshal(content, &a); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if other, ok := newest[a.Pod()]; !ok || a.At.After(other.At) {
			newest[a.Pod()] = a
		}
	}
	return newest, nil
}
