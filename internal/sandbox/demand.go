package sandbox

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/gate"
)

// demand is what a script asks the world for, as far as it names it, in a form that a run can be made of.
type demand struct {
	users     []string
	others    []string // whom a page is about
	ids       []string // of users
	groups    []string
	edits     []int
	pages     []Page
	hosts     []string
	databases []string
	skins     []string
	langs     []string
	clocks    []time.Time
	zones     []string
	referrers []string
	storage   map[string]string
	cookies   map[string]string
	options   map[string]any
	config    map[string]any
	queries   []string // further parameters of the address
	agents    []string
	width     int
	height    int
	visits    int
	chance    bool
	blank     string // what stands where the script looks without saying for what
}

// keptCode and addressCode are texts that a script which runs text as code can run: a string, to JavaScript and to JSON.
const (
	keptCode    = `"lamp kept for later"`
	addressCode = `"lamp in the address"`
)

var (
	runsText    = regexp.MustCompile(`\beval\b|[gG]lobalEval|\bFunction\s*\(|\.constructor\b|['"]constructor['"]|setAttribute\(\s*['"\x60]on|\bexecScript\b|set(?:Timeout|Interval)\(\s*[\w$.]+\s*\|\|`)
	readsHash   = regexp.MustCompile(`\blocation\s*\.\s*hash\b`)
	runsAtTimes = regexp.MustCompile(`\bset(?:Timeout|Interval)\s*\(`)
)

// maxDemands bounds how many values of one kind are tried.
const maxDemands = 6

func few(list []string) []string { return list[:min(len(list), maxDemands)] }

// demandOf reads the constants of a script.
func demandOf(u *subject, now time.Time) *demand {
	c := u.constants
	d := &demand{storage: map[string]string{}, cookies: map[string]string{}, options: map[string]any{}, config: map[string]any{}, blank: "1"}
	if runsText.MatchString(u.Text) {
		d.blank = keptCode
	}
	if readsHash.MatchString(u.Text) && (runsText.MatchString(u.Text) || runsAtTimes.MatchString(u.Text)) {
		d.queries = append(d.queries, "#"+url.PathEscape(addressCode))
	}
	d.named(c)
	for _, g := range c.Of(gate.Groups) {
		if g != "*" && g != "user" && len(g) < 60 {
			d.groups = append(d.groups, g)
		}
	}
	for _, v := range c.Of(gate.EditCounts) {
		if n, err := strconv.Atoi(v); err == nil {
			d.edits = append(d.edits, n)
		}
	}
	d.pages = pagesOf(c, u.Text, d.others)
	for _, h := range few(c.Of(gate.Hosts)) {
		if h = hostOf(h); h != "" && !slices.Contains(d.hosts, h) {
			d.hosts = append(d.hosts, h)
		}
	}
	d.databases, d.skins, d.langs = few(c.Of(gate.Databases)), few(c.Of(gate.Skins)), few(c.Of(gate.Languages))
	d.clocks = c.Clocks(now)
	for _, z := range few(c.Of(gate.Zones)) {
		if z = zoneOf(z, now); z != "" {
			d.zones = append(d.zones, z)
		}
	}
	for _, r := range few(c.Of(gate.Referrers)) {
		d.referrers = append(d.referrers, referrerOf(r))
	}
	d.kept(c)
	d.divided(c)
	d.visits = max(d.visits, visitsCounted(u.Text))
	return d
}

// kept are the constants that stand under keys.
func (d *demand) kept(c gate.Constants) {
	for _, k := range c.List {
		switch k.Asks {
		case gate.Storage:
			if k.Divisor() > 0 {
				continue
			}
			if _, had := d.storage[k.Key]; !had || k.Op != "read" {
				d.storage[k.Key] = firstWord(k.Value, d.blank)
			}
		case gate.Visits:
			if k.Divisor() > 0 {
				continue
			}
			n, _ := strconv.Atoi(k.Value)
			d.visits = max(d.visits, min(n+1, 5))
			d.storage[k.Key] = k.Value
		case gate.Cookies:
			d.cookies[firstWord(k.Key, k.Value)] = firstWord(k.Value, d.blank)
		case gate.Preference:
			d.options[k.Key] = typed(firstWord(k.Value, d.blank))
		case gate.Config:
			if k.Op != "read" && k.Key != "" && k.Key != "wgPageContentModel" && k.Divisor() == 0 { // a page brings its model along
				d.config[k.Key] = typed(k.Value)
			}
		case gate.Parameters:
			if q := queryOf(k); q != "" && len(d.queries) < maxDemands {
				d.queries = append(d.queries, q)
			}
		case gate.Agents:
			d.agent(k)
		case gate.Chance:
			d.chance = true
		}
	}
}

func (d *demand) agent(k gate.Constant) {
	n, err := strconv.ParseFloat(k.Value, 64)
	switch {
	case strings.Contains(strings.ToLower(k.Key), "width") && err == nil:
		d.width = int(n) + step(k.Op)
	case strings.Contains(strings.ToLower(k.Key), "height") && err == nil:
		d.height = int(n) + step(k.Op)
	case strings.EqualFold(k.Key, "userAgent") && k.Value != "":
		d.agents = append(d.agents, k.Value)
	}
}

func step(op string) int {
	switch op {
	case "<":
		return -1
	case ">":
		return 1
	}
	return 0
}

func orOne(s string) string {
	if s == "" {
		return "1"
	}
	return s
}

func firstWord(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// typed is a value as mw.config would have it.
func typed(s string) any {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n
	}
	switch s {
	case "true":
		return true
	case "false":
		return false
	}
	return s
}

func plausibleName(s string) bool {
	return s != "" && len(s) < 80 && !strings.ContainsAny(s, "#<>[]|{}/@:\n")
}

func capitalise(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

var hostName = regexp.MustCompile(`^[a-z0-9.-]{1,100}$`)

// hostOf makes a host name of what a script compares one with, which may be a part of it.
func hostOf(s string) string {
	s = strings.ToLower(s)
	if _, rest, ok := strings.Cut(s, "//"); ok {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	s, _, _ = strings.Cut(s, ":")
	switch {
	case !hostName.MatchString(s) || strings.Trim(s, ".-") == "":
		return ""
	case strings.HasPrefix(s, "."):
		s = "en" + s
	case strings.HasSuffix(s, "."):
		s += "wikipedia.org"
	case !strings.Contains(s, "."):
		s = "en." + s + ".org"
	}
	return s
}

// zoneOf is the name of a time zone, or of one with an offset in the minutes that getTimezoneOffset gives.
func zoneOf(s string, now time.Time) string {
	if n, err := strconv.Atoi(s); err == nil {
		if place := zoneAt(n, now); place != "" {
			return place
		}
		if n%60 != 0 || n < -14*60 || n > 12*60 {
			return ""
		}
		if n < 0 {
			return "Etc/GMT-" + strconv.Itoa(-n/60)
		}
		return "Etc/GMT+" + strconv.Itoa(n/60)
	}
	if _, err := time.LoadLocation(s); err != nil {
		return ""
	}
	return s
}

func referrerOf(s string) string {
	if strings.Contains(s, "://") {
		return s
	}
	if h := hostOf(s); h != "" && !strings.HasPrefix(s, "/") {
		return "https://" + h + "/"
	}
	return "https://search.example/" + strings.TrimPrefix(s, "/")
}

func queryOf(k gate.Constant) string {
	switch {
	case k.Key == "#":
		return "#" + strings.TrimPrefix(k.Value, "#")
	case k.Key != "":
		return url.QueryEscape(k.Key) + "=" + url.QueryEscape(orOne(k.Value))
	case strings.Contains(k.Value, "="):
		return strings.TrimLeft(k.Value, "?&")
	case k.Value != "":
		return url.QueryEscape(k.Value) + "=1"
	}
	return ""
}

// matched is a persona who is whom the script waits for: its name, its groups, its edits.
func (d *demand) matched(name string, s *Sandbox) decoy.Persona {
	p := decoy.Persona{Key: "user " + name, Name: name, Groups: slices.Clone(d.groups), Edits: 5000, Registered: s.o.Now.AddDate(-4, 0, 0), Known: true}
	p.Groups = slices.DeleteFunc(p.Groups, implicit)
	if slices.ContainsFunc(d.groups, global) {
		p.GlobalGroups = slices.Clone(d.groups)
	}
	for _, n := range d.edits {
		p.Edits = n + 1
	}
	return p
}

func implicit(g string) bool {
	return g == "autoconfirmed" || g == "*" || g == "user" || g == "named" || g == "temp"
}

func global(g string) bool {
	return strings.Contains(g, "steward") || strings.Contains(g, "global") || g == "founder" || g == "staff"
}

// agentOf is a user agent that says a word.
func agentOf(word string) string {
	return "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 " + word
}
