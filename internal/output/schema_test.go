package output_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// schema checks documents against a JSON schema, as far as SARIF's schema goes: a keyword it does not know is an error.
type schema struct {
	root map[string]any
}

func (s *schema) check(node map[string]any, value any, at string) (errs []string) {
	bad := func(format string, args ...any) { errs = append(errs, at+": "+fmt.Sprintf(format, args...)) }
	for key, want := range node {
		switch key {
		case "$schema", "title", "description", "default", "definitions":
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/definitions/")
			errs = append(errs, s.check(s.root["definitions"].(map[string]any)[name].(map[string]any), value, at)...)
		case "type":
			if !isType(value, want) {
				bad("%T where %v should be", value, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), value) {
				bad("%v is none of %v", value, want)
			}
		case "minimum", "maximum":
			n, ok := value.(float64)
			if ok && (key == "minimum" && n < want.(float64) || key == "maximum" && n > want.(float64)) {
				bad("%v is past the %s %v", n, key, want)
			}
		case "pattern":
			if text, ok := value.(string); ok && !regexp.MustCompile(want.(string)).MatchString(text) {
				bad("%q does not match %v", text, want)
			}
		case "format":
			errs = append(errs, checkFormat(want.(string), value, at)...)
		case "anyOf", "oneOf":
			if n := s.matches(want.([]any), value, at); n == 0 || key == "oneOf" && n > 1 {
				bad("%d of %s hold", n, key)
			}
		case "properties", "additionalProperties", "required":
			if key == "properties" && node["additionalProperties"] != nil {
				continue // seen with the other
			}
			errs = append(errs, s.checkObject(node, key, value, at)...)
		case "items", "minItems", "uniqueItems":
			errs = append(errs, s.checkList(key, want, value, at)...)
		default:
			bad("the schema has %q, which this test does not know", key)
		}
	}
	return errs
}

func isType(value, want any) bool {
	if all, ok := want.([]any); ok {
		return slices.ContainsFunc(all, func(one any) bool { return isType(value, one) })
	}
	switch v := value.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	default:
		return want == "null"
	}
}

func checkFormat(format string, value any, at string) []string {
	text, ok := value.(string)
	if !ok {
		return nil
	}
	switch u, err := url.Parse(text); {
	case format == "uri" && (err != nil || !u.IsAbs()), format == "uri-reference" && err != nil:
		return []string{fmt.Sprintf("%s: %q is no %s", at, text, format)}
	case format != "uri" && format != "uri-reference":
		return []string{fmt.Sprintf("%s: format %q is not known to this test", at, format)}
	}
	return nil
}

func (s *schema) matches(all []any, value any, at string) (n int) {
	for _, one := range all {
		if len(s.check(one.(map[string]any), value, at)) == 0 {
			n++
		}
	}
	return n
}

func (s *schema) checkObject(node map[string]any, key string, value any, at string) (errs []string) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	if key == "required" {
		for _, name := range node[key].([]any) {
			if _, ok := object[name.(string)]; !ok {
				errs = append(errs, fmt.Sprintf("%s: %v is missing", at, name))
			}
		}
		return errs
	}
	known, _ := node["properties"].(map[string]any)
	for name, child := range object {
		at := at + "." + name
		if sub, ok := known[name].(map[string]any); ok {
			errs = append(errs, s.check(sub, child, at)...)
		} else if sub, ok := node["additionalProperties"].(map[string]any); ok {
			errs = append(errs, s.check(sub, child, at)...)
		} else if node["additionalProperties"] == false {
			errs = append(errs, at+": no such property")
		}
	}
	return errs
}

func (s *schema) checkList(key string, want, value any, at string) (errs []string) {
	list, ok := value.([]any)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for i, one := range list {
		at := fmt.Sprintf("%s[%d]", at, i)
		switch text, _ := json.Marshal(one); {
		case key == "items":
			errs = append(errs, s.check(want.(map[string]any), one, at)...)
		case key == "uniqueItems" && want == true && seen[string(text)]:
			errs = append(errs, at+": twice in the list")
		default:
			seen[string(text)] = true
		}
	}
	if least, ok := want.(float64); key == "minItems" && ok && float64(len(list)) < least {
		errs = append(errs, at+": the list is too short")
	}
	return errs
}

func TestTheSchemaCheckerFindsMistakes(t *testing.T) {
	var s schema
	text := `{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":{"type":"array","minItems":1,"uniqueItems":true,
		"items":{"$ref":"#/definitions/n"}},"u":{"format":"uri"}},"definitions":{"n":{"type":"integer","minimum":1,"enum":[0,1,2]}}}`
	if err := json.Unmarshal([]byte(text), &s.root); err != nil {
		t.Fatal(err)
	}
	for doc, good := range map[string]bool{
		`{"a":[1,2],"u":"a:b"}`: true, `{}`: false, `[]`: false, `{"a":[]}`: false, `{"a":[1,1]}`: false, `{"a":[0]}`: false,
		`{"a":[1.5]}`: false, `{"a":[3]}`: false, `{"a":[1],"b":1}`: false, `{"a":[1],"u":"b"}`: false,
	} {
		var value any
		if err := json.Unmarshal([]byte(doc), &value); err != nil {
			t.Fatal(err)
		}
		if errs := s.check(s.root, value, "$"); len(errs) == 0 != good {
			t.Errorf("%s: %v", doc, errs)
		}
	}
}
