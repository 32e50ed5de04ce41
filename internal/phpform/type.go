package phpform

import (
	"regexp"
	"strings"
)

// Kind is what PHP makes of a body.
type Kind int

// Kinds of bodies.
const (
	None       Kind = iota // no Content-Type: PHP reads nothing
	URLEncoded             // application/x-www-form-urlencoded
	Multipart              // multipart/form-data
	Other                  // anything else, for instance JSON: left to the script, $_POST stays empty
)

// Type is a Content-Type as PHP understands it.
type Type struct {
	Kind     Kind
	Media    string // in lower case, without parameters
	Boundary string // of multipart bodies
}

// maxBoundary is RFC 2046's. PHP before 8.2.24 misreads bodies whose boundary is longer than its buffer (CVE-2024-8925).
const maxBoundary = 70

var (
	mediaType   = regexp.MustCompile(`^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$`)
	plainParam  = regexp.MustCompile(`^[A-Za-z0-9!#$&^_.+*-]+=(?:[A-Za-z0-9!#$%&'*+.^_` + "`" + `|~/:?()=-]+|"[^"\\;,\x00-\x1f]*")$`)
	boundaryRow = regexp.MustCompile(`^[A-Za-z0-9'()+_./:=? -]*[A-Za-z0-9'()+_./:=?-]$`)
)

// ReadType reads the Content-Type headers of a POST request (sapi_read_post_data in main/SAPI.c, and main/rfc1867.c for
// the boundary, which it looks for by eye).
func ReadType(headers []string) (Type, error) {
	refuse := func(what string) (Type, error) { return Type{}, &Ambiguous{Where: "Content-Type", What: what} }
	switch len(headers) {
	case 0:
		return Type{}, nil
	case 1:
	default:
		return refuse("there are several, and servers pick different ones")
	}
	head, params, _ := strings.Cut(headers[0], ";")
	head = strings.TrimRight(head, " ")
	if head == "" && params == "" {
		return Type{}, nil
	}
	if !mediaType.MatchString(head) {
		return refuse("it is not one plain media type")
	}
	t := Type{Media: strings.ToLower(head), Kind: Other}
	switch t.Media {
	case "application/x-www-form-urlencoded":
		t.Kind = URLEncoded
	case "multipart/form-data":
		t.Kind = Multipart
	}
	var why string
	if t.Boundary, why = readParams(params, t.Kind == Multipart); why != "" {
		return refuse(why)
	}
	return t, nil
}

// readParams asks that every parameter is plain, and finds the boundary when one is needed. PHP takes what follows the
// first "boundary" it sees, in lower case if there is one, wherever that stands.
func readParams(params string, multipart bool) (boundary, why string) {
	found := 0
	for param := range strings.SplitSeq(params, ";") {
		param = strings.TrimLeft(param, " ")
		if param == "" {
			continue
		}
		if !plainParam.MatchString(param) {
			return "", "a parameter is not plain name=value"
		}
		if !strings.Contains(strings.ToLower(param), "boundary") {
			continue
		}
		found++
		key, value, _ := strings.Cut(param, "=")
		if key == "boundary" || strings.EqualFold(key, "boundary") && !strings.Contains(value, "boundary") {
			boundary = strings.Trim(value, `"`)
		}
	}
	switch {
	case !multipart:
		return "", ""
	case found != 1 || boundary == "":
		return "", "it does not name one boundary"
	case len(boundary) > maxBoundary || !boundaryRow.MatchString(boundary):
		return "", "the boundary is not one that RFC 2046 allows"
	}
	return boundary, ""
}
