package browser

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Offsets into an Ethernet frame that holds IPv4 (RFC 791 §3.1).
const (
	frameKind     = 12
	frameIP       = 14
	frameFragment = frameIP + 6
	frameProtocol = frameIP + 9
	frameFrom     = frameIP + 12
	frameTo       = frameIP + 16
)

// watchStrays makes a socket that gets every packet of the namespace but those between the browser and its proxies, which it
// would drown in. It gets nothing before the filter is in place.
func watchStrays(port int) (int, error) {
	s, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, fmt.Errorf("make a packet socket: %w", err)
	}
	filter := strayFilter(port)
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.SetsockoptSockFprog(s, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
		return 0, fmt.Errorf("filter packets: %w", err)
	}
	if err := unix.Bind(s, &unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL)}); err != nil {
		return 0, fmt.Errorf("listen for packets: %w", err)
	}
	return s, nil
}

func bigEndian(v uint16) uint16 { return v<<8 | v>>8 }

// strayFilter passes everything that is not whole TCP over IPv4 from loopback to loopback with the proxies' port at one end.
func strayFilter(port int) []unix.SockFilter {
	const drop, pass = 0, 1 << 16
	var a assembler
	half := func(offset int) { a.load(unix.BPF_H, unix.BPF_ABS, offset) }
	half(frameKind)
	a.unless(unix.ETH_P_IP, pass)
	a.load(unix.BPF_B, unix.BPF_ABS, frameProtocol)
	a.unless(unix.IPPROTO_TCP, pass)
	half(frameFragment)
	a.anyBit(0x3fff, pass) // more fragments, or not the first
	for _, address := range []int{frameFrom, frameTo} {
		a.load(unix.BPF_B, unix.BPF_ABS, address)
		a.unless(127, pass)
	}
	a.code = append(a.code, unix.SockFilter{Code: unix.BPF_LDX | unix.BPF_B | unix.BPF_MSH, K: frameIP}) // X: length of the IP header
	a.load(unix.BPF_H, unix.BPF_IND, frameIP)
	a.when(uint32(port), drop)
	a.load(unix.BPF_H, unix.BPF_IND, frameIP+2)
	a.when(uint32(port), drop)
	a.ret(pass)
	return a.code
}
