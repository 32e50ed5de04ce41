package bundle

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// output is generated text that knows where it comes from.
type output struct {
	buf       []byte
	segs      []segment
	names     []string
	mapped    bool // keep segs; without it only buf is filled
	line, col int
}

func (o *output) write(s string) {
	o.buf = append(o.buf, s...)
	if o.mapped {
		o.line, o.col = advance(o.line, o.col, s)
	}
}

// append adds another output behind what is there.
func (o *output) append(x *output) {
	for _, s := range x.segs {
		if s.line == 0 {
			s.col += o.col
		}
		s.line += o.line
		if s.name >= 0 {
			s.name += len(o.names)
		}
		o.segs = append(o.segs, s)
	}
	o.names = append(o.names, x.names...)
	o.write(string(x.buf))
	if o.mapped {
		// What is written next comes from nowhere until something says otherwise.
		o.segs = append(o.segs, segment{line: o.line, col: o.col, source: -1, name: -1})
	}
}

type sourceMap struct {
	Version        int      `json:"version"`
	File           string   `json:"file,omitempty"`
	Sources        []string `json:"sources"`
	SourcesContent []string `json:"sourcesContent"`
	Names          []string `json:"names"`
	Mappings       string   `json:"mappings"`
}

// encode writes the map with only those files in it that something comes from.
func (o *output) encode(file string, files []File) []byte {
	m := sourceMap{Version: 3, File: file, Sources: []string{}, SourcesContent: []string{}, Names: append([]string{}, o.names...)}
	index := map[int]int{}
	segs := make([]segment, len(o.segs))
	for i, s := range o.segs {
		if s.source >= 0 {
			n, seen := index[s.source]
			if !seen {
				n = len(index)
				index[s.source] = n
				f := files[s.source]
				m.Sources = append(m.Sources, f.source())
				m.SourcesContent = append(m.SourcesContent, f.Text)
			}
			s.source = n
		}
		segs[i] = s
	}
	m.Mappings = encodeMappings(segs)
	return marshal(m)
}

// source names a file in a source map: by its address, or by its title where there is none.
func (f *File) source() string {
	if f.URL != "" {
		return f.URL
	}
	return f.Title
}

// marshal is json.Marshal for values that cannot fail, without the escapes for HTML.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Section is one stretch of a response: its text, and the source map of that text. Map is nil for text without one,
// such as a mw.loader.state() call.
type Section struct {
	Code []byte
	Map  []byte
}

// IndexMap joins the maps of sections that stand one after the other in a response into one index map
// (ECMA-426 §10, "sections").
func IndexMap(sections []Section) []byte {
	type offset struct {
		Line   int `json:"line"`
		Column int `json:"column"`
	}
	type entry struct {
		Offset offset          `json:"offset"`
		Map    json.RawMessage `json:"map"`
	}
	entries := []entry{}
	var at offset
	for _, s := range sections {
		if s.Map != nil {
			entries = append(entries, entry{at, s.Map})
		}
		at.Line, at.Column = advance(at.Line, at.Column, string(s.Code))
	}
	return marshal(struct {
		Version  int     `json:"version"`
		Sections []entry `json:"sections"`
	}{3, entries})
}

// wordStarts calls visit with the position of the start of each line and of each word of text.
func wordStarts(text string, visit func(line, col int)) {
	line, col := 0, 0
	inWord := false
	for i, r := range text {
		word := r >= utf8.RuneSelf || isWordByte(byte(r))
		if col == 0 || word && !inWord {
			visit(line, col)
		}
		inWord = word
		line, col = advance(line, col, text[i:i+utf8.RuneLen(r)])
	}
}
