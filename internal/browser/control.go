package browser

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
)

// control is a listener on this machine, for TCP and UDP on one port, that nothing sealed in may reach.
type control struct {
	tcp     net.Listener
	udp     net.PacketConn
	reached atomic.Int64
}

func newControl(ctx context.Context) (*control, error) {
	var listen net.ListenConfig
	for range 20 {
		tcp, err := listen.Listen(ctx, "tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("listen for leaks: %w", err)
		}
		udp, err := listen.ListenPacket(ctx, "udp4", tcp.Addr().String())
		if err != nil {
			_ = tcp.Close()
			continue // somebody has that port for UDP
		}
		c := &control{tcp: tcp, udp: udp}
		go c.accept()
		go c.read()
		return c, nil
	}
	return nil, fmt.Errorf("listen for leaks: no port is free for TCP and UDP")
}

func (c *control) port() int { return c.tcp.Addr().(*net.TCPAddr).Port }

func (c *control) accept() {
	for {
		conn, err := c.tcp.Accept()
		if err != nil {
			return
		}
		c.reached.Add(1)
		_ = conn.Close()
	}
}

func (c *control) read() {
	packet := make([]byte, 2048)
	for {
		if _, _, err := c.udp.ReadFrom(packet); err != nil {
			return
		}
		c.reached.Add(1)
	}
}

func (c *control) close() {
	_ = c.tcp.Close()
	_ = c.udp.Close()
}
