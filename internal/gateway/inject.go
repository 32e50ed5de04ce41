package gateway

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
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
	head, at, err := readHead(r.Body)
	if err != nil {
		return err
	}
	if at < 0 && o.Link != nil && bytes.Contains(head, preferences) {
		return linkPreferences(r, head, o.Link)
	}
	if at < 0 {
		r.Body = body{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
		return nil
	}
	if r.ContentLength >= 0 {
		r.ContentLength += int64(len(o.Tag))
		r.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	r.Body = body{io.MultiReader(bytes.NewReader(head[:at]), bytes.NewReader(o.Tag), bytes.NewReader(head[at:]), r.Body), r.Body}
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

// readHead reads until the place for the bootstrap is known, or known not to come. It returns what it read and the place
// as an offset, -1 for none.
func readHead(r io.Reader) (head []byte, at int, err error) {
	head = make([]byte, 0, 16<<10)
	for {
		if len(head) == cap(head) {
			head = append(head, 0)[:len(head)]
		}
		n, err := r.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		at, settled := place(head)
		switch {
		case settled:
			return head, at, nil
		case errors.Is(err, io.EOF), len(head) >= maxHead:
			return head, -1, nil
		case err != nil:
			return nil, 0, err
		}
	}
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
