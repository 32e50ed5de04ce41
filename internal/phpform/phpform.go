// Package phpform reads what a browser sent as PHP 7.4 to 8.3 reads it: query strings, urlencoded and multipart bodies become
// $_GET, $_POST and $_FILES.
//
// A gate in front of PHP that reads "title" otherwise than PHP does is no gate. Where PHP's reading is certain it is followed,
// however odd; where versions or settings differ, or where PHP itself loses data, [Ambiguous] says what and where. What was
// read is written again in one plain way ([EncodeQuery], [Form.Encode]), and only that is meant to be forwarded: the spelling
// the sender chose never reaches PHP.
package phpform

import "fmt"

// Limits are PHP's settings of the same names, as the wiki's server has them. The zero value means PHP's defaults.
type Limits struct {
	MaxVars    int // max_input_vars: 1000
	MaxNesting int // max_input_nesting_level: 64
	MaxFiles   int // max_file_uploads: 20
}

func (l Limits) filled() Limits {
	if l.MaxVars == 0 {
		l.MaxVars = 1000
	}
	if l.MaxNesting == 0 {
		l.MaxNesting = 64
	}
	if l.MaxFiles == 0 {
		l.MaxFiles = 20
	}
	return l
}

// Form is one request as a PHP script finds it.
type Form struct {
	Get   *Values // $_GET
	Post  *Values // $_POST
	Files []File  // $_FILES, in the order sent
	Type  Type    // what the body was; bodies that PHP does not take apart leave Post empty
}

// File is one entry of $_FILES.
type File struct {
	Field string
	Name  string // empty when no file was chosen (UPLOAD_ERR_NO_FILE); Data is empty then
	Type  string // as the sender says; MediaWiki does not believe it
	Data  []byte
}

// Read takes a request apart. PHP looks into bodies of POST requests only. The query is without its "?"; contentType holds
// every Content-Type header that came. The body is not copied: files and the form share its memory.
func Read(method, query string, contentType []string, body []byte, l Limits) (*Form, error) {
	l = l.filled()
	get, err := Query(query, l)
	if err != nil {
		return nil, err
	}
	f := &Form{Get: get, Post: &Values{}}
	if method != "POST" {
		return f, nil
	}
	if f.Type, err = ReadType(contentType); err != nil {
		return nil, err
	}
	switch f.Type.Kind {
	case URLEncoded:
		f.Post, err = readPairs("body", string(body), l)
	case Multipart:
		f.Post, f.Files, err = readMultipart(f.Type.Boundary, body, l)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Ambiguous refuses a request whose meaning to PHP is not certain.
type Ambiguous struct {
	Where string // "query string", "body", "multipart body", "Content-Type"
	Name  string // the field, when one is to blame
	What  string // what is odd about it
}

func (a *Ambiguous) Error() string {
	if a.Name == "" {
		return fmt.Sprintf("%s: %s", a.Where, a.What)
	}
	return fmt.Sprintf("%s, field %q: %s", a.Where, shorten(a.Name), a.What)
}

func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
