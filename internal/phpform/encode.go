package phpform

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// EncodeQuery writes values so that PHP of any version, whatever its separators, reads them again: everything but letters,
// digits and -_.~ is escaped. It is fit for addresses and for urlencoded bodies.
func EncodeQuery(v *Values) string {
	var b strings.Builder
	encodePairs(&b, "", v)
	return b.String()
}

func encodePairs(b *strings.Builder, prefix string, v *Values) {
	for key, value := range v.All() {
		name := escape(key)
		if prefix != "" {
			name = prefix + "%5B" + name + "%5D"
		}
		if value.List != nil {
			encodePairs(b, name, value.List)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(name)
		b.WriteByte('=')
		escapeTo(b, value.Text)
	}
}

func escape(s string) string {
	var b strings.Builder
	escapeTo(&b, s)
	return b.String()
}

func escapeTo(b *strings.Builder, s string) {
	const digits = "0123456789ABCDEF"
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
}

// Encode writes the body of a request whose $_POST and $_FILES are the form's. A multipart form stays one, so that a long
// text in a script that is not Latin does not grow threefold and past post_max_size. Bodies of other kinds are not the
// form's to write: contentType is empty then.
func (f *Form) Encode() (contentType string, body []byte) {
	switch {
	case f.Type.Kind == Multipart:
		return f.encodeMultipart()
	case f.Type.Kind == URLEncoded:
		return "application/x-www-form-urlencoded", []byte(EncodeQuery(f.Post))
	default:
		return "", nil
	}
}

// encodeMultipart takes a boundary that is the hash of all it separates, so that it is found in none of it.
func (f *Form) encodeMultipart() (contentType string, body []byte) {
	h := sha256.New()
	for _, p := range f.parts() {
		h.Write(p.content)
	}
	boundary := "sallyport-" + hex.EncodeToString(h.Sum(nil))[:40]
	var b bytes.Buffer
	for _, p := range f.parts() {
		b.WriteString("--" + boundary + "\r\n" + p.head + "\r\n\r\n")
		b.Write(p.content)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return "multipart/form-data; boundary=" + boundary, b.Bytes()
}

type part struct {
	head    string
	content []byte
}

func (f *Form) parts() []part {
	parts := fieldParts(nil, "", f.Post)
	for _, file := range f.Files {
		head := `Content-Disposition: form-data; name="` + file.Field + `"; filename="` + file.Name + `"`
		if file.Type != "" {
			head += "\r\nContent-Type: " + file.Type
		}
		parts = append(parts, part{head, file.Data})
	}
	return parts
}

func fieldParts(parts []part, prefix string, v *Values) []part {
	for key, value := range v.All() {
		name := key
		if prefix != "" {
			name = prefix + "[" + key + "]"
		}
		if value.List != nil {
			parts = fieldParts(parts, name, value.List)
			continue
		}
		parts = append(parts, part{`Content-Disposition: form-data; name="` + name + `"`, []byte(value.Text)})
	}
	return parts
}
