package browser

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// tryDoors tries, with the powers the browser is about to have, what only the kernel can refuse. At level A sockets can be made and
// lead nowhere; at B they cannot be made.
func (o *order) tryDoors() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return fmt.Errorf("make a socket: %w", err)
	}
	defer func() { _ = unix.Close(s) }()
	if unix.Connect(s, &unix.SockaddrInet4{Port: o.Outside, Addr: [4]byte{127, 0, 0, 1}}) == nil {
		return fmt.Errorf("a connection to port %d, which must be out of reach, came about", o.Outside)
	}
	if s, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0); err == nil {
		_ = unix.Close(s)
		return fmt.Errorf("a packet socket could be made")
	}
	if s, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP); err == nil {
		_ = unix.Close(s)
		return fmt.Errorf("a raw socket could be made")
	}
	u, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = unix.Close(u) }()
	if o.Level == LevelB {
		return fmt.Errorf("a UDP socket could be made")
	}
	if err := unix.Connect(u, &unix.SockaddrInet4{Port: 53, Addr: [4]byte{192, 0, 2, 1}}); err == nil { // TEST-NET-1
		return fmt.Errorf("there is a route to 192.0.2.1")
	}
	return nil
}
