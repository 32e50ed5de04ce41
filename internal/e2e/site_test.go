package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/addrtest"
	"sallyport/internal/cli"
	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
)

// site is a wiki behind a running `sallyport serve`: a real MediaWiki, or the pretend one. The methods on people and pages
// go past the gateway, as a job queue or another front end would.
type site struct {
	*testing.T
	kind    string // "mediawiki" or "fakewiki"
	front   string // the gateway's address
	back    string // the wiki's own
	script  string // script path
	addUser func(name, password string, groups ...string)
	edit    func(user, title, text string)
	move    func(user, from, to string)
	rename  func(old, name string)
	remove  func(user, title string)
	down    func()
	up      func()
}

// onBoth runs a test against the real MediaWiki and against the pretend wiki.
func onBoth(t *testing.T, test func(s *site)) {
	t.Run("mediawiki", func(t *testing.T) { test(serve(t, realWiki)) })
	t.Run("fakewiki", func(t *testing.T) { test(serve(t, pretendWiki)) })
}

func realWiki(t *testing.T, front string) *site {
	w := mediawikitest.Start(t, mediawikitest.Options{Server: front})
	return &site{
		T: t, kind: "mediawiki", back: w.URL, script: "",
		addUser: func(name, password string, groups ...string) { w.AddUser(name, password, groups...) },
		edit:    func(user, title, text string) { w.Edit(user, title, text) },
		move:    w.Move, rename: w.RenameUser, remove: w.Delete, down: w.Down, up: w.Up,
	}
}

func pretendWiki(t *testing.T, _ string) *site {
	w := fakewiki.New(fakewiki.Options{Name: "Pretend wiki", Lang: "en"})
	w.AddUser("Admin", "admin password 1", "sysop", "bureaucrat", "interface-admin")
	answering := true
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !answering {
			panic(http.ErrAbortHandler)
		}
		w.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	return &site{
		T: t, kind: "fakewiki", back: server.URL, script: "/w",
		addUser: func(name, password string, groups ...string) { w.AddUser(name, password, groups...) },
		edit: func(user, title, text string) {
			_, err := w.Save(title, text, user, "test")
			must(err)
		},
		move:   func(user, from, to string) { must(w.Move(from, to, user, true)) },
		rename: func(old, name string) { must(w.RenameUser(old, name)) },
		remove: func(user, title string) { must(w.Delete(title, user)) },
		down:   func() { answering = false }, up: func() { answering = true },
	}
}

// serve starts `sallyport serve` in front of a wiki and waits until it answers.
func serve(t *testing.T, open func(t *testing.T, front string) *site) *site {
	t.Helper()
	addr := addrtest.Address(t)
	front := "http://" + addr
	s := open(t, front)
	s.front = front
	s.start(addr)
	return s
}

// start runs the program itself, in this process, with a settings file as an operator would write it.
func (s *site) start(addr string) {
	s.Helper()
	dir := s.TempDir()
	file := filepath.Join(dir, "sallyport.toml")
	settings := fmt.Sprintf("listen = %q\nconfirm_listen = %q\nstore = %q\nbus = \"embedded:\"\nlog_level = \"warn\"\n[analysis]\ndetonate = false\n[wiki]\nurl = %q\nscript_path = %q\n",
		addr, addrtest.Address(s.T), "sqlite:"+filepath.Join(dir, "sallyport.db"), s.back, s.script)
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(s.run(file, addr))
}

// run starts serve with this settings file, which says that it listens at addr, and comes back when it answers. The function it
// gives ends serve.
func (s *site) run(file, addr string) (stop func()) {
	s.Helper()
	ctx, end := context.WithCancel(context.Background())
	log := &syncBuffer{}
	done := make(chan struct{})
	var code int
	go func() {
		defer close(done)
		code = cli.Run(ctx, []string{"serve", "--config", file}, io.Discard, log)
	}()
	stop = func() {
		end()
		<-done
		if code != 0 {
			s.Errorf("serve ended with %d", code)
		}
		if s.Failed() {
			s.Logf("what serve said:\n%s", log.String())
		}
	}
	answers := func() bool {
		r, err := local.Get("http://" + addr + "/sallyport/register?names=")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		return r.StatusCode == http.StatusOK
	}
	for try := 0; !answers(); try++ {
		ended := false
		select {
		case <-done:
			ended = true
		case <-time.After(50 * time.Millisecond):
		}
		if ended || try == 400 {
			stop()
			s.Fatal("serve does not answer")
		}
	}
	return stop
}

// eventually waits, for a bounded time, until something is so.
func (s *site) eventually(what string, so func() bool) {
	s.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if so() {
			return
		}
	}
	s.Fatalf("waited in vain until %s", what)
}

// as logs somebody in through the gateway, for writes that go through it.
func (s *site) as(name string) *mediawiki.Session {
	s.Helper()
	session, err := mediawiki.New(s.front, s.script, nil, mediawiki.Options{}).Login(s.Context(), name, password(name))
	if err != nil {
		s.Fatal(err)
	}
	return session
}

// editThrough saves a page by way of the gateway.
func (s *site) editThrough(name, title, text string) {
	s.Helper()
	session := s.as(name)
	site, err := session.Client().Site(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	t, err := site.Parse(title)
	if err != nil {
		s.Fatal(err)
	}
	if _, err := session.Edit(s.Context(), t, text, "test"); err != nil {
		s.Fatal(err)
	}
}

func password(name string) string { return "the password of " + name }

// people registers accounts.
func (s *site) people(names ...string) {
	for _, name := range names {
		s.addUser(name, password(name))
	}
}

// module waits until the gadget at a title is known, and returns its module's name.
func (s *site) module(title string) string {
	s.Helper()
	var name string
	s.eventually(title+" is known", func() bool {
		_, body := s.get("/sallyport/register?names=" + title)
		_, rest, found := strings.Cut(body, `"`+title+`":"`)
		name, _, _ = strings.Cut(rest, `"`)
		return found && strings.Contains(body, `"rows":[[`)
	})
	return name
}

func (s *site) get(path string, header ...string) (*http.Response, string) {
	s.Helper()
	return fetch(s.T, s.front+path, header...)
}

func fetch(t *testing.T, address string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(b)
}
