package scan

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/link"
)

// fake is an analysis small enough to predict: eval is critical, alert a note, fetch contacts a host, NUL is opaque.
func fake(path string, src []byte, _ link.Find) *finding.Script {
	text := string(src)
	s := &finding.Script{Goal: "script"}
	if strings.HasSuffix(path, ".css") {
		s.Goal = "css"
	}
	if strings.Contains(text, "\x00") {
		return &finding.Script{Goal: opaque}
	}
	if strings.Contains(text, "explode") {
		panic("boom")
	}
	lines := finding.NewLines(text)
	for word, severity := range map[string]finding.Severity{"eval(": finding.Critical, "alert(": finding.Note} {
		for at := strings.Index(text, word); at >= 0; {
			s.Findings = append(s.Findings, finding.Finding{
				Rule: strings.Trim(word, "("), Severity: severity, Message: word + " is called",
				Span: finding.Span{Start: lines.Position(at), End: lines.Position(at + len(word))},
			})
			next := strings.Index(text[at+1:], word)
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	if strings.Contains(text, "fetch(") {
		s.Capabilities = append(s.Capabilities, capability.Capability{Name: capability.Network, Target: "stats.example", How: "fetch", Certainty: capability.Certain})
	}
	return s
}

// list is a Handler that keeps what it gets, as lines.
type list struct {
	lines  []string
	closed bool
}

func (l *list) Script(s *finding.Script) error {
	line := s.Path + " " + s.Goal
	for _, f := range s.Findings {
		line += fmt.Sprintf(" %s@%d:%d", f.Rule, f.Span.Start.Line, f.Span.Start.Column)
		if f.Rule == opaque {
			line += " " + f.Message
		}
		if f.Known {
			line += " known"
		}
		if f.Suppressed != nil {
			line += " accepted"
		}
	}
	l.lines = append(l.lines, line)
	return nil
}

func (l *list) Close() error {
	l.closed = true
	return nil
}

func (l *list) String() string { return strings.Join(l.lines, "\n") }

// scanned runs a scan over sources with the fake analysis.
func scanned(t *testing.T, o Options, sources ...Source) (*list, Summary) {
	t.Helper()
	out := &list{}
	if o.Analyse == nil {
		o.Analyse = fake
	}
	sum, err := Run(t.Context(), o, sources, out)
	if err != nil || !out.closed {
		t.Fatalf("%v; closed %v", err, out.closed)
	}
	return out, sum
}

// tree writes files into a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// texts is a source of texts by path.
func texts(pairs ...string) Source {
	return Source{Known: len(pairs) / 2, Each: func(_ context.Context, yield func(Input) error) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := yield(given(pairs[i], pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	}}
}

func silent(string) {}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func reader(text string) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(text))), nil }
}
