package decoy

import (
	"encoding/json"
	"strings"
)

// withLists gives an answer of the API the lists that the wiki does not know, empty: those of extensions that other wikis have. A wiki
// that knows a list answers with it even when there is nothing in it, so what is missing is not known. Pages get an item.
func withLists(body []byte, get func(string) string) []byte {
	var answer map[string]json.RawMessage
	if json.Unmarshal(body, &answer) != nil || answer == nil || answer["error"] != nil {
		return body
	}
	query := map[string]json.RawMessage{}
	if raw := answer["query"]; raw != nil && json.Unmarshal(raw, &query) != nil {
		return body
	}
	added := false
	give := func(names, empty string) {
		for _, name := range strings.Split(names, "|") {
			if name != "" && query[name] == nil && len(query) < 100 {
				query[name], added = json.RawMessage(empty), true
			}
		}
	}
	give(get("list"), "[]")
	give(unanswered(get("meta")), "{}")
	if !withItems(query, get) && !added {
		return body
	}
	raw, err := json.Marshal(query)
	if err != nil {
		return body
	}
	answer["query"] = raw
	if out, err := json.Marshal(answer); err == nil {
		return out
	}
	return body
}

// unanswered leaves out what core answers under other names, or in several parts.
func unanswered(meta string) string {
	var out []string
	for _, name := range strings.Split(meta, "|") {
		switch name {
		case "siteinfo", "filerepoinfo", "authmanagerinfo":
		default:
			out = append(out, name)
		}
	}
	return strings.Join(out, "|")
}
