package decoy

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"sallyport/internal/trace"
)

// FormField is the field in which the sandbox, where it sends one of the wiki's forms as a person would, says what stood in it before
// anybody was told that it is being sent: [Visit.FormWord], and the fields as a JSON object.
const FormField = "lampForm"

// witnessedForm looks at a form that the sandbox sent: what came otherwise than it stood there was put in by the script. It says whether it
// was one.
func (d *Decoy) witnessedForm(a *ask) bool {
	if d.v.FormWord == "" || a.Method != http.MethodPost || !strings.Contains(string(a.body), d.v.FormWord) {
		return false
	}
	r := d.read(a)
	text, ok := strings.CutPrefix(r.get(FormField), d.v.FormWord)
	var stood map[string]string
	if !ok || json.Unmarshal([]byte(text), &stood) != nil {
		return false
	}
	var changed []string
	gained := ""
	for name, value := range stood {
		came := plainLines(r.get(name))
		if value = plainLines(value); came == value {
			continue
		}
		changed = append(changed, name)
		if name == "wpTextbox1" {
			gained = more(value, came)
		}
	}
	if len(changed) == 0 {
		return true
	}
	slices.Sort(changed)
	data := trace.Data{Name: trace.AlteredForm, Action: r.action, Text: strings.Join(changed, " ") + "\n" + gained, URL: a.url, Method: a.Method, Seen: "proxy"}
	if len(r.titles) > 0 {
		data.Title, data.Class = d.place(r.titles[0], r.model)
	}
	d.v.Record(trace.Event{Kind: trace.Conceal, Data: data})
	return true
}

// plainLines is a text with the line ends that scripts see, not those that forms send.
func plainLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// more are the lines of a text that another one had not.
func more(before, after string) string {
	had := map[string]bool{}
	for _, line := range strings.Split(before, "\n") {
		had[line] = true
	}
	var out []string
	for _, line := range strings.Split(after, "\n") {
		if !had[line] {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
