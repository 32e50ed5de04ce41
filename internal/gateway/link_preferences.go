package gateway

import (
	"bytes"
	"errors"
	"html"
	"io"
	"net/http"
	"regexp"
	"strconv"
)

// maxPreferences bounds the one kind of page that is held as a whole: the preferences form is a few hundred KiB.
const maxPreferences = 4 << 20

var (
	preferences = []byte(`"wgCanonicalSpecialPageName":"Preferences"`)
	gadgetsTab  = regexp.MustCompile(`<[a-z]+ [^<>]*\bid=["']mw-prefsection-gadgets["']`)
	pageLang    = regexp.MustCompile(`<html [^>]*\blang="([0-9A-Za-z-]{2,40})"`)
)

// linkPreferences adds a link to My gadgets at the top of Special:Preferences' gadgets tab. MediaWiki shows that page in
// safe mode, so the bootstrap is not there to do it; a link is no code. head is what has been read of the page.
func linkPreferences(r *http.Response, head []byte, link func(lang string) (text, address string)) error {
	page, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(head), r.Body), maxPreferences))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	rest := r.Body
	if at := gadgetsTab.FindIndex(page); at != nil {
		lang := ""
		if m := pageLang.FindSubmatch(page); m != nil {
			lang = string(m[1])
		}
		text, address := link(lang)
		anchor := `<p><a href="` + html.EscapeString(address) + `">` + html.EscapeString(text) + `</a></p>`
		page = bytes.Join([][]byte{page[:at[0]], []byte(anchor), page[at[0]:]}, nil)
		if r.ContentLength >= 0 {
			r.ContentLength += int64(len(anchor))
			r.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		}
	}
	r.Body = body{io.MultiReader(bytes.NewReader(page), rest), rest}
	return nil
}
