package delivery

import (
	_ "embed"
	"net/http"
	"strings"

	"sallyport/internal/bundle"
)

//go:embed boot.js
var bootSource string

// boot is the script that every page carries, and the tag that loads it. Both are the same for everybody, so that pages
// stay cacheable by whatever stands in front.
type boot struct {
	tag    []byte
	file   string
	answer *answer
}

func newBoot(base string) boot {
	script := strings.ReplaceAll(bootSource, "/sallyport", base)
	file := bundle.Hash([]byte(script)) + ".js"
	a := &answer{kind: typeScript, cache: cacheImmutable, etag: `W/"` + file + `"`, body: []byte(script)}
	return boot{
		tag:    []byte(`<script src="` + base + `/boot/` + file + `"></script>`),
		file:   file,
		answer: a.pack(),
	}
}

// Tag is the bootstrap: what the gateway adds to a page, right after the tag of MediaWiki's startup module.
func (d *Delivery) Tag() []byte { return d.boot.tag }

// bootstrap serves the script. A page from a cache may name an older one: it gets today's, but may not keep it.
func (d *Delivery) bootstrap(w http.ResponseWriter, r *http.Request) {
	a := *d.boot.answer
	if r.PathValue("file") != d.boot.file {
		a.cache = cachePersonal
	}
	a.send(w, r, d.now())
}
