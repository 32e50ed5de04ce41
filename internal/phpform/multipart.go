package phpform

import (
	"bytes"
	"regexp"
	"strings"
)

// maxHeader bounds the header lines of one part: PHP reads them through a buffer of 5 KiB.
const maxHeader = 4 << 10

// readMultipart reads multipart/form-data as every browser and every HTTP library writes it. main/rfc1867.c also takes bare
// line feeds, folded headers, boundaries with a tail, text before the first boundary and after the last; what it makes of
// them depends on where its buffer ends, so they are refused.
func readMultipart(boundary string, body []byte, l Limits) (*Values, []File, error) {
	m := &multipart{
		reader: reader{where: "multipart body", limits: l}, values: &Values{},
		delimiter: []byte("\n--" + boundary), rest: body,
	}
	m.read([]byte("--" + boundary))
	return m.values, m.files, m.err()
}

type multipart struct {
	reader
	values    *Values
	files     []File
	delimiter []byte
	rest      []byte
	fields    int
}

func (m *multipart) read(first []byte) {
	if bytes.Equal(bytes.TrimRight(m.rest, "\r\n"), append(first, "--"...)) {
		return // an empty form
	}
	rest, ok := bytes.CutPrefix(m.rest, first)
	if !ok {
		m.refuse("", "it does not begin with the boundary")
		return
	}
	for m.rest = rest; m.bad == nil; {
		switch {
		case bytes.HasPrefix(m.rest, []byte("--\r\n")), bytes.Equal(m.rest, []byte("--")):
			if len(m.rest) > 4 {
				m.refuse("", "something follows the last boundary")
			}
			return
		case bytes.HasPrefix(m.rest, []byte("\r\n")):
			m.rest = m.rest[2:]
			m.part()
		default:
			m.refuse("", "a line begins like the boundary and goes on differently")
		}
	}
}

// part reads one part, up to and with the boundary that ends it.
func (m *multipart) part() {
	end := bytes.Index(m.rest, []byte("\r\n\r\n"))
	if end < 0 || end > maxHeader {
		m.refuse("", "the header lines of a part are too long or have no end")
		return
	}
	head := string(m.rest[:end])
	content := m.rest[end+4:]
	stop := bytes.Index(content, m.delimiter)
	if stop < 1 || content[stop-1] != '\r' {
		m.refuse("", "a part does not end with CRLF and the boundary")
		return
	}
	m.rest = content[stop+len(m.delimiter):]
	p := m.header(head)
	if m.bad == nil {
		m.keep(p, content[:stop-1])
	}
}

// partHead is what the header lines of a part say.
type partHead struct {
	name, filename, kind string
	isFile               bool
}

func (m *multipart) header(head string) partHead {
	var p partHead
	seen := map[string]bool{}
	for line := range strings.SplitSeq(head, "\r\n") {
		key, value, ok := strings.Cut(line, ":")
		key, value = strings.ToLower(key), strings.Trim(value, " ")
		if !ok || seen[key] || !headerName.MatchString(key) || hasControl(value) {
			m.refuse("", "the header lines of a part are not plain")
			return p
		}
		seen[key] = true
		switch key {
		case "content-disposition":
			m.disposition(value, &p)
		case "content-type":
			p.kind = value
		case "content-transfer-encoding":
			if v := strings.ToLower(value); v != "binary" && v != "8bit" && v != "7bit" {
				m.refuse("", "a part has a transfer encoding, which PHP does not undo")
			}
		}
	}
	if !seen["content-disposition"] {
		m.refuse("", "a part has no Content-Disposition")
	}
	return p
}

var (
	headerName = regexp.MustCompile(`^[a-z0-9-]+$`)
	// disposition: names in double quotes without backslashes, or bare words. PHP takes single quotes for quotes as well.
	disposition = regexp.MustCompile(`^(?i:form-data)((?:; ?[A-Za-z*]+=(?:"[^"\\]*"|[A-Za-z0-9_.-]+))*)$`)
	dispParam   = regexp.MustCompile(`; ?([A-Za-z*]+)=(?:"([^"\\]*)"|([A-Za-z0-9_.-]+))`)
)

func (m *multipart) disposition(value string, p *partHead) {
	row := disposition.FindStringSubmatch(value)
	if row == nil {
		m.refuse("", "a Content-Disposition is not plain form-data with names in double quotes")
		return
	}
	seen := map[string]bool{}
	for _, param := range dispParam.FindAllStringSubmatch(row[1], -1) {
		key, text := strings.ToLower(param[1]), param[2]+param[3]
		if seen[key] {
			m.refuse(text, "a part names itself twice")
			return
		}
		seen[key] = true
		switch key {
		case "name":
			p.name = text
		case "filename":
			p.filename, p.isFile = text, true
		}
	}
	if !seen["name"] || seen["filename*"] && !seen["filename"] {
		m.refuse(p.name, "a part has no name, or a file name that PHP does not see")
	}
}

// keep files a part away. PHP gives a file's field the treatment of a variable's name; only plain ones are taken.
func (m *multipart) keep(p partHead, content []byte) {
	if !p.isFile {
		if m.fields++; m.fields > m.limits.MaxVars {
			m.refuse(p.name, "more fields than PHP reads (max_input_vars)")
		}
		if len(m.files) > 0 && strings.EqualFold(p.name, "MAX_FILE_SIZE") {
			m.refuse(p.name, "a limit for files comes after a file")
		}
		m.place(m.values, p.name, string(content))
		return
	}
	switch {
	case !fileField.MatchString(p.name):
		m.refuse(p.name, "the name of a file's field is not plain")
	case strings.ContainsAny(p.filename, `/\`):
		m.refuse(p.name, "the file's name holds a path")
	case m.hasFile(p.name):
		m.refuse(p.name, "two files for one field")
	case len(m.files) >= m.limits.MaxFiles:
		m.refuse(p.name, "more files than PHP reads (max_file_uploads)")
	}
	if p.filename == "" {
		content = nil
	}
	m.files = append(m.files, File{Field: p.name, Name: p.filename, Type: p.kind, Data: content})
}

var fileField = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func (m *multipart) hasFile(field string) bool {
	for _, f := range m.files {
		if f.Field == field {
			return true
		}
	}
	return false
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
