package hook_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/wiki"
	"sallyport/internal/writedoor/hook"
)

// ways are all that a person with every right can try against a page of code. n makes page names anew.
func ways(n string) []way {
	js := "MediaWiki:Way" + n + ".js"
	other := "User:Mara/way" + n + ".js"
	const before, after = "before();", "after();"
	prepare := func(p *person, page, text string) { p.w.Edit("Admin", page, text) }
	two := func(p *person, page string) (first, last string) {
		p.w.Delete("Admin", ensure(p, page))
		a := p.w.Edit("Mara", page, after)
		b := p.w.Edit("Admin", page, before)
		return fmt.Sprint(a), fmt.Sprint(b)
	}
	return []way{
		{"api edit", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			prepare(p, js, before)
			return p.api(grant, "action", "edit", "title", js, "text", after)
		}},
		{"api edit of another's page by append", other, []hook.Change{save(other, before+after)}, "javascript: " + before + after, func(p *person, grant string) string {
			prepare(p, other, before)
			return p.api(grant, "action", "edit", "title", other, "appendtext", after)
		}},
		{"api edit that creates", js + "on", []hook.Change{save(js+"on", "[]")}, "json: []", func(p *person, grant string) string {
			p.w.Delete("Admin", ensure(p, js+"on"))
			return p.api(grant, "action", "edit", "title", js+"on", "text", "[]")
		}},
		{"api undo", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			_, last := two(p, js)
			return p.api(grant, "action", "edit", "title", js, "undo", last)
		}},
		{"api rollback", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			two(p, js)
			return p.api(grant, "action", "rollback", "title", js, "user", "Admin", "token", p.token("rollback"))
		}},
		{"rollback by a link", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			two(p, js)
			return p.send("GET", "/index.php?action=rollback&from=Admin&title="+js+"&token="+url.QueryEscape(p.token("rollback")), "", nil, grant)
		}},
		{"edit form", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			prepare(p, js, before)
			return p.editForm(grant, "title="+js, after)
		}},
		{"edit form of another page's old revision", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			prepare(p, js, before+"1")
			rev := p.w.Edit("Admin", js, before)
			return p.editForm(grant, "title=Sandbox&oldid="+fmt.Sprint(rev), after)
		}},
		{"a gadget's page by the form", "MediaWiki:Gadget-w" + n + ".css", []hook.Change{save("MediaWiki:Gadget-w"+n+".css", "a {}")}, "css: a {}", func(p *person, grant string) string {
			prepare(p, "MediaWiki:Gadget-w"+n+".css", "b {}")
			return p.editForm(grant, "title=MediaWiki:Gadget-w"+n+".css", "a {}")
		}},
		{"gadget definitions", "MediaWiki:Gadgets-definition", []hook.Change{save("MediaWiki:Gadgets-definition", "* x[ResourceLoader|default]|x.js")}, "wikitext: * x[ResourceLoader|default]|x.js", func(p *person, grant string) string {
			prepare(p, "MediaWiki:Gadgets-definition", "* y[ResourceLoader]|y.js")
			return p.api(grant, "action", "edit", "title", "MediaWiki:Gadgets-definition", "text", "* x[ResourceLoader|default]|x.js")
		}},
		{"a user gadget's definition", "User:Mara/w" + n + ".gadget", []hook.Change{save("User:Mara/w"+n+".gadget", "new")}, "wikitext: new", func(p *person, grant string) string {
			prepare(p, "User:Mara/w"+n+".gadget", "old")
			return p.api(grant, "action", "edit", "title", "User:Mara/w"+n+".gadget", "text", "new")
		}},
		{"rest", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			rev := p.w.Edit("Admin", js, before)
			rev = max(rev, p.w.Edit("Admin", js, before))
			body := fmt.Sprintf(`{"source":%q,"comment":"x","latest":{"id":%d},"token":%q}`, after, rev, p.token("csrf"))
			return p.send("PUT", "/rest.php/v1/page/"+js, "application/json", []byte(body), grant)
		}},
		{"move to", js, []hook.Change{{Op: hook.Move, Title: title("Stage" + n), To: title(js), SHA256: hook.Hash("staged();")}}, "wikitext: staged();", func(p *person, grant string) string {
			p.w.Delete("Admin", ensure(p, js))
			prepare(p, "Stage"+n, "staged();")
			return p.api(grant, "action", "move", "from", "Stage"+n, "to", js)
		}},
		{"move over, by the form", js, []hook.Change{{Op: hook.Delete, Title: title(js)}, {Op: hook.Move, Title: title("Stage" + n), To: title(js), SHA256: hook.Hash("staged();")}}, "wikitext: staged();", func(p *person, grant string) string {
			prepare(p, js, before)
			prepare(p, "Stage"+n, "staged();")
			v := url.Values{
				"action": {"submit"}, "wpOldTitle": {"Stage" + n}, "wpNewTitle": {js}, "wpDeleteAndMove": {"1"}, "wpConfirm": {"1"},
				"wpEditToken": {p.token("csrf")}, "wpLeaveRedirect": {"1"},
			}
			return p.send("POST", "/index.php?title=Special:MovePage", form, []byte(v.Encode()), grant)
		}},
		{"delete", js, []hook.Change{{Op: hook.Delete, Title: title(js)}}, "", func(p *person, grant string) string {
			prepare(p, js, before)
			return p.api(grant, "action", "delete", "title", js)
		}},
		{"undelete", js, []hook.Change{{Op: hook.Undelete, Title: title(js), SHA256: hook.Hash(after)}}, "javascript: " + after, func(p *person, grant string) string {
			p.w.Delete("Admin", ensure(p, js))
			prepare(p, js, after)
			p.w.Delete("Admin", js)
			return p.api(grant, "action", "undelete", "title", js)
		}},
		{"undelete another's script", other, []hook.Change{{Op: hook.Undelete, Title: title(other), SHA256: hook.Hash(after)}}, "javascript: " + after, func(p *person, grant string) string {
			p.w.Delete("Admin", ensure(p, other))
			prepare(p, other, after)
			p.w.Delete("Admin", other)
			return p.api(grant, "action", "undelete", "title", other)
		}},
		{"import", js, []hook.Change{save(js, after)}, "javascript: " + after, func(p *person, grant string) string {
			prepare(p, js, before)
			return p.importFile(grant, js, "javascript", after)
		}},
		{"import of a new page", other + "2.js", []hook.Change{save(other+"2.js", after)}, "javascript: " + after, func(p *person, grant string) string {
			p.w.Delete("Admin", ensure(p, other+"2.js"))
			return p.importFile(grant, other+"2.js", "javascript", after)
		}},
		{"content model", "User:Mara/notes" + n, []hook.Change{save("User:Mara/notes"+n, after)}, "javascript: " + after, func(p *person, grant string) string {
			p.w.Delete("Admin", ensure(p, "User:Mara/notes"+n))
			prepare(p, "User:Mara/notes"+n, after)
			return p.api(grant, "action", "changecontentmodel", "title", "User:Mara/notes"+n, "model", "javascript", "summary", "x")
		}},
		{"merge into a script", other, []hook.Change{{Op: hook.Merge, Title: title(js), SHA256: hook.Hash(after)}, {Op: hook.Merge, Title: title(other)}}, "javascript: /* #REDIRECT */", func(p *person, grant string) string {
			p.w.Delete("Admin", ensure(p, js))
			p.w.Delete("Admin", ensure(p, other))
			prepare(p, other, before)
			p.w.Eval(`wfGetDB( DB_PRIMARY )->update( 'revision', [ 'rev_timestamp' => '20200101000000' ],
				[ 'rev_page' => Title::newFromText( $args[0] )->getArticleID( Title::READ_LATEST ) ] );`, other) // a page can only be merged into a younger one
			prepare(p, js, after)
			return p.api(grant, "action", "mergehistory", "from", other, "to", js)
		}},
	}
}

// ensure makes sure that a page is there, so that it can be deleted.
func ensure(p *person, page string) string {
	if p.state(page) == "" {
		p.w.Edit("Admin", page, "{}")
	}
	return page
}

func TestNoWayLeadsPastTheSealWithoutTheRightGrant(t *testing.T) {
	s := seal(t, hook.Seal{Definitions: []string{".gadget"}})
	p := s.login(admin, "admin password 1")
	refused, allowed := 0, 0
	for i, w := range ways("A") {
		for _, g := range s.wrongGrants(w, i) {
			answer := w.try(p, g[1])
			if got := s.state(w.page); reached(got, w.after) {
				t.Errorf("%s with %s changed %s to %q: %.400s", w.name, g[0], w.page, got, answer)
				continue
			}
			refused++
			if !strings.Contains(strings.ToLower(answer), "sallyport") && !strings.Contains(w.name, "form") { // forms may swallow the reason
				t.Errorf("%s with %s does not say why: %.600s", w.name, g[0], answer)
			}
		}
		fixed := ways(fmt.Sprint("B", i))[i]
		grant := s.sign(admin, time.Minute, fixed.changes...)
		if answer := fixed.try(p, grant); !reached(s.state(fixed.page), fixed.after) {
			t.Errorf("%s with the right grant leaves %q, want %q: %.1500s", w.name, s.state(fixed.page), fixed.after, answer)
			continue
		}
		allowed++
		if fixed.after == "" { // trying again begins with what the grant led to
			continue
		}
		if answer := fixed.try(p, grant); reached(s.state(fixed.page), fixed.after) {
			t.Errorf("%s with a used grant succeeds: %.400s", w.name, answer)
			continue
		}
		refused++
	}
	t.Logf("%d ways: %d tries without the right grant, all refused; %d with it, all succeeded", len(ways("")), refused, allowed)
}

// reached says whether a page is what a way makes of it. A redirect's text goes on with the wiki's address.
func reached(state, after string) bool {
	return state == after || strings.HasSuffix(after, "*/") && strings.HasPrefix(state, after)
}

// wrongGrants are no grant, and a few of many wrong ones: others for every way.
func (s *sealed) wrongGrants(w way, i int) [][2]string {
	wrong := [][2]string{
		{"another text", s.sign(admin, time.Minute, otherText(w.changes)...)}, {"another page", s.sign(admin, time.Minute, otherPage(w.changes)...)},
		{"another account", s.sign("Mara", time.Minute, w.changes...)}, {"an expired grant", s.sign(admin, -time.Second, w.changes...)},
		{"too long a grant", s.sign(admin, time.Hour, w.changes...)}, {"a grant for nothing", s.sign(admin, time.Minute)},
		{"another signature", forged(s.sign(admin, time.Minute, w.changes...))}, {"nonsense", "x.y"},
	}
	return [][2]string{{"no grant", ""}, wrong[i%len(wrong)], wrong[(i+3)%len(wrong)]}
}

func otherText(changes []hook.Change) []hook.Change {
	out := append([]hook.Change(nil), changes...)
	for i := range out {
		out[i].SHA256 = hook.Hash("another")
		if out[i].Op == hook.Delete {
			out[i].Op = hook.Save
		}
	}
	return out
}

func otherPage(changes []hook.Change) []hook.Change {
	out := append([]hook.Change(nil), changes...)
	for i := range out {
		if out[i].Op == hook.Move {
			out[i].To = wiki.Title{NS: 8, Key: "Another.js"}
		} else {
			out[i].Title.Key = "Another.js"
		}
	}
	return out
}

func forged(grant string) string {
	last := "A"
	if strings.HasSuffix(grant, "AA") {
		last = "BQ"
	}
	return grant[:len(grant)-4] + last + last + last[:1] + "A"
}
