package browser

import (
	"bytes"
	"errors"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestConfinedThreadsHaveOnePortLeft runs itself, because what is given up cannot be had back.
func TestConfinedThreadsHaveOnePortLeft(t *testing.T) {
	if !again(t, &syscall.SysProcAttr{}) {
		return
	}
	runtime.LockOSThread()
	mine, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	other, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := func(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
	if err := confine(port(mine)); err != nil {
		levelRefused(t, launch{level: LevelB}, err)
	}
	for name, kind := range map[string][3]int{
		"UDP": {unix.AF_INET, unix.SOCK_DGRAM, 0}, "UDP over IPv6": {unix.AF_INET6, unix.SOCK_DGRAM, 0},
		"UDP that will not block": {unix.AF_INET, unix.SOCK_DGRAM | unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC, 0},
		"raw":                     {unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP}, "packet": {unix.AF_PACKET, unix.SOCK_RAW, 0},
		"multipath TCP": {unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP}, "SCTP": {unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP},
		"virtual machine": {unix.AF_VSOCK, unix.SOCK_STREAM, 0}, "Bluetooth": {unix.AF_BLUETOOTH, unix.SOCK_RAW, 0},
	} {
		if s, err := unix.Socket(kind[0], kind[1], kind[2]); !errors.Is(err, unix.EACCES) {
			t.Errorf("a %s socket: %d, %v", name, s, err)
		}
	}
	if _, _, err := unix.RawSyscall(unix.SYS_IO_URING_SETUP, 1, 0, 0); err != unix.EACCES {
		t.Errorf("io_uring: %v", err)
	}
	reach := func(port int) error {
		s, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(s)
		return unix.Connect(s, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	}
	if err := reach(port(mine)); err != nil {
		t.Errorf("the proxy's port: %v", err)
	}
	if err := reach(port(other)); !errors.Is(err, unix.EACCES) {
		t.Errorf("another port: %v", err)
	}
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Sendto(s, []byte("x"), unix.MSG_FASTOPEN, &unix.SockaddrInet4{Port: port(other), Addr: [4]byte{127, 0, 0, 1}}); !errors.Is(err, unix.EACCES) {
		t.Errorf("connecting by sending: %v", err)
	}
	if s, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0); err != nil {
		t.Errorf("a Unix socket: %d, %v", s, err)
	}
}

func TestMessagesEndInNul(t *testing.T) {
	var sent bytes.Buffer
	long := strings.Repeat("x", maxMessage+1)
	p := newPipe(strings.NewReader("one\x00"+long+"\x00two\x00"), &sent)
	for _, want := range []string{"one", "", "two"} { // the long one is dropped
		if got, err := p.read(); err != nil || string(got) != want {
			t.Errorf("read %.20q, %v, want %q", got, err, want)
		}
	}
	if _, err := p.read(); err == nil {
		t.Error("the end is not told")
	}
	if err := p.write([]byte("out")); err != nil || sent.String() != "out\x00" {
		t.Errorf("wrote %q, %v", sent.String(), err)
	}
}

func TestTextsAreCutBetweenCharacters(t *testing.T) {
	for text, want := range map[string]string{"abc": "abc", "abcdef": "abcd", "abcé": "abc", "日本": "日"} {
		if got := cut(text, 4); got != want {
			t.Errorf("%q is cut to %q, want %q", text, got, want)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add([]byte("\x81\x05hello"))
	f.Add([]byte("\x81\x85\x01\x02\x03\x04igohn"))
	f.Add([]byte("\x82\x7e\x00\x80" + strings.Repeat("x", 128)))
	f.Add([]byte("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, text, err := readFrame(bytes.NewReader(data)); err == nil && len(text) > len(data) {
			t.Errorf("%d bytes came out of %d", len(text), len(data))
		}
	})
}

func FuzzReadPacket(f *testing.F) {
	f.Add(append(make([]byte, 12), "\x08\x00\x45\x00\x00\x28\x00\x00\x40\x00\x40\x06\x00\x00\x7f\x00\x00\x01\x7f\x00\x00\x02\x00\x50\x01\xbb"...))
	f.Add(append(make([]byte, 12), "\x08\x00\x4f"...))
	f.Fuzz(func(t *testing.T, data []byte) { _ = readPacket(data).String() })
}
