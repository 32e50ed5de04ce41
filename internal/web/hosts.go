package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sallyport/internal/rollout"
	"sallyport/internal/violation"
)

// fewPeople is how many must have met a host before somebody who is no operator is told of it, or of the script behind it.
const fewPeople = 5

// contact is a host that pages contacted, or tried to, as far as browsers reported it; or one script's part of that.
type contact struct {
	Host       string          `json:"host"`
	Script     string          `json:"script,omitempty"` // empty: all of them, or nobody knows
	Directives []string        `json:"directives"`       // as browsers name what was done
	People     int             `json:"people"`
	Scripts    int             `json:"scripts"`
	First      time.Time       `json:"first"`
	Last       time.Time       `json:"last"`
	Engines    string          `json:"engines"`
	State      string          `json:"state"` // under the policy in force: "allowed", "blocked", "reported" or "noise"
	Noise      violation.Noise `json:"noise,omitempty"`
}

// hostsPage is who contacts whom, and who would miss it.
type hostsPage struct {
	All                  bool // the reader is an operator, and sees what few people met too
	Few                  int
	Chart                chart
	Summary              rollout.Summary
	Rows                 []contact
	Total, From, To      int
	One                  string    // host whose scripts are listed; empty: all hosts are
	Needs                []contact // by script
	Noise                []contact
	Token                string
	Seen                 int64
	Here                 string
	Sort                 string
	By                   map[string]string
	Previous, Next, Back string
	CSV, JSON            string
}

// hosts shows who contacts whom.
func (p *pages) hosts(v *visit) error {
	o, all, err := p.overview(v)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	body := hostsPage{
		All: all, Few: fewPeople, Chart: o.chart, Summary: o.summary, One: q.Get("host"), Sort: sortOfHosts(q.Get("sort")),
		By: map[string]string{}, Seen: p.Policy.State().Version, Here: v.here(), Back: p.Base + "/hosts",
	}
	body.Noise = only(o.hosts, func(c contact) bool { return c.Noise != "" && all })
	if body.One != "" {
		body.Needs = only(o.scripts, func(c contact) bool { return c.Host == body.One && c.Noise == "" })
		sortHosts(body.Needs, body.Sort)
	}
	found := findHosts(o.hosts, q.Get("search"), body.Sort)
	offset, _ := strconv.Atoi(q.Get("offset"))
	offset = max(0, min(offset, len(found)))
	body.Rows = found[offset:min(len(found), offset+pageRows)]
	body.Total, body.From, body.To = len(found), offset+1, offset+len(body.Rows)
	for _, s := range []string{"people", "host", "last", "scripts"} {
		body.By[s] = p.hostsURL(v, "", "sort", s, "offset", "")
	}
	if offset > 0 {
		body.Previous = p.hostsURL(v, "", "offset", strconv.Itoa(max(0, offset-pageRows)))
	}
	if body.To < body.Total {
		body.Next = p.hostsURL(v, "", "offset", strconv.Itoa(body.To))
	}
	body.CSV, body.JSON = p.hostsURL(v, ".csv", "offset", "", "host", ""), p.hostsURL(v, ".json", "offset", "", "host", "")
	if all && v.door == byPerson {
		body.Token = p.tokens.mint(deed{user: v.me.ID, to: "noise"}, v.Request)
	}
	return p.show(v, "hosts", http.StatusOK, body)
}

// overview is what reports say about hosts. It is made for everybody who asks within some seconds: the page is open to all who
// are logged in, and a large wiki has many reports.
type overview struct {
	made    time.Time
	version int64 // of the policy
	hosts   []contact
	scripts []contact // by host and script
	chart   chart
	summary rollout.Summary
}

// overviewAge is how long one is shown.
const overviewAge = 10 * time.Second

// overviews are the one for operators and the one for everybody else.
type overviews struct {
	mu sync.Mutex
	by map[bool]*overview
}

// overview is what a reader may be told. all says that it is all there is.
func (p *pages) overview(v *visit) (o *overview, all bool, err error) {
	switch {
	case v.down != nil:
		return nil, false, errUncertain
	case v.me.ID == 0:
		return nil, false, errNobody
	}
	if err := p.Policy.Sync(v.Context()); err != nil {
		return nil, false, err
	}
	all = mayLook(v) == nil
	p.hostsSeen.mu.Lock()
	defer p.hostsSeen.mu.Unlock()
	now, version := p.Policy.Now(), p.Policy.State().Version
	if o := p.hostsSeen.by[all]; o != nil && o.version == version && now.Sub(o.made) < overviewAge {
		return o, all, nil
	}
	rows, err := p.Policy.Reports(v.Context())
	if err != nil {
		return nil, false, err
	}
	flat := flatten(rows, all)
	o = &overview{
		made: now, version: version, hosts: p.contacts(flat, false), scripts: p.contacts(flat, true), chart: chartOf(rows, now, all), summary: summaryFor(rows, all),
	}
	if p.hostsSeen.by == nil {
		p.hostsSeen.by = map[bool]*overview{}
	}
	p.hostsSeen.by[all] = o
	return o, all, nil
}

// flatten forgets the days and what is no host. Who is no operator is told of hosts and scripts that several people met.
func flatten(rows []violation.Row, all bool) []violation.Row {
	rows = violation.Fold(rows, func(k *violation.Key) { k.Day, k.ReportOnly = 0, false })
	rows = slices.DeleteFunc(rows, func(r violation.Row) bool { return !strings.Contains(r.Blocked, "://") })
	if all {
		return rows
	}
	rows = violation.ForEverybody(rows, fewPeople)
	return slices.DeleteFunc(rows, func(r violation.Row) bool { return r.Blocked == violation.Other })
}

// contacts joins rows by host, or by host and script.
func (p *pages) contacts(rows []violation.Row, byScript bool) []contact {
	how, scripts := map[violation.Key][]string{}, map[violation.Key]map[string]bool{}
	forget := func(k *violation.Key) {
		if k.Directive = ""; !byScript {
			k.Source = ""
		}
	}
	for i := range rows {
		k := rows[i].Key
		forget(&k)
		if !slices.Contains(how[k], rows[i].Directive) {
			how[k] = append(how[k], rows[i].Directive)
		}
		if rows[i].Source != "" {
			if scripts[k] == nil {
				scripts[k] = map[string]bool{}
			}
			scripts[k][rows[i].Source] = true
		}
	}
	var list []contact
	for _, r := range violation.Fold(rows, forget) {
		c := contact{
			Host: r.Blocked, Script: r.Source, Directives: how[r.Key], People: r.Users.Count(), Scripts: len(scripts[r.Key]), First: r.First, Last: r.Last,
			Engines: r.Engines.String(), Noise: r.Noise,
		}
		slices.Sort(c.Directives)
		c.State = p.stateOf(c)
		list = append(list, c)
	}
	return list
}

// stateOf is what the policy in force does about a contact.
func (p *pages) stateOf(c contact) string {
	_, enforced := p.Policy.InForce()
	switch {
	case c.Noise != "":
		return "noise"
	case !slices.ContainsFunc(c.Directives, func(d string) bool { return !p.Policy.Allows(d, c.Host) }):
		return "allowed"
	case enforced:
		return "blocked"
	default:
		return "reported"
	}
}

func only(list []contact, want func(contact) bool) (some []contact) {
	for _, c := range list {
		if want(c) {
			some = append(some, c)
		}
	}
	return some
}

func sortOfHosts(s string) string {
	if s == "host" || s == "last" || s == "scripts" {
		return s
	}
	return "people"
}

func sortHosts(list []contact, by string) {
	slices.SortStableFunc(list, func(a, b contact) int {
		switch by {
		case "host":
			return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Script, b.Script))
		case "last":
			return b.Last.Compare(a.Last)
		case "scripts":
			return b.Scripts - a.Scripts
		}
		return cmp.Or(b.People-a.People, cmp.Compare(a.Host, b.Host))
	})
}

// findHosts picks what is no noise by host or script, and sorts it.
func findHosts(all []contact, search, by string) []contact {
	words := strings.Fields(strings.ToLower(search[:min(len(search), maxWords)]))
	found := only(all, func(c contact) bool {
		text := strings.ToLower(c.Host + " " + c.Script + " " + strings.Join(c.Directives, " "))
		return c.Noise == "" && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	})
	sortHosts(found, by)
	return found
}

// summaryFor leaves small numbers out for who is no operator.
func summaryFor(rows []violation.Row, all bool) rollout.Summary {
	if !all {
		rows = violation.ForEverybody(rows, fewPeople)
	}
	return rollout.Summarise(rows)
}

// hostsURL is this address with some parameters changed; an empty value removes one.
func (p *pages) hostsURL(v *visit, suffix string, changes ...string) string {
	return withQuery(p.Base+"/hosts"+suffix, v.URL.Query(), changes...)
}

func withQuery(address string, q url.Values, changes ...string) string {
	for i := 0; i < len(changes); i += 2 {
		q.Del(changes[i])
		if changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// hostsData is every host and script, for programs.
func (p *pages) hostsData(v *visit) ([]contact, error) {
	o, _, err := p.overview(v)
	if err != nil {
		return nil, err
	}
	q := v.URL.Query()
	return findHosts(o.scripts, q.Get("search"), sortOfHosts(q.Get("sort"))), nil
}

func (p *pages) hostsJSON(v *visit) error {
	list, err := p.hostsData(v)
	if err != nil {
		return err
	}
	return v.json(struct {
		Schema   string    `json:"schema"`
		Contacts []contact `json:"contacts"`
	}{"sallyport.hosts/1", append([]contact{}, list...)})
}

func (p *pages) hostsCSV(v *visit) error {
	list, err := p.hostsData(v)
	if err != nil {
		return err
	}
	table := [][]string{{"host", "script", "directives", "people", "first", "last", "engines", "state"}}
	for _, c := range list {
		table = append(table, []string{c.Host, c.Script, strings.Join(c.Directives, " "), strconv.Itoa(c.People), stamp(c.First), stamp(c.Last), c.Engines, c.State})
	}
	return v.csv(table)
}

// noise keeps what an operator says about a host: whether its reports are noise.
func (p *pages) noise(v *visit) error {
	if err := p.pressed(v, "noise"); err != nil {
		return err
	}
	f := v.PostForm
	if err := p.Policy.SetNoise(v.Context(), p.actOf(v), f.Get("host"), f.Get("noise") == "yes"); err != nil {
		return policyFault(err)
	}
	return v.redirect(p.back(f.Get("back"), p.Base+"/hosts"))
}
