package queue

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// watched is a pretend wiki with a watch on it.
type watched struct {
	*world
	wiki  *fakewiki.Wiki
	watch *Watch
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{world: newWorld(t), wiki: fakewiki.New(fakewiki.Options{})}
	w.wiki.AddUser("Mara", "password of Mara")
	w.wiki.AddUser("Ira", "password of Ira", "sysop", "interface-admin")
	server := httptest.NewServer(w.wiki)
	t.Cleanup(server.Close)
	client := mediawiki.New(server.URL, "/w", nil, mediawiki.Options{})
	site, err := client.Site(t.Context())
	w.must(err)
	w.watch = &Watch{
		Site: site, Wiki: client, Texts: w.db, Queue: w.q, Log: w.q.Log, Now: w.q.Now,
		Jobs: func(wiki.CodeKind) []Job { return []Job{{Kind: "scan", Version: "1"}} },
		Rank: func(_ context.Context, t wiki.Title) Rank {
			if t.NS == wiki.NSMediaWiki {
				return Site
			}
			return Script
		},
	}
	return w
}

func (w *watched) save(title, text string) {
	w.Helper()
	_, err := w.wiki.Save(title, text, "Ira", "test")
	w.must(err)
}

func (w *watched) catchUp() {
	w.Helper()
	w.must(w.watch.catchUp(w.Context()))
	w.must(w.watch.backlog(w.Context()))
}

// queued empties the queue and returns what was in it, as "page: text".
func (w *watched) queued() (all []string) {
	w.Helper()
	for empty := 0; ; {
		d, err := w.q.Depth(w.Context(), "scan")
		w.must(err)
		if d.Waiting == 0 {
			if empty++; empty == 3 { // the server counts what waits a moment after it has it
				slices.Sort(all)
				return all
			}
			time.Sleep(20 * time.Millisecond)
			continue
		}
		empty = 0
		item, err := w.take()
		w.must(err)
		j := w.read(item.Data)
		text, err := w.db.Text(w.Context(), j.SHA256)
		w.must(err)
		_, err = w.db.SaveResult(w.Context(), store.Result{Job: j, Body: "{}"})
		w.must(err)
		w.must(item.Done(w.Context()))
		all = append(all, j.Path+": "+text)
	}
}

func (w *watched) want(want ...string) {
	w.Helper()
	if diff := cmp.Diff(want, w.queued()); diff != "" {
		w.Errorf("queued (-want +got):\n%s", diff)
	}
}

func TestTheFirstStartQueuesEveryCodePageAndLaterOnesWhatIsNew(t *testing.T) {
	w := newWatched(t)
	w.save("User:Mara/common.js", "old")
	w.save("User:Mara/style sheet.css", "a {}")
	w.save("User:Mara/data.json", "{}")
	w.save("User:Mara/draft", "no code")
	w.save("User:Mara", "no code")
	w.save("Main Page", "no code")
	w.save("MediaWiki:Common.js", "site")
	w.save("MediaWiki:Sidebar", "no code")
	w.catchUp()
	w.want("MediaWiki:Common.js: site", "User:Mara/common.js: old", "User:Mara/data.json: {}", "User:Mara/style sheet.css: a {}")

	w.catchUp()
	w.want()
	w.save("User:Mara/common.js", "new")
	w.save("User:Mara/draft", "still no code")
	w.catchUp()
	w.want("User:Mara/common.js: new")
}

func TestARevisionThatWasReplacedBeforeAnybodyLookedIsQueuedToo(t *testing.T) {
	w := newWatched(t)
	w.catchUp()
	w.queued()
	w.save("MediaWiki:Common.js", "evil();")
	w.save("MediaWiki:Common.js", "")
	w.save("MediaWiki:Common.js", "fine();")
	w.catchUp()
	w.want("MediaWiki:Common.js: ", "MediaWiki:Common.js: evil();", "MediaWiki:Common.js: fine();")
	w.save("MediaWiki:Common.js", "evil();") // known already
	w.catchUp()
	w.want()
}

func TestAMovedPageIsQueuedUnderItsNewName(t *testing.T) {
	w := newWatched(t)
	w.save("User:Mara/a.js", "x")
	w.catchUp()
	w.queued()
	w.must(w.wiki.Move("User:Mara/a.js", "User:Mara/b.js", "Ira", false))
	w.catchUp()
	w.want("User:Mara/b.js: x")
}

// broken is a wiki or a store part of which does not answer.
type broken struct {
	Wiki
	Texts
	pages, texts error
}

func (b *broken) Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	if b.pages != nil {
		return nil, b.pages
	}
	return b.Wiki.Pages(ctx, titles)
}

func (b *broken) SaveText(ctx context.Context, text string) (store.Digest, error) {
	if b.texts != nil {
		return "", b.texts
	}
	return b.Texts.SaveText(ctx, text)
}

func TestWhatCannotBeQueuedNowIsQueuedLater(t *testing.T) {
	w := newWatched(t)
	w.catchUp()
	w.queued()
	b := &broken{Wiki: w.watch.Wiki, Texts: w.watch.Texts}
	w.watch.Wiki, w.watch.Texts = b, b
	w.save("MediaWiki:Common.js", "x")
	b.pages = mediawiki.ErrUnavailable
	if err := w.watch.catchUp(t.Context()); !errors.Is(err, mediawiki.ErrUnavailable) {
		t.Errorf("error %v, want the wiki's", err)
	}
	b.pages, b.texts = nil, errDown
	if err := w.watch.catchUp(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("error %v, want the store's", err)
	}
	b.texts = nil
	w.must(w.bus.Close())
	if err := w.watch.catchUp(t.Context()); err == nil {
		t.Error("no error without a bus")
	}
	w.bus = openBus(t, busOptions)
	w.q = w.open()
	w.watch.Queue = w.q
	w.catchUp()
	w.want("MediaWiki:Common.js: x")
}

func TestAPageThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	w := newWatched(t)
	w.catchUp()
	w.queued()
	b := &refusing{Wiki: w.watch.Wiki}
	w.watch.Wiki = b
	w.save("MediaWiki:Huge.js", "x")
	w.save("MediaWiki:Common.js", "y")
	w.save("User:Mara/a.js", strings.Repeat("z", 17<<20))
	w.save("User:Mara/b.js", "z")
	w.catchUp()
	w.want("MediaWiki:Common.js: y", "User:Mara/b.js: z")
}

// refusing is a wiki with a page that is too large for an answer.
type refusing struct{ Wiki }

func (r refusing) Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	if slices.ContainsFunc(titles, func(t wiki.Title) bool { return t.Key == "Huge.js" }) {
		return nil, mediawiki.ErrTooLong
	}
	return r.Wiki.Pages(ctx, titles)
}

func (r refusing) Revision(ctx context.Context, rev int64) (wiki.Page, error) {
	p, err := r.Wiki.Revision(ctx, rev)
	if p.Title.Key == "Huge.js" {
		return wiki.Page{}, mediawiki.ErrTooLong
	}
	return p, err
}

func TestAFullQueueMakesTheWatchWait(t *testing.T) {
	w := newWatched(t)
	w.q = w.open(func(o *Options) { o.Most = 2 })
	w.watch.Queue = w.q
	for _, title := range []string{"A", "B", "C", "D", "E"} {
		w.save("MediaWiki:"+title+".js", title)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.watch.Run(ctx, nil) }()
	w.until("two wait", func() bool {
		d, err := w.q.Depth(t.Context(), "scan")
		w.must(err)
		return d.Waiting == 2
	})
	var got []string
	w.until("all are queued", func() bool {
		got = append(got, w.queued()...)
		return len(got) == 5
	})
	stop()
	w.must(<-ended)
}

func TestTheWatchLooksWhenItIsToldTo(t *testing.T) {
	w := newWatched(t)
	ctx, stop := context.WithCancel(t.Context())
	changed, ended := make(chan struct{}, 1), make(chan error)
	go func() { ended <- w.watch.Run(ctx, changed) }()
	w.until("it knows where it is", func() bool {
		cursor, err := w.db.Cursor(t.Context(), w.watch.Site.ID, cursorName)
		w.must(err)
		return cursor != ""
	})
	w.save("MediaWiki:Common.js", "x")
	changed <- struct{}{}
	w.until("it is queued", func() bool {
		d, err := w.q.Depth(t.Context(), "scan")
		w.must(err)
		return d.Waiting == 1
	})
	stop()
	w.must(<-ended)
}

func TestJobsThatNobodyDoesHoldUpNoOthers(t *testing.T) {
	w := newWatched(t)
	w.q = w.open(func(o *Options) { o.Most = 2 })
	w.watch.Queue = w.q
	now := time.Now()
	w.watch.Now = func() time.Time { // a minute a look, while no scan is under way: however slow the machine is
		if d, err := w.q.Depth(t.Context(), "scan"); err == nil && d.Waiting+d.Taken == 0 {
			now = now.Add(time.Minute)
		}
		return now
	}
	w.watch.Jobs = func(wiki.CodeKind) []Job {
		return []Job{{Kind: "detonate", Version: "1"}, {Kind: "scan", Version: "1"}}
	}
	for _, title := range []string{"A", "B", "C", "D"} {
		w.save("MediaWiki:"+title+".js", title)
	}
	var r record
	w.start(w.q, 1, r.analyse) // scans only
	w.catchUp()
	for _, text := range []string{"A", "B", "C", "D"} {
		w.until(text+" is scanned", func() bool { return r.times(text) == 1 })
	}
	if d, err := w.q.Depth(t.Context(), "detonate"); err != nil || d.Waiting != 2 {
		t.Errorf("%+v (%v), want two that wait", d, err)
	}
}

func TestAWatchThatStartsWithOtherJobsAddsThemForWhatIsThere(t *testing.T) {
	w := newWatched(t)
	w.save("User:Mara/a.js", "a")
	w.catchUp()
	w.want("User:Mara/a.js: a")
	anew := func(version string) {
		w.watch.Jobs = func(wiki.CodeKind) []Job { return []Job{{Kind: "scan", Version: version}} }
	}
	anew("1")
	w.catchUp()
	w.want()
	w.save("User:Mara/b.js", "b")
	anew("2")
	w.catchUp()
	w.want("User:Mara/a.js: a", "User:Mara/b.js: b")
	w.catchUp()
	w.want()
}

func TestAFirstReadingThatBreaksOffIsBegunAgain(t *testing.T) {
	w := newWatched(t)
	w.save("User:Mara/a.js", "a")
	b := &broken{Wiki: w.watch.Wiki, Texts: w.watch.Texts, pages: mediawiki.ErrUnavailable}
	w.watch.Wiki = b
	w.must(w.watch.catchUp(t.Context()))
	if err := w.watch.backlog(t.Context()); !errors.Is(err, mediawiki.ErrUnavailable) {
		t.Errorf("error %v, want the wiki's", err)
	}
	b.pages = nil
	w.save("User:Mara/b.js", "b")
	w.catchUp()
	w.want("User:Mara/a.js: a", "User:Mara/b.js: b")
}

// shelf notes what a watch lists.
type shelf map[string]string

func (s shelf) Seen(_ context.Context, p wiki.Page) error {
	s[p.Title.Key] = p.Text
	return nil
}

func (s shelf) Gone(_ context.Context, t wiki.Title) error {
	delete(s, t.Key)
	return nil
}

func TestAListHasWhatThePagesOfCodeAreNowAndNothingElse(t *testing.T) {
	w := newWatched(t)
	w.save("User:Mara/common.js", "old")
	w.catchUp()
	w.queued()
	list := shelf{}
	w.watch.List = list // from another version on
	w.catchUp()
	if diff := cmp.Diff(shelf{"Mara/common.js": "old"}, list); diff != "" {
		t.Errorf("what was there before there was a list (-want +got):\n%s", diff)
	}
	w.save("User:Mara/common.js", "between")
	w.save("User:Mara/common.js", "new")
	w.save("User:Mara/other.js", "other")
	w.save("User:Mara/draft", "no code")
	w.catchUp()
	if diff := cmp.Diff(shelf{"Mara/common.js": "new", "Mara/other.js": "other"}, list); diff != "" {
		t.Errorf("after edits (-want +got):\n%s", diff)
	}
	w.must(w.wiki.Delete("User:Mara/other.js", "Ira"))
	w.catchUp()
	if diff := cmp.Diff(shelf{"Mara/common.js": "new"}, list); diff != "" {
		t.Errorf("after a deletion (-want +got):\n%s", diff)
	}
}
