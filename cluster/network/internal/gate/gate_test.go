package gate

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func web(sandbox, addr string) Announcement {
	return Announcement{
		Sandbox: sandbox, Namespace: "shop", Name: "web", UID: "1", Addr: netip.MustParseAddr(addr), At: time.Now().Round(0),
	}
}

func TestTheNewestSandboxOfAPodCountsUntilItIsWithdrawn(t *testing.T) {
	dir := t.TempDir()
	older, newer := web("one", "10.0.0.1"), web("two", "10.0.0.2")
	newer.At = older.At.Add(time.Second)
	for _, a := range []Announcement{newer, older} {
		if err := Announce(dir, a); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(want string) {
		t.Helper()
		all, err := Announced(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := all[older.Pod()].Addr.String(); got != want {
			t.Errorf("the pod has %s, not %s", got, want)
		}
	}
	expect("10.0.0.2")
	for range 2 {
		if err := Withdraw(dir, "two"); err != nil {
			t.Fatal(err)
		}
	}
	expect("10.0.0.1")
}

func TestNoAnnouncementsBeforeTheFirstPod(t *testing.T) {
	if all, err := Announced(t.TempDir()); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestAskWaitsForTheAgentAndItsAnswer(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	answered := make(chan error, 1)
	go func() { answered <- Ask(ctx, dir, web("one", "10.0.0.1")) }()
	select {
	case err := <-answered:
		t.Fatalf("answered though there is no agent: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	enforced := make(chan Announcement, 1)
	go Serve(ctx, dir, func(_ context.Context, a Announcement) error {
		enforced <- a
		return nil
	})
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if a := <-enforced; a.Addr.String() != "10.0.0.1" {
		t.Errorf("the agent was asked for %v", a)
	}
}

func TestAskSaysWhyThePodCannotStart(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	go Serve(ctx, dir, func(context.Context, Announcement) error { return errors.New("the kernel refused the table") })
	err := Ask(ctx, dir, web("one", "10.0.0.1"))
	if err == nil || !strings.Contains(err.Error(), "shop/web: the kernel refused the table") {
		t.Errorf("%v", err)
	}
}

// A successor may listen before its predecessor is gone.
func TestAnAgentThatEndsLeavesItsSuccessorsSocketAlone(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	serve := func(ctx context.Context, name string) (ended chan error) {
		ended = make(chan error, 1)
		// The error's text says who answered.
		go func() {
			ended <- Serve(ctx, dir, func(context.Context, Announcement) error { return errors.New(name) })
		}()
		for !strings.Contains(Ask(ctx, dir, web("one", "10.0.0.1")).Error(), name) {
			time.Sleep(time.Millisecond)
		}
		return ended
	}
	first, end := context.WithCancel(ctx)
	ended := serve(first, "first")
	serve(ctx, "second")
	end()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := Ask(ctx, dir, web("one", "10.0.0.1")); !strings.Contains(err.Error(), "second") {
		t.Error(err)
	}
}
