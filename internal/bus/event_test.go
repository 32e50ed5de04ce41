package bus_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/bus/bustest"
)

// soon is how long a test waits for what is bound to happen.
const soon = 20 * time.Second

func receive[T any](t *testing.T, what string, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(soon):
		t.Fatalf("%s does not come", what)
	}
	return v
}

// subscribe gives the events of a name; a gap is "gap".
func subscribe(t *testing.T, b *bus.Bus, name string) <-chan string {
	t.Helper()
	events := make(chan string, 10_000)
	stop, err := b.Subscribe(t.Context(), name, func(data []byte) {
		if data == nil {
			events <- "gap"
			return
		}
		events <- string(data)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return events
}

func TestAnEventReachesEveryProcessInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		here, there, elsewhere := subscribe(t, one, "switched-off"), subscribe(t, other, "switched-off"), subscribe(t, other, "else")
		for i := range 500 {
			if err := one.Publish(t.Context(), "switched-off", []byte(strconv.Itoa(i))); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 500 {
			if got := receive(t, "the event here", here); got != strconv.Itoa(i) {
				t.Fatalf("event %d is %q here", i, got)
			}
			if got := receive(t, "the event there", there); got != strconv.Itoa(i) {
				t.Fatalf("event %d is %q there", i, got)
			}
		}
		if err := other.Publish(t.Context(), "else", nil); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, "an empty event", elsewhere); got != "" {
			t.Errorf("an empty event is %q", got)
		}
	})
}

func TestWhoeverWasCutOffIsToldThatSomethingMayBeMissing(t *testing.T) {
	s := bustest.Start(t)
	b := open(t, bus.Options{Address: s.Address})
	events := subscribe(t, b, "switched-off")
	s.Kill()
	if err := b.Publish(t.Context(), "switched-off", []byte("lost")); err == nil {
		t.Error("an event that nobody has was called published")
	}
	s.Run()
	if got := receive(t, "the gap", events); got != "gap" {
		t.Errorf("%q, want a gap", got)
	}
	if err := b.Publish(t.Context(), "switched-off", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, "the event", events); got != "kept" {
		t.Errorf("%q, want the event", got)
	}
}

func TestASlowSubscriberIsToldAndHoldsUpNobody(t *testing.T) {
	b := open(t, bus.Options{})
	free := make(chan struct{})
	saw := make(chan bool, 10_000)
	stop, err := b.Subscribe(t.Context(), "e", func(data []byte) {
		<-free
		saw <- data == nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	quick := subscribe(t, b, "e")
	for range 3000 {
		if err := b.Publish(t.Context(), "e", []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for range 3000 {
		receive(t, "an event", quick)
	}
	close(free)
	for !receive(t, "the gap", saw) {
		continue
	}
}

func TestANameThatIsNoWordIsRefused(t *testing.T) {
	b := open(t, bus.Options{})
	for _, name := range []string{"", "a.b", "*", ">", "a b", strings.Repeat("x", 101)} {
		if err := b.Publish(t.Context(), name, nil); err == nil {
			t.Errorf("published %q", name)
		}
		if _, err := b.Subscribe(t.Context(), name, func([]byte) {}); err == nil {
			t.Errorf("subscribed to %q", name)
		}
	}
}
