package fakewiki

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// request is one HTTP request as MediaWiki's WebRequest sees it: a posted field beats one of the address.
type request struct {
	http    *http.Request
	get     url.Values
	post    url.Values
	session *session // nil until somebody needs one
	account *account // nil when nobody is logged in
	user    wiki.User
	cookies []*http.Cookie // to be set
}

func readRequest(r *http.Request) (*request, error) {
	get, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil && len(get) == 0 && r.URL.RawQuery != "" {
		return nil, errors.New("the address is not properly percent-encoded")
	}
	q := &request{http: r, get: fold(get)}
	if r.Method != http.MethodPost {
		return q, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "multipart/form-data":
		err = r.ParseMultipartForm(maxBody)
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
	default: // PHP fills $_POST from these two alone
		return q, nil
	}
	if err != nil {
		return nil, errors.New("the form is not readable or too large")
	}
	q.post = fold(r.PostForm)
	if r.MultipartForm != nil {
		q.post = fold(r.MultipartForm.Value)
		if err := r.MultipartForm.RemoveAll(); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// fold keeps what PHP would keep of a query: dots and spaces in names become underscores, a NUL ends the name, of
// several values the last one counts, and arrays are not strings.
func fold(v url.Values) url.Values {
	out := make(url.Values, len(v))
	for name, values := range v {
		name, _, _ = strings.Cut(strings.TrimLeft(name, " +"), "\x00")
		if strings.Contains(name, "[") || len(values) == 0 {
			continue
		}
		out[strings.NewReplacer(".", "_", " ", "_").Replace(name)] = values[len(values)-1:]
	}
	return out
}

func (q *request) posted() bool { return q.http.Method == http.MethodPost }

// has says whether a parameter was sent at all.
func (q *request) has(name string) bool { return q.post.Has(name) || q.get.Has(name) }

// text is a parameter's value, "" when it was not sent.
func (q *request) text(name string) string {
	if q.post.Has(name) {
		return q.post.Get(name)
	}
	return q.get.Get(name)
}

// or is a parameter's value, or another one when it was not sent or is empty.
func (q *request) or(name, other string) string {
	if s := q.text(name); s != "" {
		return s
	}
	return other
}

func (q *request) id(name string) int64 {
	n, err := strconv.ParseInt(q.text(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// list splits a multi-value parameter of the API: at "|", or at U+001F when the value begins with one.
func (q *request) list(name string) []string {
	s := q.text(name)
	if s == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(s, "\x1f"); ok {
		return strings.Split(rest, "\x1f")
	}
	return strings.Split(s, "|")
}

// asks says whether a multi-value parameter holds a value, or was not sent and the value is among the defaults.
func (q *request) asks(name, value string, defaults ...string) bool {
	values := q.list(name)
	if !q.has(name) {
		values = defaults
	}
	for _, v := range values {
		if v == value || v == "*" {
			return true
		}
	}
	return false
}

// flag reads WebRequest::getFuzzyBool: "", "0" and "false" are no.
func (q *request) flag(name string) bool {
	s := q.text(name)
	return s != "" && s != "0" && !strings.EqualFold(s, "false")
}
