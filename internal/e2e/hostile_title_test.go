package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// trap is a page name that is not what it looks like. says is what its author is told; empty when it means User:Mara/b.js
// after all.
type trap struct{ name, says string }

const (
	noTitle   = "holds a character or sequence that no title may hold"
	elsewhere = "is neither in user space nor in the MediaWiki namespace"
)

var traps = []trap{
	{"User:Mara/b.js", ""},
	{"user:mara/b.js", ""},
	{":User:Mara/b.js", ""},
	{" USER : Mara/b.js ", ""},
	{"User:Mara/\u202eb.js", ""}, // marks of direction are no part of a title
	{"User:Mara/b.js#top", "cannot hold #"},
	{"User:Mara/a|b.js", noTitle},
	{"User:Mara/<b>.js", noTitle},
	{"User:Mara/[[b]].js", noTitle},
	{"User:Mara/{{b}}.js", noTitle},
	{"User:Mara/../b.js", "a part of one or two dots only"},
	{"User:Mara/./b.js", "a part of one or two dots only"},
	{"User:Mara/%62.js", noTitle},
	{"User:Mara/&amp;.js", noTitle},
	{"User:Mara/&#98;.js", "cannot hold #"},
	{"User:Mara/~~~~.js", "the title holds"}, // MediaWiki signs the definition when it is saved; then it holds brackets
	{"User:Mara/b\x00.js", "not clean UTF-8"},
	{"User:Mara/b\n.js", noTitle},
	{"User:Mara/\ufffd.js", "not clean UTF-8"},
	{"User:Mara/" + strings.Repeat("x", 300) + ".js", "the title is too long"},
	{"User:Mara/" + strings.Repeat("x", 248) + ".js", "the title is too long"}, // 256 bytes
	{"User:Mara.js", "must be a subpage"},
	{"User:/b.js", "must be a subpage"},
	{"User:", "the title is empty"},
	{"/", "must be a subpage"},
	{"", "the title is empty"},
	{"b.js", elsewhere},
	{"Talk:Mara/b.js", elsewhere},
	{"User talk:Mara/b.js", elsewhere},
	{"Special:MyPage/b.js", elsewhere},
	{"wikipedia:User:Mara/b.js", "wikipedia:User:Mara/b.js"}, // another wiki where there is such a prefix, a strange page where not
	{"User:Mara/b.txt", "has to end in .js, .css, .json or .vue"},
	{"User:Mara/b", "has to end in .js, .css, .json or .vue"},
	{"__proto__", elsewhere},
}

func TestTitlesWithTrapsAreRefusedInWordsOrMeanWhatMediaWikiMeans(t *testing.T) {
	onBoth(t, func(s *site) {
		s.people("Mara")
		s.saveScript("b", "itself();")
		for i, c := range traps {
			s.define(fmt.Sprintf("trap-%d", i), definitionOf(c.name))
		}
		s.define("last", definitionOf("/b.js"))
		s.module("User:Mara/last")
		for i, c := range traps {
			found := s.register(fmt.Sprintf("User:Mara/trap-%d", i))
			problems := strings.Join(found.Problems, "\n")
			switch {
			case c.says == "" && (problems != "" || len(found.Rows) != 1):
				s.Errorf("%q: %+v", c.name, found)
			case c.says == "":
				_, body := s.ask("GET", "/sallyport/load.php?modules="+fmt.Sprint(found.Rows[0][0]), "")
				if !strings.Contains(body, "itself()") {
					s.Errorf("%q is another page: %s", c.name, body)
				}
			case !strings.HasPrefix(problems, fmt.Sprintf("User:Mara/trap-%d.gadget: line 1: ", i)) || !strings.Contains(problems, c.says) || len(found.Rows) > 0:
				s.Errorf("%q: %+v", c.name, found)
			}
		}
	})
}

// The same names given to register: no gadget is called that, and the one beside it is found.
func TestNamesWithTrapsFindNothingAndHarmNothing(t *testing.T) {
	onBoth(t, func(s *site) {
		s.people("Mara")
		s.saveScript("b", "itself();")
		s.define("found", definitionOf("/b.js"))
		s.module("User:Mara/found")
		for _, c := range traps {
			found := s.register(c.name, "User:Mara/found.gadget")
			if len(found.Rows) != 1 || c.name != "" && !strings.Contains(c.name, "|") && (len(found.Problems) != 1 || !strings.HasPrefix(found.Problems[0], "there is no gadget ")) {
				s.Errorf("%q: %+v", c.name, found)
			}
		}
		for _, raw := range []string{"%ff%fe", "%00", "%E2%80", "User%3AMara%2Fb%00.gadget", strings.Repeat("%C3%A4", 1000), "%u0041", "a%"} {
			r, body := s.ask("GET", "/sallyport/register?names="+raw, "")
			if r.StatusCode >= 500 || r.StatusCode == http.StatusOK && !json.Valid([]byte(body)) {
				s.Errorf("%q: %s %.300s", raw, r.Status, body)
			}
		}
		long := strings.Repeat("x", 300)
		_, body := s.ask("GET", "/sallyport/load.php?modules="+long, "")
		if !strings.Contains(body, `mw.loader.state({"`+long+`":"missing"});`) {
			s.Errorf("a module name of 300 bytes: %s", body)
		}
	})
}

func (s *site) register(names ...string) (found told) {
	s.Helper()
	r, body := s.ask("GET", "/sallyport/register?names="+url.QueryEscape(strings.Join(names, "|")), "")
	if err := json.Unmarshal([]byte(body), &found); err != nil || r.StatusCode != http.StatusOK {
		s.Fatalf("register %q: %s %s", names, r.Status, body)
	}
	return found
}
