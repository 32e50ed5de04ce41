package scan

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/link"
)

// opaque is the goal of scripts that nobody could analyse, and the rule of the finding that says so.
const opaque = "opaque"

// analyse fills in a task's script: read, found in the cache or analysed, in order and with fingerprints. The buffer is
// for the bytes of the script, which nobody needs any longer than that.
func (r *run) analyse(ctx context.Context, t *task, buffer *bytes.Buffer) {
	src, err := read(ctx, t.Input, buffer)
	if err != nil {
		t.broken = !errors.Is(err, errTooLong)
		t.script = unread(err.Error())
		t.script.Path = t.Path
		return
	}
	if r.Cache == nil {
		t.script, _ = r.fresh(t, src, "", nil)
		return
	}
	digest := sha256Hex(src)
	key := r.Cache.key(t.Path, digest)
	if t.remembered(r.Cache.get(key, t.Find), r.liner != nil) {
		if t.script != nil {
			t.script.Text = decoded(src)
		}
		return
	}
	var asked lookups
	whole := false
	if t.script, whole = r.fresh(t, src, digest, &asked); whole {
		r.Cache.put(key, t.script, asked)
	}
}

// fresh analyses a script. It also says whether the text is to be had from the bytes alone: one that only the analysis can
// decode does not come back from the cache.
func (r *run) fresh(t *task, src []byte, digest string, asked *lookups) (s *finding.Script, whole bool) {
	s = guarded(r.Analyse, t.Path, src, asked.record(t.Find))
	if s.SHA256 = cmp.Or(digest, s.SHA256); s.SHA256 == "" {
		s.SHA256 = sha256Hex(src)
	}
	text := s.Text
	if text != string(src) {
		text = decoded(src)
	}
	s.Path, s.Text = t.Path, cmp.Or(s.Text, text)
	complete(s)
	return s, s.Text == text
}

func sha256Hex(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// decoded is the text that positions count in, as the analysis reads the bytes: see package js. Nearly all scripts are
// UTF-8, which is quickly seen.
func decoded(src []byte) string {
	text := string(bytes.TrimPrefix(src, []byte("\ufeff")))
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

// complete puts an analysis in order. A script that was not analysed always has a finding.
func complete(s *finding.Script) {
	if s.Goal == opaque && len(s.Findings) == 0 {
		s.Findings = unread("The script could not be analysed.").Findings
	}
	s.Sort()
	if len(s.Findings) == 0 {
		return
	}
	lines := finding.NewLines(s.Text)
	for i := range s.Findings {
		s.Findings[i].Fingerprint = lines.Fingerprint(&s.Findings[i])
	}
}

// errTooLong: the script is there, but longer than we read.
var errTooLong = fmt.Errorf("longer than %d MB, which is the most that is read", maxSize>>20)

// read reads a script into a buffer.
func read(ctx context.Context, in Input, buffer *bytes.Buffer) ([]byte, error) {
	rc, err := in.Open(ctx)
	if err == nil {
		defer rc.Close()
		buffer.Reset()
		_, err = buffer.ReadFrom(io.LimitReader(rc, maxSize+1))
		if err == nil && buffer.Len() > maxSize {
			err = errTooLong
		}
		if err == nil {
			return buffer.Bytes(), nil
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
