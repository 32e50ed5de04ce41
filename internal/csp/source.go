package csp

import (
	"strconv"
	"strings"
)

// SourceKind says what a source names.
type SourceKind int

// Kinds of source.
const (
	Host    SourceKind = iota + 1 // https://*.example.org:8080/lib/
	Scheme                        // data:
	Keyword                       // 'self'
	Nonce                         // 'nonce-…'
	Hash                          // 'sha256-…'
)

// AnyPort is the [Source.Port] of "example.org:*".
const AnyPort = -1

// Source is one thing that a directive allows. It is comparable. The zero value allows nothing and prints as nothing.
type Source struct {
	Kind   SourceKind
	Scheme string // lower case; of a host it may be empty: the page's own
	Host   string // lower case, without the "*." of a wildcard; empty when every host is meant
	Wild   bool   // "*.example.org", or "*" when Host is empty
	Port   int    // 0 when not given: the scheme's default; or [AnyPort]
	Path   string // as it stands in addresses, percent-encoded; empty, or begins with a slash
	Value  string // keyword as [Self]; the nonce; the digest in standard base64
	Digest string // of a hash: "sha256", "sha384" or "sha512"
}

// Keywords, as [Source.Value] of a Keyword.
const (
	Self           = "'self'"
	UnsafeInline   = "'unsafe-inline'"
	UnsafeEval     = "'unsafe-eval'"
	WasmUnsafeEval = "'wasm-unsafe-eval'"
	StrictDynamic  = "'strict-dynamic'"
	UnsafeHashes   = "'unsafe-hashes'"
	ReportSample   = "'report-sample'"
	InlineRules    = "'inline-speculation-rules'"
)

// keywords are all that browsers know; those not named above change what is reported, or WebTransport and Trusted Types.
var keywords = []string{Self, UnsafeInline, UnsafeEval, WasmUnsafeEval, StrictDynamic, UnsafeHashes, ReportSample, InlineRules,
	"'unsafe-webtransport-hashes'", "'report-sha256'", "'report-sha384'", "'report-sha512'", "'trusted-types-eval'"}

// Star is the source "*": every host over HTTP and WebSockets, and the page's own scheme.
var star = Source{Kind: Host, Wild: true}

// Word is the source of a keyword, for instance Word(Self).
func Word(keyword string) Source { return Source{Kind: Keyword, Value: keyword} }

// String prints the source as it stands in a policy. A source that no policy could hold prints as nothing: whatever was
// put into the fields, the text has no white space, comma or semicolon and reads back as this source.
func (s Source) String() string {
	text := s.text()
	if back, why := readSource(text); why != "" || back != s {
		return ""
	}
	return text
}

func (s Source) text() string {
	switch s.Kind {
	case Scheme:
		return s.Scheme + ":"
	case Keyword:
		return s.Value
	case Nonce:
		return "'nonce-" + s.Value + "'"
	case Hash:
		return "'" + s.Digest + "-" + s.Value + "'"
	case Host:
		return s.hostText()
	}
	return ""
}

func (s Source) hostText() string {
	var b strings.Builder
	if s.Scheme != "" {
		b.WriteString(s.Scheme + "://")
	}
	switch {
	case s.Wild && s.Host == "":
		b.WriteByte('*')
	case s.Wild:
		b.WriteString("*." + s.Host)
	default:
		b.WriteString(s.Host)
	}
	switch {
	case s.Port == AnyPort:
		b.WriteString(":*")
	case s.Port != 0:
		b.WriteString(":" + strconv.Itoa(s.Port))
	}
	b.WriteString(s.Path)
	return b.String()
}
