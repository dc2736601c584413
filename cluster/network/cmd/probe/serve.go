package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// pushEvery is the interval of a stream that a client subscribed to; it ends by itself.
const (
	subscribe = "subscribe"
	pushEvery = 20 * time.Millisecond
	pushFor   = 30 * time.Second
)

func serve(name string) error {
	for _, port := range ports {
		listener, err := net.Listen("tcp4", fmt.Sprintf(":%d", port))
		if err != nil {
			return err
		}
		socket, err := net.ListenPacket("udp4", fmt.Sprintf(":%d", port))
		if err != nil {
			return err
		}
		go accept(listener, name)
		go answer(socket, name)
	}
	// The first process of a container gets no default handling of signals.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	<-ended
	return nil
}

func accept(listener net.Listener, name string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			buffer := make([]byte, 100)
			for {
				n, err := conn.Read(buffer)
				if err != nil {
					return
				}
				respond(string(buffer[:n]), name, conn.RemoteAddr(), func(text []byte) error {
					_, err := conn.Write(text)
					return err
				})
			}
		}()
	}
}

func answer(socket net.PacketConn, name string) {
	buffer := make([]byte, 100)
	for {
		n, from, err := socket.ReadFrom(buffer)
		if err != nil {
			return
		}
		go respond(string(buffer[:n]), name, from, func(text []byte) error {
			_, err := socket.WriteTo(text, from)
			return err
		})
	}
}

func respond(request, name string, from net.Addr, send func([]byte) error) {
	host, _, _ := net.SplitHostPort(from.String())
	text := []byte(name + " " + host + "\n")
	if !strings.HasPrefix(request, subscribe) {
		send(text)
		return
	}
	for end := time.Now().Add(pushFor); time.Now().Before(end); time.Sleep(pushEvery) {
		if send(text) != nil {
			return
		}
	}
}
