package datapath

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// host is a network namespace of its own.
type host struct {
	t  *testing.T
	ns netns.NsHandle
	nl *netlink.Handle
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t}
	made := make(chan error)
	go func() {
		// Never unlocked: the thread, which is in the new namespace, ends with this function.
		runtime.LockOSThread()
		var err error
		h.ns, err = netns.New()
		made <- err
	}()
	must(t, <-made)
	var err error
	h.nl, err = netlink.NewHandleAt(h.ns)
	must(t, err)
	t.Cleanup(func() {
		h.nl.Close()
		h.ns.Close()
	})
	lo, err := h.nl.LinkByName("lo")
	must(t, err)
	must(t, h.nl.LinkSetUp(lo))
	return h
}

// do runs the function in the namespace. Sockets that it opens stay there.
func (h *host) do(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if err := netns.Set(h.ns); err != nil {
			done <- err
			return
		}
		done <- f()
	}()
	return <-done
}

func (h *host) nft(rules string) {
	h.t.Helper()
	must(h.t, h.do(func() error {
		command := exec.Command("nft", rules)
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}))
}

func (h *host) link(name string, peer *host, peerName string) {
	h.t.Helper()
	must(h.t, h.nl.LinkAdd(&netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: name}, PeerName: peerName, PeerNamespace: netlink.NsFd(peer.ns),
	}))
	h.up(name)
	peer.up(peerName)
}

func (h *host) up(name string) {
	h.t.Helper()
	link, err := h.nl.LinkByName(name)
	must(h.t, err)
	must(h.t, h.nl.LinkSetUp(link))
}

func (h *host) address(name, prefix string) {
	h.t.Helper()
	link, err := h.nl.LinkByName(name)
	must(h.t, err)
	addr, err := netlink.ParseAddr(prefix)
	must(h.t, err)
	must(h.t, h.nl.AddrAdd(link, addr))
}

// route goes by way of a gateway, or straight out of the interface where there is none.
func (h *host) route(to, name, gateway string) {
	h.t.Helper()
	link, err := h.nl.LinkByName(name)
	must(h.t, err)
	_, dst, err := net.ParseCIDR(to)
	must(h.t, err)
	route := &netlink.Route{Dst: dst, LinkIndex: link.Attrs().Index, Scope: netlink.SCOPE_LINK}
	if gateway != "" {
		route.Gw, route.Scope = net.ParseIP(gateway), netlink.SCOPE_UNIVERSE
	}
	must(h.t, h.nl.RouteAdd(route))
}

// serve answers every line and every datagram with the address it came from, on one TCP and UDP port.
func (h *host) serve(addr string, port uint16) {
	h.t.Helper()
	var listener net.Listener
	var socket *net.UDPConn
	must(h.t, h.do(func() (err error) {
		if listener, err = net.Listen("tcp4", fmt.Sprintf("%s:%d", addr, port)); err != nil {
			return err
		}
		socket, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(addr), port)))
		return err
	}))
	h.t.Cleanup(func() { listener.Close(); socket.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go echo(conn)
		}
	}()
	go func() {
		buffer := make([]byte, 100)
		for {
			_, from, err := socket.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			socket.WriteToUDPAddrPort([]byte(from.Addr().String()), from)
		}
	}()
}

func echo(conn net.Conn) {
	defer conn.Close()
	buffer := make([]byte, 100)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
		from := netip.MustParseAddrPort(conn.RemoteAddr().String())
		if _, err := conn.Write([]byte(from.Addr().String())); err != nil {
			return
		}
	}
}

// patience is long for a veth pair, and short for a test that waits for nothing to come.
const patience = 300 * time.Millisecond

func (h *host) dial(network, to string) (net.Conn, error) {
	var conn net.Conn
	err := h.do(func() (err error) {
		conn, err = net.DialTimeout(network, to, patience)
		return err
	})
	return conn, err
}

// ask gives the address under which the server saw the request.
func ask(conn net.Conn) (string, error) {
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Write([]byte("?")); err != nil {
		return "", err
	}
	buffer := make([]byte, 100)
	n, err := conn.Read(buffer)
	return string(buffer[:n]), err
}

// seenAs dials and asks; an empty string says that nothing got through.
func (h *host) seenAs(network, to string) string {
	conn, err := h.dial(network, to)
	if err != nil {
		return ""
	}
	defer conn.Close()
	seen, err := ask(conn)
	if err != nil {
		return ""
	}
	return seen
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func needKernel(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("makes network namespaces")
	}
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("no nft on this machine")
	}
}
