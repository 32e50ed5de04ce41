package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/notice/mail"
	"sallyport/internal/notice/mail/mailtest"
)

var at = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

func letter() mail.Letter {
	return mail.Letter{ID: "abc-1", To: "ira@mail.test", Subject: "שלום – Testwiki", Text: "first\n.\nthird, with é and a very long line " + strings.Repeat("x", 2000) + "\n", Date: at}
}

func to(t *testing.T, s *mailtest.Server, change func(*mail.Options)) *mail.Server {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	o := mail.Options{Server: "smtp://localhost:" + port, From: "Sallyport <door@wiki.test>", Roots: s.Roots}
	if change != nil {
		change(&o)
	}
	m, err := mail.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// read takes a letter apart.
func read(t testing.TB, raw string) (netmail.Header, string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in %q", err, raw)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, strings.ReplaceAll(string(body), "\r\n", "\n")
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	l := letter()
	if err := to(t, s, nil).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := s.Taken()
	if len(got) != 1 || got[0].From != "door@wiki.test" || got[0].To != "ira@mail.test" {
		t.Fatalf("the server has %+v", got)
	}
	for line := range strings.Lines(got[0].Text) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	head, body := read(t, got[0].Text)
	if diff := cmp.Diff(l.Text, body); diff != "" {
		t.Error(diff)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
	if err != nil || subject != l.Subject {
		t.Errorf("subject %q (%v)", subject, err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<abc-1@wiki.test>", "To": "<ira@mail.test>", "Auto-Submitted": "auto-generated", "Date": "Thu, 05 Mar 2026 12:00:00 +0000",
		"Content-Type": "text/plain; charset=UTF-8",
	} {
		if got := head.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestTheConnectionIsEncryptedAndTheServerIsWhoItSays(t *testing.T) {
	elsewhere := func(s *mailtest.Server, o *mail.Options) { // another machine, as far as anybody can tell
		o.Server = "smtp://mail.test:587"
		o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Addr)
		}
	}
	for name, c := range map[string]struct {
		server mailtest.Options
		change func(*mailtest.Server, *mail.Options)
		taken  bool
	}{
		"STARTTLS": {mailtest.Options{StartTLS: true}, nil, true},
		"STARTTLS, nobody vouches for the certificate": {mailtest.Options{StartTLS: true}, func(_ *mailtest.Server, o *mail.Options) { o.Roots = nil }, false},
		"STARTTLS, another host's certificate":         {mailtest.Options{StartTLS: true, Host: "other.test"}, nil, false},
		"STARTTLS elsewhere":                           {mailtest.Options{StartTLS: true, Host: "mail.test"}, elsewhere, true},
		"nothing encrypted elsewhere":                  {mailtest.Options{}, elsewhere, false},
		"TLS": {mailtest.Options{TLS: true}, func(_ *mailtest.Server, o *mail.Options) {
			o.Server = strings.Replace(o.Server, "smtp:", "smtps:", 1)
		}, true},
		"TLS, nobody vouches for the certificate": {mailtest.Options{TLS: true}, func(_ *mailtest.Server, o *mail.Options) {
			o.Server, o.Roots = strings.Replace(o.Server, "smtp:", "smtps:", 1), nil
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Start(t, c.server)
			err := to(t, s, func(o *mail.Options) {
				if c.change != nil {
					c.change(s, o)
				}
			}).Send(t.Context(), letter())
			switch got := s.Taken(); {
			case !c.taken && (!errors.Is(err, mail.ErrNoServer) || len(got) > 0):
				t.Errorf("error %v, %d letters", err, len(got))
			case c.taken && (err != nil || len(got) != 1 || !got[0].Encrypted && !c.server.TLS):
				t.Errorf("error %v, %+v", err, got)
			}
		})
	}
}

func TestWhoHandsInLogsIn(t *testing.T) {
	server := mailtest.Options{StartTLS: true, User: "door", Password: "secret-of-the-door"}
	s := mailtest.Start(t, server)
	err := to(t, s, func(o *mail.Options) { o.User, o.Password = "door", "secret-of-the-door" }).Send(t.Context(), letter())
	if got := s.Taken(); err != nil || len(got) != 1 || got[0].User != "door" {
		t.Errorf("error %v, %+v", err, got)
	}
	err = to(t, s, func(o *mail.Options) { o.User, o.Password = "door", "wrong-secret" }).Send(t.Context(), letter())
	if !errors.Is(err, mail.ErrNoServer) || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("with a wrong password: %v", err)
	}
}

func TestWhatTheServerSaysDecidesWhetherToTryAgain(t *testing.T) {
	for name, c := range map[string]struct {
		server mailtest.Options
		want   error
		taken  int
	}{
		"later, to the recipient":   {mailtest.Options{Answers: []error{mailtest.Code(451, 4, 3, 0)}, AtOnce: true}, mail.ErrLater, 0},
		"never, to the recipient":   {mailtest.Options{Answers: []error{mailtest.Code(550, 5, 1, 1)}, AtOnce: true}, mail.ErrRefused, 0},
		"later, to the letter":      {mailtest.Options{Answers: []error{mailtest.Code(452)}}, mail.ErrLater, 0},
		"never, to the letter":      {mailtest.Options{Answers: []error{mailtest.Code(554)}}, mail.ErrRefused, 0},
		"cut in the middle":         {mailtest.Options{Answers: []error{mailtest.ErrCut}}, mail.ErrLater, 0},
		"taken without saying so":   {mailtest.Options{Answers: []error{mailtest.ErrDeaf}}, mail.ErrLater, 1},
		"taken, and nothing wrong":  {mailtest.Options{}, nil, 1},
		"taken after a first no":    {mailtest.Options{Answers: []error{nil}}, nil, 1},
		"never, without a class":    {mailtest.Options{Answers: []error{mailtest.Code(552)}}, mail.ErrRefused, 0},
		"later, in a wording of 5s": {mailtest.Options{Answers: []error{mailtest.Code(421, 4, 7, 0)}}, mail.ErrLater, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Start(t, c.server)
			err := to(t, s, nil).Send(t.Context(), letter())
			if !errors.Is(err, c.want) || len(s.Taken()) != c.taken {
				t.Errorf("error %v, %d letters", err, len(s.Taken()))
			}
			if err != nil && strings.Contains(err.Error(), "mail.test") {
				t.Errorf("the error names the address: %v", err)
			}
		})
	}
}

func TestNoServerIsNotTheLettersFault(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	m, err := mail.New(mail.Options{Server: "smtp://" + l.Addr().String(), From: "door@wiki.test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), letter()); !errors.Is(err, mail.ErrNoServer) {
		t.Error(err)
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	for _, server := range []string{"", "localhost:25", "http://localhost", "smtp://", "smtp://user:password@host", "smtp://host/path"} {
		if _, err := mail.New(mail.Options{Server: server, From: "a@b.test"}); err == nil {
			t.Errorf("server %q will do", server)
		}
	}
	for _, from := range []string{"", "nobody", "a@b", "a@b.test\r\nBcc: c@d.test"} {
		if _, err := mail.New(mail.Options{Server: "smtp://localhost:25", From: from}); err == nil {
			t.Errorf("from %q will do", from)
		}
	}
}

func TestOnlyPlainAddressesWillDo(t *testing.T) {
	for _, good := range []string{"a@b.test", "first.last+wiki@mail.example.org"} {
		if err := mail.Address(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "a", "a@b", "A <a@b.test>", "<a@b.test>", "a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test", "\"a b\"@c.test", "a(x)@b.test", "é@b.test",
		"a@[127.0.0.1]", "a%b@c.test", " a@b.test", strings.Repeat("a", 250) + "@b.test",
	} {
		if mail.Address(bad) == nil {
			t.Errorf("%q will do", bad)
		}
	}
}

func FuzzNothingGetsIntoAHeader(f *testing.F) {
	for _, seed := range []string{
		"", "plain", "x\r\nBcc: eve@evil.test", "x\nBcc: eve@evil.test\n\nbody", "=?utf-8?q?=0D=0ABcc:_eve@evil.test?=", "\x00\xff\u2028Bcc: e@e.test",
		"\r\n.\r\nMAIL FROM:<eve@evil.test>\r\n", strings.Repeat("é", 3000),
	} {
		f.Add(seed, seed, seed)
	}
	m, err := mail.New(mail.Options{Server: "smtp://localhost:25", From: "Sallyport <door@wiki.test>"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id, subject, text string) {
		var b bytes.Buffer
		if err := m.Write(&b, mail.Letter{ID: id, To: "ira@mail.test", Subject: subject, Text: text, Date: at}); err != nil {
			t.Fatal(err)
		}
		head, _ := read(t, b.String())
		names := slices.Sorted(maps.Keys(head))
		want := []string{"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "X-Auto-Response-Suppress"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Fatal(diff)
		}
		for name, values := range head {
			if len(values) != 1 || strings.ContainsAny(values[0], "\r\n\x00") {
				t.Fatalf("%s: %q", name, values)
			}
		}
		for line := range strings.Lines(b.String()) {
			if len(line) > 998 {
				t.Fatalf("line %.100q", line)
			}
		}
	})
}
