package csp

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// sitePolicy is a policy somebody published, and what it means.
type sitePolicy struct {
	name, from, text string
	page             Address
	questions        []string // "+ kind address" or "- kind address"
}

func sitePolicies(t *testing.T) (list []sitePolicy) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/published_sites.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		p := sitePolicy{name: f.Name}
		for line := range strings.Lines(string(f.Data)) {
			line = strings.TrimSpace(line)
			word, rest, _ := strings.Cut(line, " ")
			switch word {
			case "from":
				p.from = rest
			case "page":
				p.page = ParseAddress(rest)
			case "policy":
				p.text += rest + " "
			case "+", "-":
				p.questions = append(p.questions, line)
			case "":
			default:
				t.Fatalf("%s: %q", f.Name, line)
			}
		}
		list = append(list, p)
	}
	if len(list) < 10 {
		t.Fatalf("%d policies", len(list))
	}
	return list
}

// request reads a question. What stands in the page's HTML, and what a script adds, are two things to 'strict-dynamic'.
func (p *sitePolicy) request(t *testing.T, question string) (r Request, allowed bool) {
	t.Helper()
	words := strings.Fields(question)
	name, inHTML := strings.CutSuffix(words[1], "-in-html")
	kind := slices.Index(kindNames[:], name)
	if kind < 0 {
		t.Fatalf("%s: there is no kind %q", p.name, words[1])
	}
	r = Request{Kind: Kind(kind), Page: p.page, ParserInserted: inHTML}
	if len(words) > 2 {
		r.URL = ParseAddress(words[2])
	}
	return r, words[0] == "+"
}

func TestPoliciesOfRealSitesMeanWhatTheyMeanAndPrintBack(t *testing.T) {
	asked := 0
	for _, p := range sitePolicies(t) {
		read, problems := Parse(p.text)
		for _, x := range problems {
			t.Errorf("%s (%s): %s", p.name, p.from, x)
		}
		again, _ := Parse(read.String())
		short := read.Minimise()
		for _, q := range p.questions {
			r, want := p.request(t, q)
			for how, one := range map[string]*Policy{"read": read, "printed": again, "minimised": short} {
				if v := one.Allows(r); v.Allowed != want {
					t.Errorf("%s, %s: %q is decided %v by %s %s", p.name, how, q, v.Allowed, v.Directive, v.By)
				}
			}
			asked++
		}
		sameDecisions(t, p.name, read, again, 2000)
		sameDecisions(t, p.name, read, short, 2000)
	}
	t.Logf("%d questions answered as the sites mean them", asked)
}
