package narrow

import (
	"fmt"
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
			w.Message = fmt.Sprintf("Whoever can put an address into the page can run a script: %s: addresses are their own text.", url.Scheme)
			w.Advice = "Take " + url.Scheme + ": out."
			if v.By == (csp.Source{}) {
				continue // nothing restricts scripts, and that is said already
			}
		default:
			j.any = true
			w.Code, w.Severity = "any-script", finding.Critical
			w.Message = "Scripts of every server run."
			w.Advice = "Name the servers whose scripts are needed."
			if v.By == (csp.Source{}) {
				w.Code, w.Message = "no-script-src", "Nothing restricts scripts: there is neither script-src nor default-src."
			}
		}
		j.add(w)
	}
}

// textScripts: what stands in the page runs.
func (j *judge) textScripts() {
	for _, k := range []struct {
		kind csp.Kind
		what string
	}{
		{csp.InlineScript, "a script element"}, {csp.Handler, "an onclick attribute"}, {csp.JavaScriptURL, "a javascript: link"},
	} {
		if v, ok := j.ask(csp.Request{Kind: k.kind, Text: "javascript:x", ParserInserted: true}); ok {
			j.add(Weakness{
				Code: "inline", Area: Code, Severity: finding.High, Directive: v.Directive, Source: v.By.String(),
				Message: fmt.Sprintf("Whoever can put HTML into the page can run code: %s needs no permission.", k.what),
				Advice:  "MediaWiki before 1.45 needs 'unsafe-inline'. Where nothing does, use nonces.",
			})
		}
	}
	if v, ok := j.ask(csp.Request{Kind: csp.Eval}); ok {
		j.add(Weakness{
			Code: "eval", Area: Code, Severity: finding.Medium, Directive: v.Directive, Source: v.By.String(),
			Message: "Text becomes code: eval, new Function, timers with strings.",
			Advice:  "MediaWiki's module store needs it. Without the store ($wgResourceLoaderStorageEnabled) it can go.",
		})
	}
	j.each([]string{"script-src-elem", "script-src-attr"}, func(directive string, _ *csp.Directive, s csp.Source) {
		if s == csp.Word(csp.UnsafeHashes) {
			j.add(Weakness{
				Code: "unsafe-hashes", Area: Code, Severity: finding.Low, Directive: directive, Source: s.String(),
				Message: "Attributes such as onclick run when their text has one of the digests, wherever an attacker puts them.",
				Advice:  "Move the handlers into a script.",
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
			Message: fmt.Sprintf("%s is known to serve %s, with which any script can be run.", b.address.Host, b.what),
			Advice:  "Allow the one file that is needed, by its whole path, or keep a copy on the wiki.",
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
		if who == "" {
			return
		}
		w := Weakness{
			Code: "open-hosting", Area: Code, Severity: finding.High, Directive: directive, Source: s.String(),
			Message: fmt.Sprintf("%s: %s.", s, who), Advice: "Allow a single file by its whole path and version, or keep a copy on the wiki.",
		}
		if s.Path != "" && s.Path[len(s.Path)-1] != '/' && !s.Wild {
			w.Severity, w.Advice = finding.Low, "A redirect from another allowed server gets around the path."
		}
		j.add(w)
	})
}

// openness says who may put something where a source leads.
func openness(s csp.Source) string {
	switch {
	case s.Kind != csp.Host || s.Host == "":
		return ""
	case s.Wild && hosting.Below(s.Host) != "":
		return hosting.Below(s.Host)
	}
	return hosting.Open(s.Host)
}

// plugins: an <object> of anybody's. Plugins are gone from browsers; its HTML is not.
func (j *judge) plugins() {
	v, ok := j.ask(csp.Request{Kind: csp.Object, URL: csp.ParseAddress("https://" + nobody + "/x")})
	if ok {
		j.add(Weakness{
			Code: "object", Area: Code, Severity: finding.Medium, Directive: "object-src", Source: v.By.String(),
			Message: "<object> and <embed> show what any server sends, and ran plugins in older browsers.", Advice: "Write object-src 'none'.",
		})
		return
	}
	j.each([]string{"object-src"}, func(directive string, d *csp.Directive, s csp.Source) {
		if directive == "object-src" {
			j.add(Weakness{
				Code: "object-list", Area: Code, Severity: finding.Note, Directive: directive, Source: s.String(),
				Message: "Hardly any page needs <object>.", Advice: "Write object-src 'none'.",
			})
		}
	})
}

// base: a <base> moves every relative address, also of scripts that a nonce allows.
func (j *judge) base() {
	if v, ok := j.ask(csp.Request{Kind: csp.Base, URL: csp.ParseAddress("https://" + nobody + "/")}); ok {
		w := Weakness{
			Code: "base", Area: Code, Severity: finding.Low, Directive: "base-uri", Source: v.By.String(),
			Message: "A <base> of an attacker moves every relative address of the page to another server.", Advice: "Write base-uri 'none' or 'self'.",
		}
		j.each([]string{"script-src-elem"}, func(_ string, d *csp.Directive, s csp.Source) {
			if s.Kind == csp.Nonce || s.Kind == csp.Hash || s == csp.Word(csp.StrictDynamic) {
				w.Severity, w.Message = finding.High, "A <base> of an attacker moves relative scripts that a nonce or digest lets through to another server."
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
				Message: "On a wiki 'self' includes index.php?action=raw and the answers of api.php, whose text anybody writes.",
				Advice:  "Name the paths of load.php instead.",
			})
		case s.Kind == csp.Host && s.Scheme == "http":
			j.add(Weakness{
				Code: "http", Area: Code, Severity: finding.Medium, Directive: directive, Source: s.String(),
				Message: "Whoever stands between reader and server can change scripts that come without TLS.", Advice: "Write https://.",
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
