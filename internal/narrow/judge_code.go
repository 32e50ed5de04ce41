package narrow

import (
	"slices"

	"sallyport/internal/csp"
	"sallyport/internal/finding"
	"sallyport/internal/hosting"
)

// nobody is a host that no policy means.
const nobody = "somebody-else.invalid"

// anyScript: a script of any server runs.
func (j *judge) anyScript() {
	for _, address := range []string{"https://" + nobody + "/x.js", "http://" + nobody + "/x.js", "data:text/javascript,x", "blob:https://" + nobody + "/1"} {
		url := csp.ParseAddress(address)
		v, ok := j.ask(csp.Request{Kind: csp.Script, URL: url, ParserInserted: true})
		if !ok || j.any && url.Scheme == "http" {
			continue
		}
		w := Weakness{Area: Code, Directive: v.Directive, Source: v.By.String()}
		switch url.Scheme {
		case "data", "blob":
			w.Code, w.Severity = url.Scheme+"-script", finding.High
			w.Says = say("text-script", url.Scheme+":")
			w.Do = say("text-script-do", url.Scheme+":")
			if v.By == (csp.Source{}) {
				continue // nothing restricts scripts, and that is said already
			}
		default:
			j.any = true
			w.Code, w.Severity = "any-script", finding.Critical
			w.Says = say("any-script")
			w.Do = say("any-script-do")
			if v.By == (csp.Source{}) {
				w.Code, w.Says = "no-script-src", say("no-script-src")
			}
		}
		j.add(w)
	}
}

// textScripts: what stands in the page runs.
func (j *judge) textScripts() {
	for _, k := range []struct {
		kind csp.Kind
		says string
	}{
		{csp.InlineScript, "inline-element"}, {csp.Handler, "inline-handler"}, {csp.JavaScriptURL, "inline-link"},
	} {
		if v, ok := j.ask(csp.Request{Kind: k.kind, Text: "javascript:x", ParserInserted: true}); ok {
			j.add(Weakness{
				Code: "inline", Area: Code, Severity: finding.High, Directive: v.Directive, Source: v.By.String(),
				Says: say(k.says),
				Do:   say("inline-do"),
			})
		}
	}
	if v, ok := j.ask(csp.Request{Kind: csp.Eval}); ok {
		j.add(Weakness{
			Code: "eval", Area: Code, Severity: finding.Medium, Directive: v.Directive, Source: v.By.String(),
			Says: say("eval"),
			Do:   say("eval-do"),
		})
	}
	j.each([]string{"script-src-elem", "script-src-attr"}, func(directive string, _ *csp.Directive, s csp.Source) {
		if s == csp.Word(csp.UnsafeHashes) {
			j.add(Weakness{
				Code: "unsafe-hashes", Area: Code, Severity: finding.Low, Directive: directive, Source: s.String(),
				Says: say("unsafe-hashes"),
				Do:   say("unsafe-hashes-do"),
			})
		}
	})
}

// knownBypasses: servers are allowed that hand out whatever script one asks them for.
func (j *judge) knownBypasses() {
	if j.any {
		return
	}
	_, eval := j.ask(csp.Request{Kind: csp.Eval})
	seen := map[string]bool{}
	for _, b := range known() {
		v, ok := j.ask(csp.Request{Kind: csp.Script, URL: b.address, ParserInserted: true})
		key := v.By.String() + b.what
		if !ok || b.needsEval && !eval || seen[key] {
			continue
		}
		seen[key] = true
		j.add(Weakness{
			Code: "bypass", Area: Code, Severity: finding.High, Directive: v.Directive, Source: v.By.String(),
			Says: say("bypass", b.address.Host, b.what),
			Do:   say("bypass-do"),
		})
	}
}

// openHosts: servers are allowed where anybody can put a script.
func (j *judge) openHosts() {
	if j.any {
		return
	}
	j.each([]string{"script-src-elem"}, func(directive string, _ *csp.Directive, s csp.Source) {
		who := openness(s)
		if who.Kind == "" {
			return
		}
		w := Weakness{
			Code: "open-hosting", Area: Code, Severity: finding.High, Directive: directive, Source: s.String(),
			Says: say("host-"+who.Kind, s.String(), who.Domain), Do: say("host-do"),
		}
		if s.Path != "" && s.Path[len(s.Path)-1] != '/' && !s.Wild {
			w.Severity, w.Do = finding.Low, say("host-path-do")
		}
		j.add(w)
	})
}

// openness says who may put something where a source leads.
func openness(s csp.Source) hosting.Openness {
	if s.Kind != csp.Host || s.Host == "" {
		return hosting.Openness{}
	}
	if below := hosting.HowBelow(s.Host); s.Wild && below.Kind != "" {
		return below
	}
	return hosting.HowOpen(s.Host)
}

// plugins: an <object> of anybody's. Plugins are gone from browsers; its HTML is not.
func (j *judge) plugins() {
	v, ok := j.ask(csp.Request{Kind: csp.Object, URL: csp.ParseAddress("https://" + nobody + "/x")})
	if ok {
		j.add(Weakness{
			Code: "object", Area: Code, Severity: finding.Medium, Directive: "object-src", Source: v.By.String(),
			Says: say("object"), Do: say("object-do"),
		})
		return
	}
	j.each([]string{"object-src"}, func(directive string, d *csp.Directive, s csp.Source) {
		if directive == "object-src" {
			j.add(Weakness{
				Code: "object-list", Area: Code, Severity: finding.Note, Directive: directive, Source: s.String(),
				Says: say("object-list"), Do: say("object-do"),
			})
		}
	})
}

// base: a <base> moves every relative address, also of scripts that a nonce allows.
func (j *judge) base() {
	if v, ok := j.ask(csp.Request{Kind: csp.Base, URL: csp.ParseAddress("https://" + nobody + "/")}); ok {
		w := Weakness{
			Code: "base", Area: Code, Severity: finding.Low, Directive: "base-uri", Source: v.By.String(),
			Says: say("base"), Do: say("base-do"),
		}
		j.each([]string{"script-src-elem"}, func(_ string, d *csp.Directive, s csp.Source) {
			if s.Kind == csp.Nonce || s.Kind == csp.Hash || s == csp.Word(csp.StrictDynamic) {
				w.Severity, w.Says = finding.High, say("base-nonce")
			}
		})
		j.add(w)
	}
}

// self: a wiki's own origin hands out pages that anybody writes.
func (j *judge) self() {
	j.each([]string{"script-src-elem"}, func(directive string, d *csp.Directive, s csp.Source) {
		switch {
		case s == csp.Word(csp.Self) && !d.Has(csp.Word(csp.StrictDynamic)):
			j.add(Weakness{
				Code: "self", Area: Code, Severity: finding.Low, Directive: directive, Source: s.String(),
				Says: say("self"),
				Do:   say("self-do"),
			})
		case s.Kind == csp.Host && s.Scheme == "http":
			j.add(Weakness{
				Code: "http", Area: Code, Severity: finding.Medium, Directive: directive, Source: s.String(),
				Says: say("http-script"), Do: say("https-do"),
			})
		}
	})
}

// each is sources over several names, each directive once.
func (j *judge) each(names []string, do func(directive string, d *csp.Directive, s csp.Source)) {
	var seen []string
	for _, name := range names {
		j.sources(name, func(directive string, d *csp.Directive, s csp.Source) {
			if key := directive + " " + s.String(); !slices.Contains(seen, key) {
				seen = append(seen, key)
				do(directive, d, s)
			}
		})
	}
}
