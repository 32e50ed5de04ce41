// Package mail hands plain letters to a mail server, over SMTP. The connection is encrypted and the server's certificate
// checked; only on this machine's own loopback may it be plain. A letter is text to one address, written by a program and
// marked so. Nothing that anybody typed gets into a header but the address, and no error names it.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	smtp "github.com/wneessen/go-mail"
)

var (
	// ErrRefused says that the server will never take this letter (RFC 5321: a reply of 5xx), or that it cannot be written.
	ErrRefused = errors.New("the letter is refused")
	// ErrLater says that the server did not take this letter, and may take it another time.
	ErrLater = errors.New("the letter was not taken")
	// ErrNoServer says that no letter can be handed in now: the server is not there, or not the one that was meant.
	ErrNoServer = errors.New("no mail server")
)

// Options are where letters are handed in.
type Options struct {
	Server         string // "smtp://HOST:PORT", where STARTTLS is demanded except on loopback; or "smtps://HOST:PORT"
	User, Password string // empty: nobody logs in
	From           string // "Sallyport <sallyport@wiki.example>"
	Roots          *x509.CertPool
	Timeout        time.Duration        // of each step; 20 s by default
	Dial           smtp.DialContextFunc // nil: as usual
}

// Letter is one mail to one person.
type Letter struct {
	ID      string // the same for every try, so that a mail program shows it once; only letters, digits, "-" and "_" are kept
	To      string
	Subject string
	Text    string
	Date    time.Time
}

// Server is where letters go.
type Server struct {
	host string
	from *mail.Address
	with []smtp.Option
}

// New checks the options. It connects to nothing.
func New(o Options) (*Server, error) {
	u, err := url.Parse(o.Server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.User != nil || u.Path != "" {
		return nil, fmt.Errorf("mail server %q: write \"smtp://HOST:587\" or \"smtps://HOST:465\"", o.Server)
	}
	from, err := mail.ParseAddress(o.From)
	if err != nil || Address(from.Address) != nil {
		return nil, fmt.Errorf("mail from %q: write for instance \"Sallyport <sallyport@wiki.example>\"", o.From)
	}
	if o.Timeout <= 0 {
		o.Timeout = 20 * time.Second
	}
	s := &Server{host: u.Hostname(), from: from}
	s.with, err = options(o, u)
	return s, err
}

func options(o Options, u *url.URL) ([]smtp.Option, error) {
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if u.Port() != "" {
		var err error
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("mail server %q: %w", o.Server, err)
		}
	}
	with := []smtp.Option{
		smtp.WithPort(port), smtp.WithTimeout(o.Timeout), smtp.WithoutSMTPUTF8(),
		smtp.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), RootCAs: o.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch {
	case u.Scheme == "smtps":
		with = append(with, smtp.WithSSL())
	case Loopback(u.Hostname()):
		with = append(with, smtp.WithTLSPolicy(smtp.TLSOpportunistic))
	default:
		with = append(with, smtp.WithTLSPolicy(smtp.TLSMandatory))
	}
	if o.Dial != nil {
		with = append(with, smtp.WithDialContextFunc(o.Dial))
	}
	if o.User != "" {
		with = append(with, smtp.WithSMTPAuth(smtp.SMTPAuthAutoDiscover), smtp.WithUsername(o.User), smtp.WithPassword(o.Password))
	}
	return with, nil
}

// Loopback says whether a host is this machine.
func Loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// maxAddress is the length of the longest address, in bytes (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// Address says why letters cannot be sent to an address. Only what every mail server understands will do: one mailbox in
// ASCII, without a name, comment or quotes.
func Address(text string) error {
	a, err := mail.ParseAddress(text)
	switch {
	case len(text) > maxAddress:
		return fmt.Errorf("it has more than %d characters", maxAddress)
	case err != nil || a.Address != text || a.Name != "":
		return errors.New("it is no address such as name@example.org")
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"()<>,;:\[]|%`, r) }):
		return errors.New("it has characters that not every mail server takes")
	case !strings.Contains(text[strings.LastIndex(text, "@"):], "."):
		return errors.New("its host has no dot")
	}
	return nil
}

// Send hands a letter to the server. Without an error the server has taken it.
func (s *Server) Send(ctx context.Context, l Letter) error {
	m, err := s.message(l)
	if err != nil {
		return err
	}
	client, err := smtp.NewClient(s.host, s.with...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	err = client.DialAndSendWithContext(ctx, m)
	if err == nil || m.IsDelivered() { // it did not say goodbye, but it has the letter
		return nil
	}
	var refusal *smtp.SendError
	if !errors.As(err, &refusal) {
		return fmt.Errorf("%w: %w", ErrNoServer, err) // not about the letter: no address is in it
	}
	// What the server says may name the address, so only its code is told.
	switch code := refusal.ErrorCode(); {
	case code >= 500:
		return fmt.Errorf("%w: the server says %d %s", ErrRefused, code, refusal.EnhancedStatusCode())
	case code >= 400:
		return fmt.Errorf("%w: the server says %d %s", ErrLater, code, refusal.EnhancedStatusCode())
	default:
		return fmt.Errorf("%w: the connection ended while it was sent", ErrLater)
	}
}

// Write writes a letter as it is handed to the server.
func (s *Server) Write(w io.Writer, l Letter) error {
	m, err := s.message(l)
	if err == nil {
		_, err = m.WriteTo(w)
	}
	return err
}

// message writes a letter. Its parts are encoded; a line break in a header is impossible.
func (s *Server) message(l Letter) (*smtp.Msg, error) {
	if err := Address(l.To); err != nil {
		return nil, fmt.Errorf("%w: the address cannot be used: %w", ErrRefused, err)
	}
	m := smtp.NewMsg(smtp.WithNoDefaultUserAgent(), smtp.WithEncoding(smtp.EncodingQP))
	m.FromMailAddress(s.from)
	if err := m.To(l.To); err != nil {
		return nil, fmt.Errorf("%w: the address cannot be used", ErrRefused)
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	m.SetMessageIDWithValue(word(l.ID) + "@" + domain)
	m.SetDateWithValue(l.Date)
	m.Subject(line(l.Subject))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetBodyString(smtp.TypeTextPlain, lines(l.Text))
	return m, nil
}

// word keeps what may stand in a message's id.
func word(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, text)
}

// line makes one line of a text, without control characters.
func line(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "�"), func(r rune) bool { return r <= ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' }), " ")
}

// lines leaves line feeds and no other control character.
func lines(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}
