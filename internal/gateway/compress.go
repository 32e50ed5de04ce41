package gateway

import (
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// compressLevel is a fast one: pages are compressed anew for each view.
const compressLevel = 3

var writers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, compressLevel) // the level is valid
	return w
}}

// withCompression compresses pages, which the wiki was asked to send as they are. Whatever comes encoded stays so.
func withCompression(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !wantsPage(r) || r.Method == http.MethodHead || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			next.ServeHTTP(w, r)
			return
		}
		c := &compressing{ResponseWriter: w}
		defer c.close()
		next.ServeHTTP(c, r)
	})
}

// compressing decides at the first header, and then compresses or passes on.
type compressing struct {
	http.ResponseWriter
	z       *gzip.Writer
	started bool
}

func (c *compressing) WriteHeader(status int) {
	h := c.Header()
	if status >= 200 && !c.started {
		c.started = true
		page := strings.HasPrefix(h.Get("Content-Type"), "text/html") && h.Get("Content-Encoding") == ""
		bodyless := status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusPartialContent
		if page && !bodyless {
			h.Set("Content-Encoding", "gzip")
			h.Add("Vary", "Accept-Encoding")
			h.Del("Content-Length")
			c.z = writers.Get().(*gzip.Writer)
			c.z.Reset(c.ResponseWriter)
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *compressing) Write(p []byte) (int, error) {
	if !c.started {
		c.WriteHeader(http.StatusOK)
	}
	if c.z != nil {
		return c.z.Write(p)
	}
	return c.ResponseWriter.Write(p)
}

// FlushError sends what has been compressed so far, so that a slow page appears as it is made.
func (c *compressing) FlushError() error {
	if c.z != nil {
		if err := c.z.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController find Hijack.
func (c *compressing) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *compressing) close() {
	if c.z != nil {
		_ = c.z.Close() // the reader has gone; there is nobody left to tell
		writers.Put(c.z)
	}
}
