package web

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/incident"
	"sallyport/internal/writedoor"
)

var (
	errNoPower = &fault{http.StatusForbidden, "nopower"}
	errNotYet  = &fault{http.StatusServiceUnavailable, "notyet"}
)

// peoplePage is who could do harm, and whether they need to.
type peoplePage struct {
	Rows           []powerful
	Total          int // that match the search
	All, Todo      int // accounts, and those that something is proposed for
	From, To       int // of the rows shown, from 1
	Made, Since    time.Time
	Short          bool // uses are not known for long enough to call a right unused
	More           bool // there are more accounts than are looked at
	Keys           bool // whether keys may be shown
	Sort           string
	By             map[string]string
	Previous, Next string
	CSV, JSON      string
}

// powerful is one account.
type powerful struct {
	incident.Account
	Idle  int
	Steps []template.HTML
}

// seesPeople says whether a reader is told. Who holds which right is public; who could be attacked with most ease is for
// those alone who hold some power themselves.
func (p *pages) seesPeople(v *visit) bool {
	return p.People != nil && v.me.ID != 0 && slices.ContainsFunc(append(writedoor.DefaultPower(), "block"), v.me.Has)
}

// report is the newest report, without keys unless a person opened the page: no script of the wiki can read it then.
func (p *pages) report(v *visit) (*accounts.Report, error) {
	switch {
	case v.down != nil:
		return nil, errUncertain
	case v.me.ID == 0:
		return nil, errNobody
	case !p.seesPeople(v):
		return nil, errNoPower
	}
	r := p.People()
	if r == nil {
		return nil, errNotYet
	}
	return r, nil
}

// power shows who holds it.
func (p *pages) power(v *visit) error {
	r, err := p.report(v)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	body := peoplePage{
		All: len(r.Accounts), Made: r.Made, Since: r.Since, Short: r.Made.Sub(r.Since) < incident.Unused, More: r.More, Keys: v.door == byPerson,
		Sort: sortOfPeople(q.Get("sort")), By: map[string]string{},
	}
	for i := range r.Accounts {
		body.Todo += min(1, len(r.Accounts[i].Steps))
	}
	found := findPeople(r.Accounts, q.Get("search"), body.Sort)
	offset, _ := strconv.Atoi(q.Get("offset"))
	offset = max(0, min(offset, len(found)))
	body.Total, body.From = len(found), offset+1
	for _, a := range found[offset:min(len(found), offset+pageRows)] {
		body.Rows = append(body.Rows, p.powerful(v, a, body.Keys))
	}
	body.To = offset + len(body.Rows)
	for _, s := range []string{"todo", "name", "last", "scripts"} {
		body.By[s] = p.peopleURL(v, "", "sort", s, "offset", "")
	}
	if offset > 0 {
		body.Previous = p.peopleURL(v, "", "offset", strconv.Itoa(max(0, offset-pageRows)))
	}
	if body.To < body.Total {
		body.Next = p.peopleURL(v, "", "offset", strconv.Itoa(offset+pageRows))
	}
	body.CSV, body.JSON = p.peopleURL(v, ".csv", "offset", ""), p.peopleURL(v, ".json", "offset", "")
	return p.show(v, "people", http.StatusOK, body)
}

func sortOfPeople(s string) string {
	if s == "name" || s == "last" || s == "scripts" {
		return s
	}
	return "todo"
}

// findPeople picks accounts by name or group, and sorts them. The report's own order is: what is to be done first.
func findPeople(all []incident.Account, search, by string) []incident.Account {
	words := strings.Fields(strings.ToLower(search[:min(len(search), maxWords)]))
	var found []incident.Account
	for _, a := range all {
		text := strings.ToLower(a.Name + " " + strings.Join(a.Groups, " "))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			found = append(found, a)
		}
	}
	slices.SortStableFunc(found, func(a, b incident.Account) int {
		switch by {
		case "name":
			return strings.Compare(a.Name, b.Name)
		case "last":
			return a.LastUse.Compare(b.LastUse) // who has been away longest
		case "scripts":
			return cmp.Or(len(b.Scripts)-len(a.Scripts), len(b.Authors)-len(a.Authors))
		}
		return 0
	})
	return found
}

func (p *pages) powerful(v *visit, a incident.Account, keys bool) powerful {
	row := powerful{Account: a}
	for _, r := range a.Rights {
		if r.Idle {
			row.Idle++
		}
	}
	for _, s := range a.Steps {
		if keys || s.Do != incident.MakeKey && s.Do != incident.SecondKey {
			row.Steps = append(row.Steps, p.step(v.lang, s))
		}
	}
	return row
}

// step says what could be done.
func (p *pages) step(lang string, s incident.Step) template.HTML {
	var groups []template.HTML
	for _, g := range s.Groups {
		groups = append(groups, isolate(g))
	}
	switch s.Do {
	case incident.RemoveAll:
		return p.words.HTML(lang, "step-remove-all", p.words.List(lang, groups))
	case incident.RemoveSome:
		return p.words.HTML(lang, "step-remove-some", p.words.List(lang, groups))
	case incident.Expire:
		return p.words.HTML(lang, "step-expire", s.N, s.Of)
	case incident.MakeKey:
		return p.words.HTML(lang, "step-make-key")
	case incident.SecondKey:
		return p.words.HTML(lang, "step-second-key")
	case incident.NoScripts:
		return p.words.HTML(lang, "step-no-scripts", s.N, s.Of)
	}
	return isolate(s.String())
}

// peopleURL is this address with some parameters changed; an empty value removes one.
func (p *pages) peopleURL(v *visit, suffix string, changes ...string) string {
	q := v.URL.Query()
	for i := 0; i < len(changes); i += 2 {
		q.Del(changes[i])
		if changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	address := p.Base + "/people" + suffix
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// withoutKeys hides what scripts of the wiki must not read.
func withoutKeys(all []incident.Account) []incident.Account {
	all = slices.Clone(all)
	for i := range all {
		a := &all[i]
		a.Keys, a.Steps, a.Proposals = -1, nil, nil
		for _, s := range all[i].Steps {
			if s.Do != incident.MakeKey && s.Do != incident.SecondKey {
				a.Steps, a.Proposals = append(a.Steps, s), append(a.Proposals, s.String())
			}
		}
	}
	return all
}

func (p *pages) peopleData(v *visit) (*accounts.Report, []incident.Account, error) {
	r, err := p.report(v)
	if err != nil {
		return nil, nil, err
	}
	q := v.URL.Query()
	found := findPeople(r.Accounts, q.Get("search"), sortOfPeople(q.Get("sort")))
	if v.door != byPerson {
		found = withoutKeys(found)
	}
	return r, found, nil
}

func (p *pages) peopleJSON(v *visit) error {
	r, found, err := p.peopleData(v)
	if err != nil {
		return err
	}
	if found == nil {
		found = []incident.Account{}
	}
	return v.json(map[string]any{"schema": "sallyport/people/1", "wiki": p.Site.ID, "made": stamp(r.Made), "since": stamp(r.Since), "accounts": found})
}

func (p *pages) peopleCSV(v *visit) error {
	_, found, err := p.peopleData(v)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	return incident.WriteCSV(v.w, found)
}
