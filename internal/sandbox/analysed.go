package sandbox

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// analysed knows which code is looked at in a run: the script under test, what it loaded, and what those evaluated.
type analysed struct {
	script   string // address of the script under test
	sum      string // its hash
	original func(line, column int) (int, int)
	texts    map[string]string // by address
	bodies   []decoy.Body
	stored   []string // values that were kept in storage
	decoded  []string

	evals   map[string]*trace.Place // by the browser's name of the script: who evaluated it
	workers []workerStart
}

type workerStart struct {
	at    float64
	place *trace.Place
}

// learn goes through a run's events for code that analysed code made.
func (a *analysed) learn(events []browser.Event) {
	a.evals = map[string]*trace.Place{}
	for _, e := range events {
		switch e.Kind {
		case browser.Parsed:
			made := e.Name == "eval" || strings.HasPrefix(e.URL, "blob:") || strings.HasPrefix(e.URL, "data:") || e.URL != "" && e.URL == e.Document
			if p := a.place(e.Stack); made && p != nil {
				a.evals[e.ID] = p
			} else if made && len(e.Stack) == 0 && e.Text != "" && a.script != "" { // the text of a timer has no stack
				if from, _ := a.origin(e.Text); from != "" {
					a.evals[e.ID] = &trace.Place{URL: a.script, SHA256: a.sum}
				}
			}
		case browser.Hook:
			a.learnHook(e)
		}
	}
}

func (a *analysed) learnHook(e browser.Event) {
	var h struct{ K, A, T, S string }
	if json.Unmarshal([]byte(e.Text), &h) != nil {
		return
	}
	switch {
	case h.K == "decode" && len(a.decoded) < 200:
		a.decoded = append(a.decoded, h.T)
	case h.K == "storage" && h.A == "set" && len(h.T) > 8 && len(a.stored) < 200:
		a.stored = append(a.stored, h.T)
	case h.K == "worker":
		a.workers = append(a.workers, workerStart{millis(e.At), a.stack(h.S)})
	}
}

// place is the innermost place of a stack in analysed code; nil when there is none.
func (a *analysed) place(stack []browser.Place) *trace.Place {
	for _, p := range stack {
		if q := a.at(p.URL, p.Line, p.Column); q != nil {
			return q
		}
		if q := a.evals[p.Script]; q != nil {
			return q
		}
	}
	return nil
}

func (a *analysed) at(address string, line, column int) *trace.Place {
	if address == "" {
		return nil
	}
	if address == a.script {
		if a.original != nil {
			line, column = a.original(line, column)
		}
		return &trace.Place{URL: address, SHA256: a.sum, Line: line, Column: column}
	}
	if _, ok := a.texts[address]; ok {
		return &trace.Place{URL: address, Line: line, Column: column}
	}
	if strings.HasPrefix(address, "blob:") || strings.HasPrefix(address, "data:") {
		return &trace.Place{URL: clip(address, 200), Line: line, Column: column}
	}
	return nil
}

var stackPlace = regexp.MustCompile(`((?:https?|blob:https?)://[^\s()]+?|data:[^\s()]+?):(\d+):(\d+)`)

// stack reads the lines of a JavaScript stack.
func (a *analysed) stack(text string) *trace.Place {
	for _, m := range stackPlace.FindAllStringSubmatch(text, 40) {
		line, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		if q := a.at(m[1], line, column); q != nil {
			return q
		}
	}
	return nil
}

// worker is the place that started the worker that came up.
func (a *analysed) worker(e browser.Event) *trace.Place {
	best, p := math.Inf(1), (*trace.Place)(nil)
	for _, w := range a.workers {
		if d := math.Abs(w.at - millis(e.At)); d < best {
			best, p = d, w.place
		}
	}
	return p
}

// evaluated says that text became code, when analysed code did it.
func (a *analysed) evaluated(e browser.Event) []trace.Event {
	p := a.evals[e.ID]
	if p == nil || e.Name == "eval" && e.Text == "" { // its text went with the page, before it could be asked for: nothing follows from that
		return nil
	}
	data := trace.Data{How: "eval", SHA256: e.SHA256, Text: e.Text, Seen: "browser"}
	switch {
	case strings.HasPrefix(e.URL, "blob:"):
		data.How = "blob"
	case strings.HasPrefix(e.URL, "data:"):
		data.How = "data"
	case e.URL != "" && e.URL == e.Document:
		data.How = "inline"
	}
	data.From, data.URL = a.origin(e.Text)
	return []trace.Event{{Kind: trace.ScriptEval, Script: p, Data: data}}
}

var madeFunction = regexp.MustCompile(`^\((?:async )?function\s?\*? anonymous\(`)

// origin says where evaluated text came from, by where it was seen before.
func (a *analysed) origin(text string) (from, address string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", ""
	}
	if madeFunction.MatchString(text) { // new Function, and its like for async functions and generators: the body is what was given
		if _, body, ok := strings.Cut(text, ") {\n"); ok {
			text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(body), "})"))
			text = strings.TrimSpace(strings.TrimSuffix(text, "}"))
		}
	}
	if len(text) < 8 {
		return "literal", ""
	}
	if slices.Contains(a.stored, text) { // however it came there
		return "stored", ""
	}
	for _, source := range a.texts {
		if holds(source, text) {
			return "literal", ""
		}
	}
	for _, b := range a.bodies {
		if _, code := a.texts[b.URL]; !code && holds(b.Text, text) {
			return "fetched", b.URL
		}
	}
	for _, s := range a.stored {
		if strings.Contains(s, text) || strings.Contains(text, s) {
			return "stored", ""
		}
	}
	if strings.Contains(text, addressCode) {
		return "address", ""
	}
	for _, s := range a.decoded {
		if strings.Contains(s, text) || strings.Contains(text, s) {
			return "decoded", ""
		}
	}
	return "", ""
}

// holds says whether a source has a text, as it is or within a string.
func holds(source, text string) bool {
	if strings.Contains(source, text) {
		return true
	}
	quoted, _ := json.Marshal(text)
	return strings.Contains(source, strings.Trim(string(quoted), `"`)) || strings.Contains(unslash.Replace(source), unslash.Replace(text))
}

var unslash = strings.NewReplacer(`\'`, `'`, `\"`, `"`, `\n`, "\n", `\t`, "\t", `\/`, "/")

// askers knows which code asked for which address, as the browser says.
type askers struct {
	byKey map[string][]asker
}

type asker struct {
	at    float64
	place *trace.Place
}

func newAskers(events []browser.Event, code *analysed) *askers {
	a := &askers{byKey: map[string][]asker{}}
	for _, e := range events {
		switch e.Kind {
		case browser.Request, browser.SocketOpened, browser.Navigating:
			key := plainURL(e.URL)
			a.byKey[key] = append(a.byKey[key], asker{millis(e.At), code.place(e.Stack)})
		}
	}
	return a
}

// place is the code that asked for an address, at about a time.
func (a *askers) place(address string, t float64) *trace.Place {
	var best *asker
	for i := range a.byKey[plainURL(address)] {
		one := &a.byKey[plainURL(address)][i]
		if best == nil || best.place == nil && one.place != nil || (best.place == nil) == (one.place == nil) && math.Abs(one.at-t) < math.Abs(best.at-t) {
			best = one
		}
	}
	if best == nil {
		return nil
	}
	return best.place
}

// plainURL spells an address one way.
func plainURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Fragment = ""
	return u.String()
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
