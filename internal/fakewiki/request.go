package fakewiki

import (
	"fmt"
	"io"
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
	q := &request{http: r, get: parseForm(r.URL.RawQuery)}
	if r.Method != http.MethodPost {
		return q, nil
	}
	// PHP fills $_POST from these two kinds alone.
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "application/x-www-form-urlencoded":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		q.post = parseForm(string(body))
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxBody); err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		q.post = url.Values{}
		for name, values := range r.MultipartForm.Value {
			keep(q.post, name, values[len(values)-1])
		}
		if err := r.MultipartForm.RemoveAll(); err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
	}
	return q, nil
}

// maxFields is PHP's max_input_vars.
const maxFields = 1000

// parseForm reads a query as PHP's parse_str does: nothing is refused, and of several fields of a name the last counts.
func parseForm(text string) url.Values {
	values := url.Values{}
	for range maxFields {
		if text == "" {
			break
		}
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		name, value, _ := strings.Cut(pair, "=")
		keep(values, unescape(name), unescape(value))
	}
	return values
}

// keep puts a field under the name PHP gives it: dots and spaces become underscores, a NUL ends the name. Arrays are not
// texts and thus left out.
func keep(values url.Values, name, value string) {
	name, _, _ = strings.Cut(strings.TrimLeft(name, " +"), "\x00")
	if name != "" && !strings.Contains(name, "[") {
		values.Set(strings.NewReplacer(".", "_", " ", "_").Replace(name), value)
	}
}

// unescape takes percent signs that escape nothing as they are.
func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '+':
			b.WriteByte(' ')
		case text[i] == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			n, _ := strconv.ParseUint(text[i+1:i+3], 16, 8)
			b.WriteByte(byte(n))
			i += 2
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

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
