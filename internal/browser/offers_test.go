package browser

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// offers asks the kernel itself, without any of our own code, for what a level is made of. A level that is refused although the
// kernel offers all of it is a fault of ours, and no reason to skip a test.
func offers(l launch) bool {
	own := uintptr(unix.CLONE_NEWUSER) // Chromium's own sandbox
	switch l.level {
	case LevelA:
		own |= unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS
		if l.private {
			own |= unix.CLONE_NEWNS | unix.CLONE_NEWPID
		}
	case LevelB:
		if !offersLandlock() {
			return false
		}
	}
	return l.level != LevelA && !l.sandbox || offersNamespaces(own)
}

// offersNamespaces makes a process in namespaces of its own. AppArmor lets an ordinary user make them and takes their powers away.
func offersNamespaces(flags uintptr) bool {
	barred, _ := os.ReadFile("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
	if os.Geteuid() != 0 && strings.TrimSpace(string(barred)) == "1" {
		return false
	}
	inner := exec.Command("/proc/self/exe", "-test.run=^$")
	inner.Dir = "/"
	inner.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  flags,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
	return inner.Run() == nil
}

// offersLandlock says whether Landlock can bar TCP connections, which it can since its fourth version (Linux 6.7).
func offersLandlock() bool {
	version, _, err := unix.RawSyscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	return err == 0 && version >= 4
}

// levelRefused ends a test whose level was refused: skipped when the system does not offer it, failed when it does.
func levelRefused(t testing.TB, l launch, err error) {
	t.Helper()
	if offers(l) {
		t.Fatalf("isolation level %s is refused on a system that offers all of it: %v", l.level, err)
	}
	t.Skipf("THIS SYSTEM REFUSES ISOLATION LEVEL %s, WHICH THEREFORE WENT UNTESTED: %v", l.level, err)
}

// mayLook says whether this process may look at other users' processes (CAP_SYS_PTRACE).
func mayLook() bool {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&head, &data[0]) == nil && data[0].Effective&(1<<unix.CAP_SYS_PTRACE) != 0
}

func TestWhatTheKernelOffersIsKnown(t *testing.T) {
	for _, l := range []launch{{level: LevelA, private: true, sandbox: true}, {level: LevelA, sandbox: true}, {level: LevelB, sandbox: true}, {level: LevelB}, {level: LevelC, sandbox: true}, {level: LevelC}} {
		t.Logf("level %s, private %t, sandbox %t: %t", l.level, l.private, l.sandbox, offers(l))
	}
	if !offers(launch{level: LevelC}) {
		t.Error("nothing is needed for level C without a sandbox")
	}
}
