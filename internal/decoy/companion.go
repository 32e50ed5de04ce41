package decoy

import (
	"net/http"
	"strconv"
	"strings"

	"sallyport/internal/trace"
)

// Companion is another page of the gadget that the script under test belongs to. A wiki serves them together with it, through
// load.php, so that what they do is the wiki's own doing, as far as the script is concerned.
type Companion struct {
	Title   string
	Text    string // as served
	Require bool   // it runs when it is required, not before the script
	Missing bool   // the script names it, and it is not at hand
}

// how is the vocabulary's word for the way in which a companion is loaded.
func (c *Companion) how() string {
	if c.Require {
		return trace.HowRequire
	}
	return trace.HowGadget
}

const companionModule = "ext.gadget.companion-"

// companionPath is the address of the nth companion on the wiki, without the host.
func (d *Decoy) companionPath(n int) string {
	return d.site.ScriptPath + "/load.php?modules=" + companionModule + strconv.Itoa(n) + "&only=scripts"
}

// IsCompanion says whether code at an address is a companion of the script under test.
func IsCompanion(address string) bool {
	return strings.Contains(address, "/load.php?modules="+companionModule)
}

// companion serves one, and says whether the request was for one.
func (d *Decoy) companion(w http.ResponseWriter, a *ask) bool {
	name, ok := strings.CutPrefix(a.URL.Query().Get("modules"), companionModule)
	n, err := strconv.Atoi(name)
	if !ok || err != nil || n < 0 || n >= len(d.v.Companions) || !strings.HasSuffix(a.URL.Path, "/load.php") {
		return false
	}
	c := &d.v.Companions[n]
	d.joins(a.url, c, "companion")
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write([]byte(c.Text))
	return true
}

// missing tells of the companions that the script names and nobody has.
func (d *Decoy) missing() {
	for i := range d.v.Companions {
		if c := &d.v.Companions[i]; c.Missing {
			d.joins(d.server()+d.companionPath(i), c, "placeholder")
		}
	}
}

// joins tells that a companion became part of the run.
func (d *Decoy) joins(address string, c *Companion, answer string) {
	data := trace.Data{URL: address, Method: http.MethodGet, How: c.how(), Seen: "proxy", Answer: answer, Title: c.Title}
	if !c.Missing {
		data.SHA256 = hash(c.Text)
	}
	d.v.Record(trace.Event{Kind: trace.ScriptLoad, Data: data})
}

// inOrder is JavaScript that loads the companions and then, if there is one, the script under test. Scripts that are put into a page run
// in the order of their arrival, unless they are told not to be async.
func (d *Decoy) inOrder() string {
	var all []string
	for i := range d.v.Companions {
		if !d.v.Companions[i].Missing {
			all = append(all, d.companionPath(i))
		}
	}
	if d.v.Script != nil {
		all = append(all, d.ScriptPath())
	}
	if len(all) == 1 && d.v.Script != nil {
		return "mw.loader.load(" + inScript(all[0]) + ");"
	}
	return inScript(all) + ".forEach(function(u){var s=document.createElement('script');s.src=u;s.async=false;document.head.appendChild(s);});"
}
