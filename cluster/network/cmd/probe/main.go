// network-probe is both ends of the connections by which the pod network is tested.
//
// `network-probe serve NAME` answers on TCP and UDP 80 and 81 with NAME and the address it was asked from.
// `network-probe ask` reads one request a line from standard input and answers each with one line, both JSON:
// it is started inside a pod with exec, which the pod's policies do not touch.
// `network-probe insist TARGET DURATION` asks again and again from its first moment on, then says what came of it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

var ports = []uint16{80, 81}

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		err = serve(os.Args[2])
	case len(os.Args) == 2 && os.Args[1] == "ask":
		err = newAsker(os.Stdout).run(os.Stdin)
	case len(os.Args) == 4 && os.Args[1] == "insist":
		err = insist(os.Args[2], os.Args[3])
	default:
		err = fmt.Errorf("usage: network-probe serve NAME | ask | insist TARGET DURATION")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func insist(target, duration string) error {
	limit, err := time.ParseDuration(duration)
	if err != nil {
		return err
	}
	w, err := watch(request{Do: "flood", Targets: []string{target}})
	if err != nil {
		return err
	}
	time.Sleep(limit)
	w.stop()
	return json.NewEncoder(os.Stdout).Encode(w.count())
}
