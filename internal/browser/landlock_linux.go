package browser

import (
	"fmt"

	"github.com/landlock-lsm/go-landlock/landlock"
)

// confine leaves this thread, and the browser it becomes, TCP connections to one port and no other way onto a network.
// What is left open is that port on any machine: the proxy settings and the resolver rule stand before it.
func confine(port int) error {
	if err := landlock.V4.RestrictNet(landlock.ConnectTCP(uint16(port))); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	if err := refuseSockets(); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	return nil
}
