package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"sallyport/internal/wiki"
)

// asked is a wiki that says who a session is, when it is let to.
type asked struct {
	now    time.Time
	answer chan wiki.User
	asked  chan string
}

func newAsked() (*asked, *Readers) {
	a := &asked{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), answer: make(chan wiki.User), asked: make(chan string, 100)}
	who := func(_ context.Context, r *http.Request) (wiki.User, error) {
		a.asked <- r.Header.Get("Cookie")
		return <-a.answer, nil
	}
	return a, NewReaders("wiki_session", who, func() time.Time { return a.now }, slog.New(slog.DiscardHandler))
}

// says answers a question under way, and waits until that is known.
func (a *asked) says(t *testing.T, s *Readers, u wiki.User) {
	t.Helper()
	<-a.asked
	a.answer <- u
	s.turn <- struct{}{} // the turns are given back when all is done
	for i := 1; i < cap(s.turn); i++ {
		s.turn <- struct{}{}
	}
	for range cap(s.turn) {
		<-s.turn
	}
}

func with(cookies ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://wiki.example/wiki/Main_Page", nil)
	r.Header.Set("Accept", "text/html")
	for _, c := range cookies {
		r.Header.Add("Cookie", c)
	}
	return r
}

func TestASessionIsKnownOnceTheWikiHasSaidWhoseItIs(t *testing.T) {
	a, s := newAsked()
	noor, r := wiki.User{ID: 7, Name: "Noor"}, with("wiki_session=abc; wikiUserID=7")
	is := func(what string, want int64, wantOK bool) {
		t.Helper()
		if u, ok := s.Known(r); u.ID != want || ok != wantOK {
			t.Errorf("%s: %+v, %v", what, u, ok)
		}
	}
	is("before", 0, false)
	s.learn(r)
	is("while it is asked", 0, false)
	a.says(t, s, noor)
	is("afterwards", 7, true)
	s.learn(r)
	a.now = a.now.Add(readerAge)
	is("long afterwards", 7, true)
	s.learn(r)
	s.learn(r)
	is("while it is asked again", 7, true)
	a.says(t, s, wiki.User{})
	is("logged out", 0, true)
	a.now = a.now.Add(nobodyAge)
	is("logged out for long", 0, false)
	if len(a.asked) != 0 {
		t.Errorf("asked %d times too often", len(a.asked))
	}
	if u, ok := s.Known(with()); u.ID != 0 || !ok {
		t.Errorf("without cookies: %+v, %v", u, ok)
	}
}

// Who is kept logged in comes back without a session cookie.
func TestWhoComesBackWithTheirTokenIsKnown(t *testing.T) {
	a, s := newAsked()
	kept := "wikiUserID=7; wikiUserName=Noor; wikiToken=0123456789abcdef"
	s.learn(with(kept))
	a.says(t, s, wiki.User{ID: 7, Name: "Noor"})
	for cookies, want := range map[string]int64{
		kept: 7, "wikiToken=0123456789abcdef; wikiUserID=7": 7, "wikiUserID=8; wikiToken=0123456789abcdef": 0, "wikiUserID=7; wikiToken=other": 0, "wikiUserID=7": 0, "wikiToken=0123456789abcdef": 0,
		kept + "; wikiToken=evil": 0, kept + "; wiki_session=new": 0, "otherUserID=7; otherToken=0123456789abcdef": 0,
	} {
		if u, _ := s.Known(with(cookies)); u.ID != want {
			t.Errorf("%q: %+v", cookies, u)
		}
	}
	if len(a.asked) != 0 {
		t.Errorf("the wiki was asked about %q", <-a.asked)
	}
}

// The first page of a session is made before it is known whose it is: it waits for the answer that is under way, when its cookies name
// an account, and no other does.
func TestTheFirstPageOfAnAccountsSessionWaitsForTheAnswer(t *testing.T) {
	for cookies, waits := range map[string]bool{
		"wiki_session=abc; wikiUserID=7": true, "wikiUserID=7; wikiToken=t": true, "centralauth_User=Noor; wiki_session=abc": true,
		"wiki_session=abc": false, "wiki_session=abc; wikiUserID=deleted": false, "wiki_session=abc; wikiUserID=": false, "wikiUserID=7": false, "": false,
	} {
		a, s := newAsked()
		s.wait = time.Hour
		r := with(cookies)
		s.learn(r)
		_, some, _ := s.session(r)
		answered := make(chan int64, 1)
		go func() {
			u, _ := s.await(r)
			answered <- u.ID
		}()
		if !waits {
			if id := <-answered; id != 0 { // nobody has said anything yet
				t.Errorf("%q: %d", cookies, id)
			}
		}
		if some {
			a.says(t, s, wiki.User{ID: 7})
		}
		if waits {
			if id := <-answered; id != 7 {
				t.Errorf("%q: %d", cookies, id)
			}
		}
	}
	a, s := newAsked()
	r := with("wiki_session=abc; wikiUserID=7")
	ctx, cancel := context.WithCancel(r.Context())
	cancel()
	s.wait = time.Hour
	s.learn(r)
	if u, ok := s.await(r.WithContext(ctx)); ok || u.ID != 0 {
		t.Errorf("who went away: %+v %v", u, ok)
	}
	a.says(t, s, wiki.User{})
}

// A script in a page can set cookies for longer paths, which PHP looks at first: the page would be its author's, with what the
// author allowed, in the reader's browser.
func TestOfTwoSessionsNoneCounts(t *testing.T) {
	a, s := newAsked()
	plain := "wiki_session=abc; wikiUserID=7; wikiToken=t; other=1; other=2"
	s.learn(with(plain))
	a.says(t, s, wiki.User{ID: 7})
	if u, ok := s.Known(with(plain)); u.ID != 7 || !ok {
		t.Fatalf("%+v, %v", u, ok)
	}
	for _, more := range []string{
		"wiki_session=evil", "wiki.session=evil", "wiki session=evil", "wiki[session=evil", "wiki_session[x]=evil", "wiki%5Fsession=evil", "Wiki_session=evil",
		"wikiUserID=8", "wikiUserID[]=8", "wikiToken=u", "wiki.session",
	} {
		for _, r := range []*http.Request{with(more + "; " + plain), with(plain, more)} {
			s.learn(r)
			if u, ok := s.Known(r); u.ID != 0 || ok {
				t.Errorf("%q: %+v, %v", r.Header["Cookie"], u, ok)
			}
		}
	}
	if len(a.asked) != 0 {
		t.Errorf("the wiki was asked about %q", <-a.asked)
	}
}

func TestAFloodOfSessionsDoesNotFloodTheWiki(t *testing.T) {
	a, s := newAsked()
	for i := range 3 * readersAsked {
		s.learn(with("wiki_session=" + string(rune('A'+i))))
	}
	for range readersAsked {
		<-a.asked
	}
	for range readersAsked {
		a.answer <- wiki.User{}
	}
	if len(a.asked) != 0 {
		t.Errorf("%d more questions", len(a.asked))
	}
}
