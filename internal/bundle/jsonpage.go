package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const maxJSONDepth = 500

// invalidJSON is what a package gets in place of a JSON page that is none (WikiModule::getPackageFiles).
const invalidJSON = `{"error":"Invalid JSON"}`

// jsonLiteral reads a JSON page and writes it again as a JavaScript expression: same order of keys, numbers as they were
// written, nothing in it that could be read as code. Unlike MediaWiki it keeps 0, "", [], false and null.
func jsonLiteral(text string) (string, *syntaxError) {
	var whole json.RawMessage
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		at := 0
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = min(max(int(syntax.Offset)-1, 0), len(text))
		}
		return "", &syntaxError{at, "not valid JSON: " + err.Error()}
	}
	w := jsonWriter{dec: json.NewDecoder(strings.NewReader(text))}
	w.dec.UseNumber()
	if err := w.value(); err != nil {
		return "", &syntaxError{min(int(w.dec.InputOffset()), len(text)), err.Error()}
	}
	return w.out.String(), nil
}

type jsonWriter struct {
	dec   *json.Decoder
	out   strings.Builder
	depth int
}

func (w *jsonWriter) value() error {
	t, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		return w.composite(v)
	case string:
		w.out.WriteString(quote(v))
	case json.Number:
		w.out.WriteString(v.String())
	case bool:
		fmt.Fprint(&w.out, v)
	default:
		w.out.WriteString("null")
	}
	return nil
}

func (w *jsonWriter) composite(open json.Delim) error {
	if w.depth++; w.depth > maxJSONDepth {
		return fmt.Errorf("more than %d values inside each other", maxJSONDepth)
	}
	w.out.WriteByte(byte(open))
	for n := 0; w.dec.More(); n++ {
		if n > 0 {
			w.out.WriteByte(',')
		}
		if open == '{' {
			if err := w.key(); err != nil {
				return err
			}
		}
		if err := w.value(); err != nil {
			return err
		}
	}
	w.depth--
	if _, err := w.dec.Token(); err != nil {
		return err
	}
	w.out.WriteByte(byte(open) + 2) // in ASCII "]" and "}" come two after "[" and "{"
	return nil
}

func (w *jsonWriter) key() error {
	t, err := w.dec.Token()
	name, ok := t.(string)
	if err != nil || !ok {
		return fmt.Errorf("read key: %v, %w", t, err)
	}
	w.out.WriteString(key(name) + ":")
	return nil
}
