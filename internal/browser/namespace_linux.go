package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is who the browser runs as when root starts it: Chromium keeps its own sandbox on for anybody but root.
const nobody = 65534

// namespaces makes a process that is alone on its network. Private gives it mounts and process numbers of its own too, so that it
// sees nobody's files and takes all its children along when it ends.
func namespaces(private bool) *syscall.SysProcAttr {
	uid, gid := os.Geteuid(), os.Getegid()
	attr := &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		AmbientCaps: []uintptr{unix.CAP_NET_ADMIN, unix.CAP_NET_RAW},
	}
	if private {
		attr.Cloneflags |= unix.CLONE_NEWNS | unix.CLONE_NEWPID
		attr.AmbientCaps = append(attr.AmbientCaps, unix.CAP_SYS_ADMIN)
	}
	if uid == 0 {
		uid, gid = nobody, nobody
		attr.GidMappingsEnableSetgroups = true
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	return attr
}

// hidden are folders in which people and services keep things that are none of a browser's business: files, and sockets
// that a network namespace does not shut off. The one the browser itself lies in stays.
func hidden(browser string) []string {
	var hide []string
	for _, dir := range []string{"/tmp", "/var/tmp", "/home", "/root", "/run", "/srv", "/mnt", "/media"} {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil && real == dir && !strings.HasPrefix(browser, dir+"/") {
			hide = append(hide, dir)
		}
	}
	return hide
}

// enter finishes the namespaces from within, and returns a listening socket for the proxies and one that sees every packet.
func (o *order) enter() ([]int, error) {
	if o.Private {
		if err := o.hide(); err != nil {
			return nil, err
		}
	}
	if err := loopbackUp(); err != nil {
		return nil, err
	}
	door, port, err := listenEverywhere()
	if err != nil {
		return nil, err
	}
	witness, err := watchStrays(port)
	if err != nil {
		return nil, fmt.Errorf("watch the namespace's packets: %w", err)
	}
	if err := dropCapabilities(); err != nil {
		return nil, err
	}
	return []int{door, witness}, nil
}

// hide mounts empty folders over what is hidden, and the process numbers of this namespace on /proc.
func (o *order) hide() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	for _, dir := range o.Hide {
		if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=256m,mode=0700"); err != nil {
			return fmt.Errorf("hide %s: %w", dir, err)
		}
	}
	if err := os.MkdirAll(o.Profile, 0o700); err != nil {
		return fmt.Errorf("make a profile: %w", err)
	}
	return nil
}

func loopbackUp() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("bring lo up: %w", err)
	}
	defer func() { _ = unix.Close(s) }()
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("bring lo up: %w", err)
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo); err != nil {
		return fmt.Errorf("bring lo up: %w", err)
	}
	return nil
}

// listenEverywhere listens on every address there is, which in this namespace are those of 127.0.0.0/8.
func listenEverywhere() (socket, port int, err error) {
	socket, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err == nil {
		err = unix.Bind(socket, &unix.SockaddrInet4{})
	}
	if err == nil {
		err = unix.Listen(socket, 1024)
	}
	var address unix.Sockaddr
	if err == nil {
		address, err = unix.Getsockname(socket)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("listen in the namespace: %w", err)
	}
	if four, ok := address.(*unix.SockaddrInet4); ok {
		port = four.Port
	}
	return socket, port, nil
}

// dropCapabilities gives up what was needed to get here; exec then leaves none.
func dropCapabilities() error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	return nil
}
