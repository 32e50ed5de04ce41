package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/exposure"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// exposurePage is who was served a text, between two minutes.
type exposurePage struct {
	*exposure.Answer        // nil when nothing is asked, or the question is wrong
	Wrong            string // message: why it cannot be answered
	Rows             []exposure.Named
	First, Last      int // of the rows shown, from 1
	Sent             []sentText
	Asked            struct{ Title, SHA256, From, To string }
	Days             int
	Previous, Next   string
	CSV, JSON        string
}

// sentText is one of the texts that went out.
type sentText struct {
	exposure.Text
	Only string // where only this one is asked for
	Off  string // where it can be switched off; empty for those who may not
}

// Powerful says whether an account could harm others with what it may do.
func Powerful(u wiki.User) bool {
	return slices.ContainsFunc(append(writedoor.DefaultPower(), "block"), u.Has)
}

// exposure answers who was served a text.
func (p *pages) exposure(v *visit) error {
	body, q, err := p.asksExposure(v)
	if err != nil {
		return err
	}
	if body.Wrong == "" && q.Title+string(q.Digest) != "" {
		body.Answer, err = p.Exposure.Answer(v.Context(), q)
		switch {
		case errors.Is(err, exposure.ErrTooMany):
			body.Wrong = "exposure-too-many"
		case err != nil:
			return err
		default:
			p.pageOfExposure(v, body)
		}
	}
	status := http.StatusOK
	if body.Wrong != "" {
		status = http.StatusBadRequest
	}
	return p.show(v, "exposure", status, body)
}

// pageOfExposure picks the rows that are shown.
func (p *pages) pageOfExposure(v *visit, body *exposurePage) {
	offset, _ := strconv.Atoi(v.URL.Query().Get("offset"))
	offset = max(0, min(offset, len(body.People)))
	body.Rows = body.People[offset:min(len(body.People), offset+pageRows)]
	body.First, body.Last = offset+1, offset+len(body.Rows)
	at := func(format string, offset int) string {
		q := v.URL.Query()
		q.Del("offset")
		if offset > 0 {
			q.Set("offset", strconv.Itoa(offset))
		}
		return p.Base + "/exposure" + format + "?" + q.Encode()
	}
	for _, t := range body.Texts[:min(len(body.Texts), pageRows)] {
		row := sentText{Text: t, Only: p.exposureURL(v, t.Title, t.SHA256)}
		if title, err := p.Site.Parse(t.Title); err == nil {
			row.Off = p.switchAddress(v, switches.Revision, string(t.SHA256), p.Site.Prefixed(title))
		}
		body.Sent = append(body.Sent, row)
	}
	if offset > 0 {
		body.Previous = at("", offset-pageRows)
	}
	if body.Last < len(body.People) {
		body.Next = at("", body.Last)
	}
	body.CSV, body.JSON = at(".csv", 0), at(".json", 0)
}

// moments are the ways in which a minute can be written; a form's has no zone, and means UTC.
func moments() []string { return []string{"2006-01-02T15:04", time.RFC3339, "2006-01-02"} }

// asksExposure reads the question, of somebody who may ask it. No script of the wiki may: it would learn who runs what.
func (p *pages) asksExposure(v *visit) (*exposurePage, store.ExposureQuery, error) {
	if err := mayLook(v); err != nil {
		return nil, store.ExposureQuery{}, err
	}
	if v.door != byPerson {
		return nil, store.ExposureQuery{}, errOwnEyes
	}
	now := p.Now().UTC().Truncate(time.Minute)
	q := store.ExposureQuery{From: now.AddDate(0, 0, -p.Exposure.Days), To: now}
	body := &exposurePage{Days: p.Exposure.Days}
	get := func(key string) string { return strings.TrimSpace(v.URL.Query().Get(key)) }
	body.Asked.Title, body.Asked.SHA256 = get("title"), strings.ToLower(get("sha256"))
	for key, to := range map[string]*time.Time{"from": &q.From, "to": &q.To} {
		if text := get(key); text != "" && !readMoment(text, to) {
			body.Wrong = "exposure-wrong-time"
		}
	}
	body.Asked.From, body.Asked.To = q.From.Format(moments()[0]), q.To.Format(moments()[0])
	if text := body.Asked.Title; text != "" {
		t, err := p.Site.Parse(text)
		if err != nil {
			body.Wrong = "exposure-wrong-title"
		} else {
			q.Title = p.Site.PrefixedText(t)
		}
	}
	if text := body.Asked.SHA256; text != "" {
		if q.Digest = store.Digest(text); !aDigest.MatchString(text) {
			body.Wrong = "exposure-wrong-text"
		}
	}
	return body, q, nil
}

func readMoment(text string, to *time.Time) bool {
	for _, layout := range moments() {
		if t, err := time.Parse(layout, text); err == nil {
			*to = t.UTC().Truncate(time.Minute)
			return true
		}
	}
	return false
}

// exposureData answers the same as data.
func (p *pages) exposureData(v *visit) (*exposure.Answer, error) {
	body, q, err := p.asksExposure(v)
	switch {
	case err != nil:
		return nil, err
	case body.Wrong != "" || q.Title+string(q.Digest) == "":
		return nil, errQuestion
	}
	a, err := p.Exposure.Answer(v.Context(), q)
	if errors.Is(err, exposure.ErrTooMany) {
		err = errQuestion
	}
	return a, err
}

var (
	errQuestion = &fault{http.StatusBadRequest, "question"}
	errOwnEyes  = &fault{http.StatusForbidden, "own-eyes"}
)

func (p *pages) exposureJSON(v *visit) error {
	a, err := p.exposureData(v)
	if err != nil {
		return err
	}
	return v.json(struct {
		Schema string `json:"schema"`
		*exposure.Answer
	}{"sallyport.exposure/1", a})
}

func (p *pages) exposureCSV(v *visit) error {
	a, err := p.exposureData(v)
	if err != nil {
		return err
	}
	return v.csv(a.Table())
}

// exposureURL is where it is said who was served a text, for those who may know; empty for others.
func (p *pages) exposureURL(v *visit, title string, d store.Digest) string {
	if p.Exposure == nil || mayLook(v) != nil {
		return ""
	}
	q := url.Values{"title": {title}}
	if d != "" {
		q.Set("sha256", string(d))
	}
	return p.Base + "/exposure?" + q.Encode()
}
