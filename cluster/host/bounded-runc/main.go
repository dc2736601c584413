// Command bounded-runc is an OCI runtime for hosts whose capability bounding set is not full.
//
// Docker 20.10 asks for every capability when a container is privileged, and runc then fails with
// "unable to apply caps" where the host itself lacks one (CAP_SYS_RESOURCE in some virtual machines).
// This program takes what the host lacks out of the container's config.json (create, run) or out of the
// process file (exec) and then becomes runc. It grants nothing.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// names in the order of their numbers, capability.h of Linux.
var names = strings.Fields(`CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
	LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO
	SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE
	AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON
	BPF CHECKPOINT_RESTORE`)

// bounding returns the capabilities that this process may hand on, from the CapBnd line of a status file.
func bounding(status string) (map[string]bool, error) {
	for _, line := range strings.Split(status, "\n") {
		hex, found := strings.CutPrefix(line, "CapBnd:")
		if !found {
			continue
		}
		mask, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
		if err != nil {
			return nil, err
		}
		have := map[string]bool{}
		for number, name := range names {
			if mask&(1<<number) != 0 {
				have["CAP_"+name] = true
			}
		}
		return have, nil
	}
	return nil, fmt.Errorf("no CapBnd line")
}

// target returns the JSON file that holds the process, and whether it is a whole bundle configuration.
func target(args []string) (file string, bundle bool) {
	value := func(long, short string) string {
		for i, arg := range args {
			if rest, found := strings.CutPrefix(arg, long+"="); found {
				return rest
			}
			if (arg == long || arg == short) && i+1 < len(args) {
				return args[i+1]
			}
		}
		return ""
	}
	for _, arg := range args {
		switch arg {
		case "create", "run":
			return filepath.Join(value("--bundle", "-b"), "config.json"), true
		case "exec":
			return value("--process", "-p"), false
		}
	}
	return "", false
}

// bound takes from every capability set of the process what is not in have.
func bound(text []byte, bundle bool, have map[string]bool) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // limits are 64 bit and must not pass through a float
	var whole map[string]any
	if err := decoder.Decode(&whole); err != nil {
		return nil, err
	}
	process := whole
	if bundle {
		process, _ = whole["process"].(map[string]any)
	}
	sets, _ := process["capabilities"].(map[string]any)
	for set, listed := range sets {
		kept := []any{}
		list, _ := listed.([]any)
		for _, name := range list {
			if text, isText := name.(string); isText && have[text] {
				kept = append(kept, name)
			}
		}
		sets[set] = kept
	}
	return json.Marshal(whole)
}

func rewrite(args []string) error {
	file, bundle := target(args)
	if file == "" {
		return nil
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	have, err := bounding(string(status))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, err = bound(text, bundle, have)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

func main() {
	if err := rewrite(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bounded-runc:", err)
		os.Exit(1)
	}
	runc, err := exec.LookPath("runc")
	if err == nil {
		err = syscall.Exec(runc, append([]string{"runc"}, os.Args[1:]...), os.Environ())
	}
	fmt.Fprintln(os.Stderr, "bounded-runc:", err)
	os.Exit(1)
}
