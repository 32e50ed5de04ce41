package browser

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets into struct seccomp_data; arguments are 64 bits, of which the lower half counts here.
const (
	dataNumber = 0
	dataArch   = 4
	dataArgs   = 16
)

// refuseSockets installs a filter under which this thread and its children can make Unix, netlink and TCP sockets and no
// others: no UDP, no raw or packet sockets, no MPTCP or SCTP (Landlock looks at TCP alone), no io_uring (which makes sockets
// without a system call each), and no connection by sending (MSG_FASTOPEN passes Landlock by).
func refuseSockets() error {
	filter, err := socketFilter(runtime.GOARCH)
	if err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// #nosec G103 -- the kernel takes the filter by its address; there is no other way to hand it over
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}

func socketFilter(arch string) ([]unix.SockFilter, error) {
	var native uint32
	switch arch {
	case "amd64":
		native = unix.AUDIT_ARCH_X86_64
	case "arm64":
		native = unix.AUDIT_ARCH_AARCH64
	default:
		return nil, fmt.Errorf("no filter is written for %s", arch)
	}
	var a assembler
	a.word(dataArch)
	a.unless(native, refuse)
	a.word(dataNumber)
	if arch == "amd64" {
		a.from(1<<30, refuse) // the x32 numbers
	}
	a.when(unix.SYS_IO_URING_SETUP, refuse)
	for number, flags := range map[uint32]int{unix.SYS_SENDTO: 3, unix.SYS_SENDMSG: 2, unix.SYS_SENDMMSG: 3} {
		a.only(number, func() {
			a.word(dataArgs + 8*flags)
			a.anyBit(unix.MSG_FASTOPEN, refuse)
			a.ret(allow)
		})
	}
	a.only(unix.SYS_SOCKET, func() {
		a.word(dataArgs)
		a.when(unix.AF_UNIX, allow)
		a.when(unix.AF_NETLINK, allow)
		a.only(unix.AF_INET, a.tcp)
		a.only(unix.AF_INET6, a.tcp)
		a.ret(refuse)
	})
	a.ret(allow)
	return a.code, nil
}

const (
	allow  = unix.SECCOMP_RET_ALLOW
	refuse = unix.SECCOMP_RET_ERRNO | uint32(unix.EACCES)
)

// tcp is for socket(2): type in argument 1 without its flags, protocol in argument 2.
func (a *assembler) tcp() {
	a.word(dataArgs + 8)
	a.and(0xf)
	a.unless(unix.SOCK_STREAM, refuse)
	a.word(dataArgs + 16)
	a.when(0, allow)
	a.when(unix.IPPROTO_TCP, allow)
	a.ret(refuse)
}
