package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
)

// stylesheets are the one style sheet there is, for either direction of writing.
type stylesheets struct{ byDir map[string]stylesheet }

type stylesheet struct {
	text, zipped []byte
	hash         string
}

// readStylesheets puts Codex, its colours for light and dark, and the styles of our pages together.
func readStylesheets(files embed.FS) (*stylesheets, error) {
	own, err := ownStyles(files)
	if err != nil {
		return nil, err
	}
	s := &stylesheets{byDir: map[string]stylesheet{}}
	for dir, codex := range map[string]string{"ltr": "codex.style.css", "rtl": "codex.style-rtl.css"} {
		var b bytes.Buffer
		for _, part := range []struct{ before, file, after string }{
			{"", "tokens-root.css", "\n"},
			{"@media (prefers-color-scheme: dark) {\n", "tokens-dark.css", "}\n"},
			{"", codex, "\n"},
		} {
			text, err := files.ReadFile("codex/" + part.file)
			if err != nil {
				return nil, err
			}
			b.WriteString(part.before)
			b.Write(text)
			b.WriteString(part.after)
		}
		b.Write(own)
		sheet, err := newStylesheet(b.Bytes())
		if err != nil {
			return nil, err
		}
		s.byDir[dir] = sheet
	}
	return s, nil
}

// ownStyles joins the style of the frame and of each page that has one.
func ownStyles(files embed.FS) ([]byte, error) {
	names, err := fs.Glob(files, "pages/*/*.css")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		b.Write(text)
	}
	return b.Bytes(), nil
}

func newStylesheet(text []byte) (stylesheet, error) {
	var zipped bytes.Buffer
	z, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return stylesheet{}, err
	}
	if _, err := z.Write(text); err != nil {
		return stylesheet{}, err
	}
	if err := z.Close(); err != nil {
		return stylesheet{}, err
	}
	sum := sha256.Sum256(text)
	return stylesheet{text, zipped.Bytes(), hex.EncodeToString(sum[:8])}, nil
}

func (s *stylesheets) address(base, dir string) string {
	return base + "/static/" + s.byDir[dir].hash + "/" + dir + ".css"
}

// static serves the style sheets. Their addresses carry their hash, so they never change.
func (p *pages) static(w http.ResponseWriter, r *http.Request) {
	dir, _ := strings.CutSuffix(r.PathValue("file"), ".css")
	sheet, ok := p.styles.byDir[dir]
	if !ok || r.PathValue("hash") != sheet.hash {
		http.Error(w, "There is no such file; reload the page that asked for it.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	text := sheet.text
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		text = sheet.zipped
	}
	_, _ = w.Write(text)
}
