package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

const result = `{"cniVersion": "1.0.0", "ips": [{"address": "fd00::5/128"}, {"address": "10.244.1.5/32", "interface": 1}]}`

func environment(changes map[string]string) func(string) string {
	env := map[string]string{
		"CNI_COMMAND":     "ADD",
		"CNI_CONTAINERID": "sandbox",
		"CNI_ARGS":        "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_INFRA_CONTAINER_ID=sandbox;K8S_POD_UID=1",
	}
	for key, value := range changes {
		env[key] = value
	}
	return func(key string) string { return env[key] }
}

func TestThePodIsReadFromWhatTheRuntimeSays(t *testing.T) {
	a, err := conf{PrevResult: json.RawMessage(result)}.announcement(environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if a.Pod().String() != "shop/web" || a.UID != "1" || a.Sandbox != "sandbox" || a.Addr.String() != "10.244.1.5" {
		t.Errorf("%+v", a)
	}
}

func TestAPodThatCannotBeToldIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		result string
		env    map[string]string
		says   string
	}{
		"no pod":        {result, map[string]string{"CNI_ARGS": "IgnoreUnknown=1"}, "which pod"},
		"no UID":        {result, map[string]string{"CNI_ARGS": "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web"}, "which pod"},
		"no sandbox":    {result, map[string]string{"CNI_CONTAINERID": ""}, "which pod"},
		"no IPv4":       {`{"ips": [{"address": "fd00::5/128"}]}`, nil, "no IPv4 address"},
		"first in line": {``, nil, "no result"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := conf{PrevResult: json.RawMessage(c.result)}.announcement(environment(c.env))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestVersionNamesTheOneTheConfigurationHas(t *testing.T) {
	var out bytes.Buffer
	if err := run(conf{CNIVersion: "1.0.0"}, environment(map[string]string{"CNI_COMMAND": "VERSION"}), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"1.0.0"`) {
		t.Error(out.String())
	}
}

func TestAnUnknownCommandIsRefused(t *testing.T) {
	if err := run(conf{}, environment(map[string]string{"CNI_COMMAND": "DANCE"}), &bytes.Buffer{}); err == nil {
		t.Error("danced")
	}
}
