package bus_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/bus"
	"sallyport/internal/bus/bustest"
)

// buses are the kinds of bus there are: each gives two processes' connections to one bus.
var buses = map[string]func(t *testing.T) (one, other *bus.Bus){
	"in memory": func(t *testing.T) (one, other *bus.Bus) {
		b := open(t, bus.Options{})
		return b, b
	},
	"embedded": func(t *testing.T) (one, other *bus.Bus) {
		address := "embedded:" + folder(t)
		return open(t, bus.Options{Address: address}), open(t, bus.Options{Address: address, Guest: true})
	},
	"nats-server": func(t *testing.T) (one, other *bus.Bus) {
		s := bustest.Start(t)
		return open(t, bus.Options{Address: s.Address}), open(t, bus.Options{Address: s.Address, Guest: true})
	},
}

func onEach(t *testing.T, check func(t *testing.T, one, other *bus.Bus)) {
	for name, start := range buses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, other := start(t)
			check(t, one, other)
		})
	}
}

// folder is a new one whose path is short enough for a socket.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "bus")
}

func open(t *testing.T, o bus.Options) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestAnAddressThatIsNoneSaysWhatIsOne(t *testing.T) {
	for _, address := range []string{"x", "http://localhost", "embed:x", "/var/lib/bus"} {
		_, err := bus.Open(t.Context(), bus.Options{Address: address})
		if err == nil || !strings.Contains(err.Error(), "embedded:FOLDER") {
			t.Errorf("open %q: error %v, want one that shows how addresses look", address, err)
		}
	}
	if _, err := bus.Open(t.Context(), bus.Options{Address: "embedded:", Guest: true}); err == nil {
		t.Error("a guest joined a server of nobody's")
	}
}

func TestAPasswordIsNotShownInErrors(t *testing.T) {
	for _, address := range []string{"nats://mara:hunter2@127.0.0.1:1", "nats://127.0.0.1:1,nats://mara:hunter2@127.0.0.1:2", "nats://m:hunter2@127.0.0.1:x"} {
		_, err := bus.Open(t.Context(), bus.Options{Address: address})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("open %s: error %v", address, err)
		}
	}
}

func TestAnEmbeddedFolderHasOneServerAndIsForItsOwnerOnly(t *testing.T) {
	dir := folder(t)
	first := open(t, bus.Options{Address: "embedded:" + dir})
	if _, err := bus.Open(t.Context(), bus.Options{Address: "embedded:" + dir}); !errors.Is(err, bus.ErrTaken) {
		t.Errorf("error %v, want bus.ErrTaken", err)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v (%v), want 700", info.Mode(), err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, bus.Options{Address: "embedded:" + dir})
}

func TestAGuestWithoutAHostIsAnError(t *testing.T) {
	if _, err := bus.Open(t.Context(), bus.Options{Address: "embedded:" + folder(t), Guest: true}); err == nil {
		t.Error("it joined nobody")
	}
}

func TestAFolderTooDeepForASocketIsSaid(t *testing.T) {
	deep := filepath.Join(folder(t), strings.Repeat("x", 100))
	if _, err := bus.Open(t.Context(), bus.Options{Address: "embedded:" + deep}); err == nil || !strings.Contains(err.Error(), "nearer to the root") {
		t.Errorf("error %v, want one that says what to do", err)
	}
}

func TestABusInMemoryLeavesNothingBehind(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	b, err := bus.Open(t.Context(), bus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Work(t.Context(), bus.WorkOptions{Name: "jobs", AckWait: silence, Most: 10}); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
