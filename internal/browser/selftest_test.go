package browser

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// channels are those that must come in at every level. What a version of the browser does with dns-prefetch, preconnect and the
// like differs; there is more in canary.html than here.
var channels = []string{
	"fetch", "xhr", "xhr-sync", "image", "script", "style", "css-import", "css-url", "font", "frame", "srcdoc", "refresh", "object", "embed",
	"video", "audio", "poster", "track", "input-image", "svg-image", "import", "modulepreload", "preload", "prefetch", "beacon", "keepalive",
	"events", "ping", "download", "blank", "form", "form-frame", "popup", "popup-noopener", "socket", "socket-stream", "literal", "literal-socket",
	"worker", "worker-socket", "worker-import", "nested", "nested-socket", "shared", "shared-socket", "service", "service-socket", "service-install",
	"speculation", "csp", "audio-worklet", "paint-worklet", "unload",
}

// launchAt starts a browser without its own self-test, for tests that make it themselves.
func launchAt(t *testing.T, l launch) *Browser {
	t.Helper()
	path, err := Find()
	if err != nil {
		if os.Getenv("SALLYPORT_TEST_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	l.path, l.sandbox = path, true
	b, err := begin(t.Context(), Options{Log: slog.New(slog.DiscardHandler)}, l)
	if errors.Is(err, ErrRefused) && l.private && !offers(l) {
		l.private = false
		b, err = begin(t.Context(), Options{Log: slog.New(slog.DiscardHandler)}, l)
	}
	if errors.Is(err, ErrRefused) {
		levelRefused(t, l, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// tryAll runs the whole inert page and wants every channel to come in and nothing to go out.
func tryAll(t *testing.T, l launch) {
	t.Helper()
	b := launchAt(t, l)
	outside := watchHost(t)
	got, err := b.selfTest(t.Context(), channels, time.Second)
	if err != nil {
		t.Errorf("level %s: %v", l.level, err)
	}
	t.Logf("level %s, user %d: %d channels came to the proxy, packets elsewhere: %s", l.level, os.Geteuid(), len(got.names()), outside())
}

// watchHost looks at this machine's own network for the names and addresses that the inert page asks for.
func watchHost(t *testing.T) func() string {
	s, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(bigEndian(unix.ETH_P_ALL)))
	if err != nil {
		return func() string { return "not watched, that takes root" }
	}
	witness := os.NewFile(uintptr(s), "witness")
	mine := map[string]bool{} // a machine may well have an address of those that are for examples: what comes in does not leave
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if own, ok := a.(*net.IPNet); ok {
			mine[own.IP.String()] = true
		}
	}
	var found []string
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		frame := make([]byte, 65536)
		for {
			_ = witness.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			n, err := witness.Read(frame)
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return
			}
			p := readPacket(frame[:max(n, 0)])
			to := p.to.Addr().String()
			if err == nil && !mine[to] && (strings.HasPrefix(to, "192.0.2.") || strings.HasPrefix(to, "2001:db8:") || p.protocol == "udp" && strings.Contains(string(frame[:n]), "\x05probe\x04test")) {
				found = append(found, p.String())
			}
			select {
			case <-done:
				if err != nil {
					return
				}
			default:
			}
		}
	}()
	return func() string {
		close(done)
		<-stopped
		witness.Close()
		if len(found) > 0 {
			t.Errorf("the inert page got onto this machine's network: %s", strings.Join(found, ", "))
		}
		return "none"
	}
}

func TestNothingLeavesAtLevelA(t *testing.T) { tryAll(t, launch{level: LevelA, private: true}) }

func TestNothingLeavesAtLevelAWithFewerNamespaces(t *testing.T) { tryAll(t, launch{level: LevelA}) }

func TestNothingLeavesAtLevelB(t *testing.T) { tryAll(t, launch{level: LevelB}) }

func TestNothingLeavesAtLevelAForAnOrdinaryUser(t *testing.T) {
	if again(t, asNobody(t)) {
		tryAll(t, launch{level: LevelA, private: true})
	}
}

func TestNothingLeavesAtLevelBForAnOrdinaryUser(t *testing.T) {
	if again(t, asNobody(t)) {
		tryAll(t, launch{level: LevelB})
	}
}

// opened are mistakes somebody could make.
var opened = map[string]launch{
	"addresses go past the proxy": {direct: "127.0.0.1;192.0.2.1"},
	"everything goes past it":     {direct: "*"},
	"WebRTC may use UDP": {arguments: []string{
		"--force-webrtc-ip-handling-policy=default", "--webrtc-ip-handling-policy=default",
	}},
}

func TestTheSelfTestFailsWhenAChannelIsOpen(t *testing.T) {
	for name, l := range opened {
		for _, level := range []Level{LevelA, LevelC} {
			if level == LevelA && len(l.arguments) > 0 {
				continue // WebRTC finds no interface there that it could send from
			}
			t.Run(name+" at level "+string(level), func(t *testing.T) {
				l := l
				l.level, l.private = level, level == LevelA
				b := launchAt(t, l)
				_, err := b.selfTest(t.Context(), []string{"script"}, time.Second)
				if err == nil || l.direct != "*" && !errors.Is(err, ErrLeak) { // past every proxy, not even the page is found
					t.Errorf("the self-test says %v", err)
				}
				t.Log(err)
			})
		}
	}
}

func TestLevelBHoldsWhereTheSwitchesDoNot(t *testing.T) {
	for name, l := range opened {
		t.Run(name, func(t *testing.T) {
			l := l
			l.level = LevelB
			b := launchAt(t, l)
			outside := watchHost(t)
			_, err := b.selfTest(t.Context(), []string{"script"}, time.Second)
			if errors.Is(err, ErrLeak) {
				t.Error(err)
			}
			outside()
		})
	}
}

func TestAProofIsMadeOnceForABrowserAndALevel(t *testing.T) {
	var p Proof
	b := open(t, Options{Level: LevelC, Proof: &p})
	if len(p.passed) != 1 {
		t.Fatalf("proofs are %v", p.passed)
	}
	before := b.process.doors.(*hostDoors).last
	if err := p.of(t.Context(), b); err != nil || b.process.doors.(*hostDoors).last != before {
		t.Error("it was tested again")
	}
	if err := new(Proof).of(t.Context(), b); err != nil || b.process.doors.(*hostDoors).last == before {
		t.Error("it was not tested")
	}
}

// TestRootInAContainerWithoutNamespacesGetsLevelB runs itself in a user namespace in which no more can be made, as in a container
// that refuses them.
func TestRootInAContainerWithoutNamespacesGetsLevelB(t *testing.T) {
	if os.Geteuid() != 0 && os.Getenv("BROWSER_AGAIN") == "" {
		t.Skip("root alone can make such a container")
	}
	all := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 65536}}
	if !again(t, &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER, UidMappings: all, GidMappings: all, GidMappingsEnableSetgroups: true}) {
		return
	}
	if err := os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0); err != nil {
		t.Skipf("cannot forbid namespaces: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	b, err := Start(ctx, Options{})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrRefused) && strings.Contains(err.Error(), "landlock") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got := b.Isolation(); got.Level != LevelB || got.Sandbox || got.Why == "" {
		t.Errorf("isolation is %+v", got)
	}
	t.Logf("%+v", b.Isolation())
	if _, err := Start(ctx, Options{Level: LevelA}); !errors.Is(err, ErrRefused) {
		t.Errorf("level A: %v", err)
	}
	user := "no browser process"
	for _, pid := range descendants(b.process.cmd.Process.Pid) {
		if info, err := os.Stat("/proc/" + itoa(pid)); err == nil {
			user = itoa(int(info.Sys().(*syscall.Stat_t).Uid))
		}
	}
	if user != itoa(nobody) {
		t.Errorf("the browser runs as %s", user)
	}
}

func TestLevelCIsOnlyForThoseWhoAsk(t *testing.T) {
	for _, o := range []Options{{}, {Unsandboxed: true}} {
		if slices.ContainsFunc(attempts(o), func(l launch) bool { return l.level == LevelC }) {
			t.Errorf("%+v tries level C", o)
		}
	}
	if all := attempts(Options{Level: LevelC}); len(all) == 0 || all[0].level != LevelC || !all[0].sandbox {
		t.Errorf("asked for, it is %v", all)
	}
}
