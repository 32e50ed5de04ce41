package confirm

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// asset is a file of our own. Its address names its hash, so it never changes.
type asset struct {
	path, kind string
	text       []byte
}

func readStatic() (map[string]asset, error) {
	all := map[string]asset{}
	for name, kind := range map[string]string{"confirm.css": "text/css; charset=utf-8", "confirm.js": "text/javascript; charset=utf-8"} {
		text, err := files.ReadFile("pages/" + name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		all[name] = asset{"/static/" + hex.EncodeToString(sum[:8]) + "/" + name, kind, text}
	}
	return all, nil
}

func (c *origin) serveStatic(w http.ResponseWriter, r *http.Request) {
	a, ok := c.static[r.PathValue("file")]
	if !ok || !strings.HasPrefix(a.path, "/static/"+r.PathValue("hash")+"/") {
		http.Error(w, "There is no such file; reload the page that asked for it.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(a.text)
}
