package gateway

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/message"
	"sallyport/internal/wiki"
)

//go:embed trial.html
var trialTemplate embed.FS

// tryPage gives a page to somebody who tries texts: its modules come from our load.php, and a bar says so. A page in safe mode, which
// has no scripts of people, gets the bar alone.
func tryPage(r *http.Response, o Options) error {
	mine := trialOf(r.Request.Context())
	if mine == nil || !isPage(r) || r.Request.Method == http.MethodHead {
		return nil
	}
	if err := inflate(r); err != nil {
		return err
	}
	head, end, err := untilBody(r.Body)
	if err != nil {
		return err
	}
	rest := r.Body
	if end < 0 {
		o.Log.Warn("a page of somebody who tries a text goes out as it is: its head is too long", "path", r.Request.URL.Path)
		r.Body = body{io.MultiReader(bytes.NewReader(head), rest), rest}
		return nil
	}
	site := mine.book.Site()
	bar, err := mine.bar(langOf(head[:end], site.Lang), o.Base)
	if err != nil {
		return err
	}
	begin := head[:end]
	if !bytes.Contains(begin, safemode) {
		begin = ownLoads(begin, site, mine.loads)
	}
	r.Body = body{io.MultiReader(bytes.NewReader(begin), bytes.NewReader(bar), bytes.NewReader(head[end:]), rest), rest}
	r.Header.Del("Content-Length")
	r.ContentLength = -1
	return nil
}

// untilBody reads until a page's body begins. end is where its tag ends in head; -1 when that does not come soon enough. MediaWiki
// escapes "<" and ">" in attributes and inline JSON.
func untilBody(r io.Reader) (head []byte, end int, err error) {
	part := make([]byte, 16<<10)
	from, open := 0, false // what was searched; whether the tag has begun
	for len(head) < maxHead {
		n, err := r.Read(part)
		head = append(head, part[:n]...)
		if at := bytes.Index(head[from:], bodyOpen); !open && at >= 0 {
			from, open = from+at, true
		}
		if at := bytes.IndexByte(head[from:], '>'); open && at >= 0 {
			return head, from + at + 1, nil
		}
		if from = len(head); !open {
			from = max(0, len(head)-len(bodyOpen)+1)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return head, -1, nil
}

func langOf(head []byte, otherwise string) string {
	if m := pageLang.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	return otherwise
}

// ownLoads puts our address in place of the wiki's load.php, in attributes and in the strings of inline scripts. What stands behind a
// backslash is part of a longer string.
func ownLoads(head []byte, site *wiki.Site, ours string) []byte {
	host := strings.TrimPrefix(strings.TrimPrefix(site.Server, "https:"), "http:") // "//wiki.example"
	theirs := regexp.MustCompile(`([^\\]")(?:(?:https?:)?` + regexp.QuoteMeta(host) + `)?` + regexp.QuoteMeta(site.ScriptPath+"/load.php?"))
	return theirs.ReplaceAll(head, []byte("${1}"+strings.ReplaceAll(ours, "$", "$$")+"?"))
}

// bar is what a person sees on every page while they try something. It is part of the page, so that it needs no script.
func (t *trial) bar(lang, base string) ([]byte, error) {
	words, err := doorWords()
	if err != nil {
		return nil, err
	}
	lang = words.Base(lang)
	page, err := template.New("trial").Funcs(template.FuncMap{
		"msg": func(key string, params ...any) template.HTML { return words.HTML(lang, key, params...) },
		"name": func(t approved.Trial, site *wiki.Site) template.HTML {
			return template.HTML("<bdi>" + template.HTMLEscapeString(site.PrefixedText(t.Page)) + "</bdi>") //nolint:gosec // G203: escaped
		},
		"moment": func(at time.Time) template.HTML { return words.Moment(lang, at) },
	}).ParseFS(trialTemplate, "trial.html")
	if err != nil {
		return nil, err
	}
	shown := lang
	if shown == message.ShowKeys {
		shown = message.Fallback
	}
	var b bytes.Buffer
	err = page.ExecuteTemplate(&b, "trial.html", map[string]any{
		"Lang": shown, "Dir": words.Dir(lang), "Trials": t.list, "Site": t.book.Site(), "Link": base + "/trial",
	})
	return b.Bytes(), err
}
