package queue

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsMoreUrgentIsDoneFirst(t *testing.T) {
	w := newWorld(t)
	add := func(text string, r Rank) Job {
		j := w.job(text)
		if _, err := w.q.Add(t.Context(), j, r); err != nil {
			t.Fatal(err)
		}
		return j
	}
	jobs := []Job{
		add("old", Backlog), add("old, then saved again", Backlog), add("script", Script), add("gadget", Gadget), add("site", Site),
		add("another script", Script), add("old, then saved again", Script),
	}
	var done []string // one goroutine adds to it
	stop := w.start(w.q, 1, func(_ context.Context, _ Job, text string) ([]byte, error) {
		done = append(done, text)
		return []byte("{}"), nil
	})
	w.settled(jobs...)
	w.must(stop())
	want := []string{"site", "gadget", "script", "another script", "old, then saved again", "old"}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestWhatIsSavedComesBeforeWhatWasThere(t *testing.T) {
	w := newWatched(t)
	w.save("MediaWiki:Old.js", "was there")
	w.save("User:Mara/old.js", "was there too")
	w.catchUp()
	w.save("User:Mara/new.js", "new")
	w.save("MediaWiki:Common.js", "new for everybody")
	w.catchUp()
	var got []string
	for range 4 {
		item, err := w.take()
		w.must(err)
		got = append(got, w.read(item.Data).Path)
		w.must(item.Done(t.Context()))
	}
	want := []string{"MediaWiki:Common.js", "User:Mara/new.js", "MediaWiki:Old.js", "User:Mara/old.js"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("given out (-want +got):\n%s", diff)
	}
}

func TestAKindOfJobHasALimitOfItsOwn(t *testing.T) {
	w := newWorld(t)
	j := w.job("x")
	w.add(j, true)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- w.q.Work(ctx, Analyser{Kind: "scan", Version: "1", Slots: 1, Limit: 1, Analyse: func(ctx context.Context, _ Job, _ string) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
	}()
	w.settled(j)
	stop()
	w.must(<-ended)
	if f := w.failure(); f.Tries != 1 {
		t.Errorf("set aside after %d tries: %s", f.Tries, f.Reason)
	}
}
