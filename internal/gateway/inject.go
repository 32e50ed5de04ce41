package gateway

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxHead bounds how much of a page is held back while looking for the startup module's tag. MediaWiki's head is a few
// KiB; a page whose tag comes later than this goes out without the bootstrap.
const maxHead = 128 << 10

// inject adds the bootstrap to an HTML page. Pages without MediaWiki's startup module, and those that load it in safe
// mode, stay as they are.
func inject(r *http.Response, o Options) error {
	if !isPage(r) {
		return nil
	}
	if r.Request.Method == http.MethodHead {
		r.Header.Del("Content-Length") // it would be the length without the bootstrap
		r.ContentLength = -1
		return nil
	}
	if err := inflate(r); err != nil {
		return err
	}
	began, err := readHead(r.Body)
	if err != nil {
		return err
	}
	allowPasskeys(r.Header, began.head)
	if began.at < 0 && o.Link != nil && bytes.Contains(began.head, preferences) {
		return linkPreferences(r, began.head, o.Link)
	}
	if began.at >= 0 {
		began.insert(o.Tag)
		if r.ContentLength >= 0 {
			r.ContentLength += int64(len(o.Tag))
			r.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		}
	}
	r.Body = began
	return nil
}

type body struct {
	io.Reader
	io.Closer
}

func isPage(r *http.Response) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "text/html") {
		return false
	}
	switch r.StatusCode {
	case http.StatusSwitchingProtocols, http.StatusNoContent, http.StatusPartialContent, http.StatusNotModified:
		return false
	}
	switch r.Header.Get("Content-Encoding") {
	case "", "identity", "gzip":
		return true
	}
	return false // an encoding nobody asked for: it cannot be looked into
}

// inflate undoes gzip that the wiki applied although it was asked not to.
func inflate(r *http.Response) error {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return nil
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return err
	}
	r.Body = body{z, r.Body}
	r.Header.Del("Content-Encoding")
	r.Header.Del("Content-Length")
	r.ContentLength = -1
	return nil
}

// begun is a body whose beginning has been read already.
type begun struct {
	io.ReadCloser         // the rest
	head          []byte  // not read by anybody else yet
	at            int     // the place for the bootstrap in head; -1 for none
	lent          *[]byte // where head stands; nil once given back
}

// heads lends the beginnings of pages their memory.
var heads = sync.Pool{New: func() any {
	b := make([]byte, 0, 16<<10)
	return &b
}}

// readHead reads until the place for the bootstrap is known, or known not to come.
func readHead(r io.ReadCloser) (*begun, error) {
	lent := heads.Get().(*[]byte)
	head := (*lent)[:0]
	for {
		if len(head) == cap(head) {
			head = append(head, 0)[:len(head)]
		}
		n, err := r.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		at, settled := place(head)
		*lent = head
		switch {
		case settled:
			return &begun{r, head, at, lent}, nil
		case errors.Is(err, io.EOF), len(head) >= maxHead:
			return &begun{r, head, -1, lent}, nil
		case err != nil:
			return nil, err
		}
	}
}

func (b *begun) insert(tag []byte) {
	b.head = slices.Insert(b.head, b.at, tag...)
	*b.lent = b.head
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.head) == 0 {
		return b.ReadCloser.Read(p)
	}
	n := copy(p, b.head)
	b.head = b.head[n:]
	return n, nil
}

// Close gives the memory back. Nobody reads after closing, and closing twice is no harm.
func (b *begun) Close() error {
	if b.lent != nil && cap(*b.lent) <= 64<<10 {
		heads.Put(b.lent)
	}
	b.head, b.lent = nil, nil
	return b.ReadCloser.Close()
}

var (
	scriptOpen  = []byte("<script")
	scriptClose = []byte("</script>")
	bodyOpen    = []byte("<body")
	startup     = []byte("modules=startup")
	safemode    = []byte("safemode=1")
)

// place finds the end of the startup module's script element. settled is false while more of the page is needed. Text
// inside elements cannot be mistaken for the tag: MediaWiki escapes "<" in titles, attributes and inline JSON.
func place(head []byte) (at int, settled bool) {
	from := 0
	for {
		i := bytes.Index(head[from:], scriptOpen)
		if b := bytes.Index(head[from:], bodyOpen); b >= 0 && (i < 0 || b < i) {
			return -1, true
		}
		if i < 0 {
			return -1, false
		}
		open := from + i
		tagEnd := bytes.IndexByte(head[open:], '>')
		if tagEnd < 0 {
			return -1, false
		}
		end := bytes.Index(head[open+tagEnd:], scriptClose)
		if end < 0 {
			return -1, false
		}
		after := open + tagEnd + end + len(scriptClose)
		if tag := head[open : open+tagEnd]; bytes.Contains(tag, startup) {
			if bytes.Contains(tag, safemode) {
				return -1, true
			}
			return after, true
		}
		from = after
	}
}
