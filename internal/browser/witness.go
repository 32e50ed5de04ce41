package browser

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"
)

// packet is what a packet was for.
type packet struct {
	protocol string // tcp, udp, or the number of another
	from, to netip.AddrPort
}

func (p packet) String() string { return fmt.Sprintf("%s %s → %s", p.protocol, p.from, p.to) }

// read reads an Ethernet frame as a packet socket has it (RFC 791 §3.1, RFC 8200 §3). What is neither IPv4 nor IPv6 has no addresses.
func readPacket(frame []byte) packet {
	if len(frame) < 14 {
		return packet{protocol: "a runt"}
	}
	kind, data := binary.BigEndian.Uint16(frame[12:]), frame[14:]
	switch {
	case kind == 0x0800 && len(data) >= 20:
		head := int(data[0]&0xf) * 4
		from, to := netip.AddrFrom4([4]byte(data[12:])), netip.AddrFrom4([4]byte(data[16:]))
		return transport(data[9], from, to, data[min(head, len(data)):])
	case kind == 0x86dd && len(data) >= 40:
		from, to := netip.AddrFrom16([16]byte(data[8:])), netip.AddrFrom16([16]byte(data[24:]))
		return transport(data[6], from, to, data[40:])
	}
	return packet{protocol: fmt.Sprintf("frame of type %#04x", kind)}
}

func transport(protocol byte, from, to netip.Addr, data []byte) packet {
	name := map[byte]string{6: "tcp", 17: "udp"}[protocol]
	if name == "" || len(data) < 4 {
		return packet{fmt.Sprintf("protocol %d", protocol), netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, 0)}
	}
	return packet{
		name, netip.AddrPortFrom(from, binary.BigEndian.Uint16(data)), netip.AddrPortFrom(to, binary.BigEndian.Uint16(data[2:])),
	}
}

// drain reads what a packet socket has seen until nothing has come for a moment.
func drain(witness *os.File) error {
	frame := make([]byte, 2048)
	for {
		_ = witness.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
		if _, err := witness.Read(frame); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return witness.SetReadDeadline(time.Time{})
			}
			return fmt.Errorf("read the namespace's packets: %w", err)
		}
	}
}

// watchPackets waits for packets that are not for the proxy. There is none as long as everything is as it should be; the first ends
// the browser.
func (b *Browser) watchPackets() {
	frame := make([]byte, 2048)
	n, err := b.process.witness.Read(frame)
	if err != nil {
		return // closed
	}
	err = fmt.Errorf("%w: a packet was not for the proxy: %s", ErrLeak, readPacket(frame[:n]))
	b.log.Error("the sealed browser was ended", "error", err)
	b.mu.Lock()
	b.leak = err
	all := b.contexts
	b.mu.Unlock()
	for _, c := range all {
		c.end(fmt.Errorf("%w: %w", ErrEnded, err))
	}
	b.process.kill()
}
