package scan

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/link"
)

// opaque is the goal of scripts that nobody could analyse, and the rule of the finding that says so.
const opaque = "opaque"

// analyse fills in a task's script: read, found in the cache or analysed, in order and with fingerprints.
func (r *run) analyse(ctx context.Context, t *task) {
	src, err := read(ctx, t.Input)
	if err != nil {
		t.broken = !errors.Is(err, errTooLong)
		t.script = unread(err.Error())
		t.script.Path = t.Path
		return
	}
	sum := sha256.Sum256(src)
	digest, text := hex.EncodeToString(sum[:]), decoded(src)
	key := r.Cache.key(t.Path, digest)
	if t.script = r.Cache.get(key, t.Find); t.script != nil {
		t.cached = true
		t.script.Text = text
		return
	}
	var asked lookups
	t.script = guarded(r.Analyse, t.Path, src, asked.record(t.Find))
	t.script.Path, t.script.SHA256, t.script.Text = t.Path, digest, cmp.Or(t.script.Text, text)
	complete(t.script)
	if t.script.Text == text { // a text that only the analysis can decode is not to be had from the cache
		r.Cache.put(key, t.script, asked)
	}
}

// decoded is the text that positions count in, as the analysis reads the bytes: see package js.
func decoded(src []byte) string {
	return strings.ToValidUTF8(strings.TrimPrefix(string(src), "\ufeff"), "\ufffd")
}

// complete puts an analysis in order. A script that was not analysed always has a finding.
func complete(s *finding.Script) {
	if s.Goal == opaque && len(s.Findings) == 0 {
		s.Findings = unread("The script could not be analysed.").Findings
	}
	s.Sort()
	lines := finding.NewLines(s.Text)
	for i := range s.Findings {
		s.Findings[i].Fingerprint = lines.Fingerprint(&s.Findings[i])
	}
}

// errTooLong: the script is there, but longer than we read.
var errTooLong = fmt.Errorf("longer than %d MB, which is the most that is read", maxSize>>20)

func read(ctx context.Context, in Input) ([]byte, error) {
	rc, err := in.Open(ctx)
	if err == nil {
		defer rc.Close()
		var text []byte
		text, err = io.ReadAll(io.LimitReader(rc, maxSize+1))
		if err == nil && len(text) > maxSize {
			err = errTooLong
		}
		if err == nil {
			return text, nil
		}
	}
	if where := (*fs.PathError)(nil); errors.As(err, &where) {
		err = where.Err // its path is the script's
	}
	return nil, fmt.Errorf("It could not be read: %w.", err) //nolint:staticcheck // a sentence for people
}

// unread is a script nobody could read.
func unread(why string) *finding.Script {
	return &finding.Script{
		Goal: opaque,
		Findings: []finding.Finding{{
			Rule: opaque, Severity: finding.Medium, Message: why,
			Advice: "Do not count it as clean: read it yourself, or scan it again when it can be read.",
		}},
		Capabilities: []capability.Capability{{Name: capability.Opaque, Certainty: capability.Certain}},
	}
}

// guarded keeps a mistake in the analysis from ending the scan of forty thousand other scripts.
func guarded(analyse Analyser, path string, text []byte, find link.Find) (s *finding.Script) {
	defer func() {
		if r := recover(); r != nil {
			s = unread(fmt.Sprintf("The analysis broke on this script, which is a mistake in Sallyport: %v.", r))
		}
	}()
	if s = analyse(path, text, find); s == nil {
		s = unread("The analysis says nothing about this script, which is a mistake in Sallyport.")
	}
	return s
}
