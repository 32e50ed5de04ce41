package collect

import (
	"bytes"
	"time"

	"sallyport/internal/violation"
)

// take folds one report.
func (c *Collector) take(r *report, from *sender, now time.Time) {
	c.counts.reports.Add(1)
	if !c.ours[c.places.at(r.document, false).origin] {
		c.counts.foreign.Add(1)
		return
	}
	directive, ok := directiveOf(r.directive)
	if !ok {
		c.counts.malformed.Add(1)
		return
	}
	if !c.nets.allow(from.network, now) || from.user != 0 && !c.users.allow(from.user, now) {
		c.counts.limited.Add(1)
		return
	}
	key := violation.Key{Wiki: c.o.Wiki, Directive: directive, ReportOnly: string(r.disposition) == "report", Day: violation.DayOf(now)}
	c.describe(&key, r, from)
	if c.fold.count(&key, from, now) {
		return
	}
	if !c.admit.key(&key, from, now) {
		c.counts.other.Add(1)
		key.Blocked, key.Source = violation.Other, ""
	}
	if !c.fold.add(&key, from, now) {
		c.counts.overflow.Add(1)
	}
}

// describe fills in what was blocked, the script behind it, and whether that is noise.
func (c *Collector) describe(key *violation.Key, r *report, from *sender) {
	if from.inApp {
		key.Noise = violation.InApp
	}
	if word, ok := words[string(r.blocked)]; ok {
		key.Blocked = word
		if noise := c.o.Noise.address(r.blocked); noise != violation.None {
			key.Noise = noise
		}
	} else {
		key.Blocked = c.name(r.blocked, key, func(path string) string { return c.places.at(r.blocked, false).origin + path })
	}
	sure := false
	if len(r.source) > 0 {
		sure = true
		key.Source = c.name(r.source, key, func(path string) (name string) {
			name, sure = c.o.Script(path, queryOf(r.source))
			return name
		})
	}
	if !sure && key.Noise == violation.None {
		if guess := c.o.Guess(from.account, key.Blocked); guess != "" {
			key.Source = guess
		}
	}
	key.Source = bounded(printable(key.Source), 255)
}

// maxSourceQuery bounds what of a script's query is looked at, in bytes.
const maxSourceQuery = 2048

func queryOf(address []byte) string {
	_, query, _ := bytes.Cut(address, []byte("?"))
	query, _, _ = bytes.Cut(query, []byte("#"))
	if len(query) > maxSourceQuery {
		return ""
	}
	return string(query)
}

// name is the origin of an address, or what own makes of the path of one of ours.
func (c *Collector) name(raw []byte, key *violation.Key, own func(path string) string) string {
	at := c.places.at(raw, false)
	if at.noise != violation.None {
		key.Noise = at.noise
	}
	if c.ours[at.origin] {
		return own(c.places.at(raw, true).path)
	}
	return at.origin
}

// directives are those that can be violated by something a page does, by their names in reports.
var directives = map[string]string{"script-src": "script-src", "script-src-elem": "script-src-elem", "script-src-attr": "script-src-attr",
	"style-src": "style-src", "style-src-elem": "style-src-elem", "style-src-attr": "style-src-attr", "img-src": "img-src", "font-src": "font-src",
	"media-src": "media-src", "object-src": "object-src", "frame-src": "frame-src", "child-src": "child-src", "connect-src": "connect-src",
	"manifest-src": "manifest-src", "worker-src": "worker-src", "default-src": "default-src", "form-action": "form-action", "base-uri": "base-uri",
	"frame-ancestors": "frame-ancestors", "require-trusted-types-for": "require-trusted-types-for", "trusted-types": "trusted-types"}

// directiveOf knows a directive by its name; old browsers write its sources behind it.
func directiveOf(text []byte) (string, bool) {
	if i := bytes.IndexByte(text, ' '); i >= 0 {
		text = text[:i]
	}
	name, ok := directives[string(text)]
	return name, ok
}

// words are blocked addresses that are none, and the bare schemes engines write for what has no host.
var words = map[string]string{"": "", "inline": "inline", "eval": "eval", "wasm-eval": "wasm-eval", "self": "inline", "data": "data:", "blob": "blob:",
	"about": "about:", "filesystem": "filesystem:", "trusted-types-policy": "trusted-types-policy", "trusted-types-sink": "trusted-types-sink"}
