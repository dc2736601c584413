// network-gate is the last CNI plugin of the chain. It lets a pod's containers start once the network
// agent enforces the policies that select the pod on the address the pod got, and changes nothing itself.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"firedrill.local/network/internal/gate"
)

// tryAgainLater is the CNI specification's code for "the runtime should repeat the request".
const tryAgainLater = 11

func main() {
	var conf conf
	err := json.NewDecoder(os.Stdin).Decode(&conf)
	if err == nil {
		err = run(conf, os.Getenv, os.Stdout)
	}
	if err != nil {
		problem := map[string]any{"cniVersion": conf.CNIVersion, "code": tryAgainLater, "msg": err.Error()}
		if json.NewEncoder(os.Stdout).Encode(problem) != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

func run(conf conf, env func(string) string, out io.Writer) error {
	switch command := env("CNI_COMMAND"); command {
	case "VERSION":
		return json.NewEncoder(out).Encode(map[string]any{
			"cniVersion":        conf.CNIVersion,
			"supportedVersions": []string{"0.4.0", "1.0.0", "1.1.0"},
		})
	case "ADD":
		pod, err := conf.announcement(env)
		if err != nil {
			return err
		}
		if err := gate.Announce(gate.Dir, pod); err != nil {
			return fmt.Errorf("the pod's address could not be left for the network agent: %w", err)
		}
		if err := gate.Ask(context.Background(), gate.Dir, pod); err != nil {
			return err
		}
		_, err = out.Write(conf.PrevResult)
		return err
	case "DEL":
		return gate.Withdraw(gate.Dir, env("CNI_CONTAINERID"))
	case "CHECK", "GC", "STATUS":
		return nil
	default:
		return fmt.Errorf("CNI_COMMAND is %q", command)
	}
}
