package writedoor

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDepth is far below the depth at which PHP's decoder gives up.
const maxDepth = 32

// readObject reads a JSON object that every reader reads alike: no key twice, nothing that is not text, one value.
func readObject(body []byte) (map[string]any, error) {
	if !utf8.Valid(body) {
		return nil, unclear("the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	value, err := readValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, unclear("something follows the JSON body")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, unclear("the body is not a JSON object")
	}
	return object, nil
}

func readValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, unclear("the body is not JSON: %v", err)
	}
	if depth > maxDepth {
		return nil, unclear("the body is nested too deep")
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return readMembers(d, depth)
		}
		return readItems(d, depth)
	case string:
		return token, wholeText(token)
	default:
		return token, nil
	}
}

func readMembers(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		key, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if _, twice := object[name]; twice {
			return nil, unclear("the body has the key %q twice", shorten(name))
		}
		if object[name], err = readValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	if err != nil {
		return nil, unclear("the body is not JSON: %v", err)
	}
	return object, nil
}

func readItems(d *json.Decoder, depth int) (any, error) {
	list := []any{}
	for d.More() {
		item, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	if _, err := d.Token(); err != nil {
		return nil, unclear("the body is not JSON: %v", err)
	}
	return list, nil
}

// wholeText refuses what Go's decoder makes of half a surrogate pair, at which PHP's fails.
func wholeText(s string) error {
	if strings.ContainsAny(s, "\uFFFD\x00") {
		return unclear("the body holds a character that is not one")
	}
	return nil
}

func writeObject(object map[string]any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
