// Package mailtest is a real mail server on loopback, for tests.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

var (
	// ErrCut ends the connection instead of an answer, after half the letter was read.
	ErrCut = errors.New("cut")
	// ErrDeaf takes the letter and ends the connection instead of saying so.
	ErrDeaf = errors.New("deaf")
)

// Code refuses a letter with a reply code.
func Code(code int, enhanced ...int) error {
	e := smtp.EnhancedCodeNotSet
	if len(enhanced) == 3 {
		e = smtp.EnhancedCode{enhanced[0], enhanced[1], enhanced[2]}
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: e, Message: "about <ira@mail.test>: no"}
}

// Taken is a letter that the server read to its end.
type Taken struct {
	From, To, User string
	Encrypted      bool
	Text           string
}

// Options change what the server is.
type Options struct {
	TLS      bool   // TLS from the first byte on
	StartTLS bool   // offers STARTTLS
	Host     string // whom the certificate is for; "localhost" by default
	User     string // who may log in, and has to
	Password string
	// Answers are given to the letters one after the other; nil takes one, as does everything after the last.
	Answers []error
	// AtOnce answers to the recipient already, not to the letter.
	AtOnce bool
}

// Server is the mail server.
type Server struct {
	Addr  string
	Roots *x509.CertPool

	o     Options
	mu    sync.Mutex
	begun int // letters
	taken []Taken
}

// Start starts a server that ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if o.Host == "" {
		o.Host = "localhost"
	}
	s := &Server{Addr: l.Addr().String(), o: o}
	certificate, roots := certify(t, o.Host)
	s.Roots = roots
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{s: s, c: c}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "mail.test", true
	server.ErrorLog = silence{}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	if o.StartTLS {
		server.TLSConfig = config
	}
	if o.TLS {
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return s
}

type silence struct{}

func (silence) Printf(string, ...any) {}
func (silence) Println(...any)        {}

// Taken are the letters read so far.
func (s *Server) Taken() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

// Begun is how many letters somebody began to hand in.
func (s *Server) Begun() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

// answer is the next one.
func (s *Server) answer() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun++
	if s.begun > len(s.o.Answers) {
		return nil
	}
	return s.o.Answers[s.begun-1]
}

type session struct {
	s    *Server
	c    *smtp.Conn
	user string
	now  Taken
}

func (n *session) AuthMechanisms() []string {
	if n.s.o.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (n *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != n.s.o.User || password != n.s.o.Password {
			return smtp.ErrAuthFailed
		}
		n.user = user
		return nil
	}), nil
}

func (n *session) Mail(from string, _ *smtp.MailOptions) error {
	if n.s.o.User != "" && n.user == "" {
		return smtp.ErrAuthRequired
	}
	_, encrypted := n.c.TLSConnectionState()
	n.now = Taken{From: from, User: n.user, Encrypted: encrypted}
	return nil
}

func (n *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	n.now.To = to
	if n.s.o.AtOnce {
		return n.s.answer()
	}
	return nil
}

func (n *session) Data(r io.Reader) error {
	var answer error
	if !n.s.o.AtOnce {
		answer = n.s.answer()
	}
	if errors.Is(answer, ErrCut) {
		_, _ = io.CopyN(io.Discard, r, 50)
		_ = n.c.Conn().Close()
		return answer
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if answer == nil || errors.Is(answer, ErrDeaf) {
		n.now.Text = string(text)
		n.s.mu.Lock()
		n.s.taken = append(n.s.taken, n.now)
		n.s.mu.Unlock()
	}
	if errors.Is(answer, ErrDeaf) {
		_ = n.c.Conn().Close()
	}
	return answer
}

func (n *session) Reset()        {}
func (n *session) Logout() error { return nil }

// certify makes a certificate that only its own pool vouches for.
func certify(t testing.TB, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(made)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
