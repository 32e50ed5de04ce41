package fakewiki

import "strconv"

// object is a JSON object of an API answer.
type object map[string]any

// Modules build answers in the form of formatversion=2. These types mark what formatversion=1 writes differently
// (ApiResult::transformForBC); plain booleans are among it: true is "" there and false is left out.
type (
	// keepBool stays a boolean in both.
	keepBool bool
	// content is a field whose name is "*" in version 1.
	content string
	// under is a text that version 1 wraps into {"*": text}.
	under struct{ name, text string }
	// pageRows are the pages of a query: a list in version 2, keyed by page id in version 1.
	pageRows []object
)

// shape turns an answer into what encoding/json should write.
func shape(v any, version2 bool) any {
	switch v := v.(type) {
	case object:
		return shapeObject(v, version2)
	case map[string]any:
		return shapeObject(v, version2)
	case []object:
		return shapeList(v, version2)
	case []any:
		return shapeList(v, version2)
	case pageRows:
		return shapePages(v, version2)
	case keepBool:
		return bool(v)
	case content:
		return string(v)
	case under:
		if version2 {
			return v.text
		}
		return map[string]any{"*": v.text}
	case nil:
		return nil
	}
	return v
}

func shapeObject(o map[string]any, version2 bool) map[string]any {
	out := make(map[string]any, len(o))
	for k, v := range o {
		if b, ok := v.(bool); ok && !version2 {
			if b {
				out[k] = ""
			}
			continue
		}
		if _, ok := v.(content); ok && !version2 {
			k = "*"
		}
		out[k] = shape(v, version2)
	}
	return out
}

func shapeList[T any](list []T, version2 bool) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = shape(v, version2)
	}
	return out
}

// shapePages keys missing pages -1, -2, … as ApiPageSet does.
func shapePages(pages pageRows, version2 bool) any {
	if version2 {
		return shapeList(pages, true)
	}
	out := make(map[string]any, len(pages))
	missing := 0
	for _, p := range pages {
		id, ok := p["pageid"].(int64)
		key := strconv.FormatInt(id, 10)
		if !ok {
			missing--
			key = strconv.Itoa(missing)
		}
		out[key] = shapeObject(p, false)
	}
	return out
}
