package gadget

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxWikitext is the longest page MediaWiki saves by default ($wgMaxArticleSize), in bytes.
const maxWikitext = 2 << 20

// The shapes of lines, after MediaWikiGadgetsDefinitionRepo. PHP's \s has the vertical tab, Go's has not.
var (
	sectionLine = regexp.MustCompile(`^==+ *(?:([^*:\s\v|]*[^*:\s\v|=])[\s\v]*|([^*:\s\v|]+)[\s\v]+)==+[\s\v]*$`)
	gadgetLine  = regexp.MustCompile(`^\*+ *([a-zA-Z](?:[-_:.\w ]*[a-zA-Z0-9])?)([\s\v]*\[.*?\])?[\s\v]*((?:\|[^|]*)+)[\s\v]*$`)
	bar         = regexp.MustCompile(`[\s\v]*\|[\s\v]*`)
	equals      = regexp.MustCompile(`[\s\v]*=[\s\v]*`)
)

// phpSpace is what PHP's trim takes off.
const phpSpace = " \t\n\r\x00\v"

// ParseWikitext reads MediaWiki:Gadgets-definition as MediaWiki does: comments go, lines of another shape are skipped,
// unknown options mean nothing, and a later line replaces an earlier one of the same name.
func ParseWikitext(page string) ([]Entry, []Mistake) {
	if len(page) > maxWikitext {
		return nil, []Mistake{{Severity: Error, Code: "too-large", Line: 1,
			Message: "The page is longer than MediaWiki saves."}}
	}
	w := &wikitext{place: map[string]int{}}
	for _, l := range wikitextLines(page) {
		w.line(l)
	}
	return w.entries, w.mistakes
}

type wikitext struct {
	section  string
	entries  []Entry
	place    map[string]int // of an id in entries
	mistakes []Mistake
}

func (w *wikitext) line(l numbered) {
	if m := sectionLine.FindStringSubmatch(l.text); m != nil {
		w.section = m[1] + m[2]
		return
	}
	m := gadgetLine.FindStringSubmatch(l.text)
	if m == nil {
		return
	}
	id := strings.ReplaceAll(m[1], " ", "_")
	if !validID(id) {
		w.warn(l.line, "bad-id", "%q is too long for the id of a gadget; the line is skipped.", id)
		return
	}
	e := Entry{ID: id, Line: l.line, Legacy: true}
	e.Definition.Settings.Section = w.section
	w.options(&e, strings.Trim(m[2], " []"))
	w.pages(&e, m[3])
	for _, f := range e.Definition.effects() {
		w.warn(l.line, f.code, "%s: %s", id, f.message)
	}
	w.keep(e)
}

func (w *wikitext) keep(e Entry) {
	if i, ok := w.place[e.ID]; ok {
		w.warn(e.Line, "duplicate", "%s replaces the gadget of the same name in line %s.", e.ID, strconv.Itoa(w.entries[i].Line))
		w.entries[i] = e
		return
	}
	w.place[e.ID] = len(w.entries)
	w.entries = append(w.entries, e)
}

// warn keeps the first remarks; a page of nothing but mistakes cannot grow the list without end.
func (w *wikitext) warn(line int, code, format string, args ...any) {
	if len(w.mistakes) < maxMistakes {
		w.mistakes = append(w.mistakes, remark(line, code, format, args...))
	}
}

func (w *wikitext) options(e *Entry, options string) {
	for _, option := range bar.Split(options, -1) {
		pair := equals.Split(option, 2)
		var values []string
		if len(pair) == 2 {
			values = strings.Split(pair[1], ",")
			for i := range values {
				values[i] = trim(values[i])
			}
		}
		w.option(e, pair[0], values)
	}
}

func (w *wikitext) option(e *Entry, key string, values []string) {
	s, m := &e.Definition.Settings, &e.Definition.Module
	switch key {
	case "ResourceLoader":
		e.Legacy = false
	case "dependencies":
		m.Dependencies = values
	case "peers":
		m.Peers = values
	case "codexIcons":
		m.CodexIcons = values
	case "rights":
		s.Rights = slices.DeleteFunc(values, func(v string) bool { return v == "" }) // everybody may ""
	case "actions":
		s.Actions = values
	case "skins":
		s.Skins = values
	case "categories":
		s.Categories = values
	case "contentModels":
		s.ContentModels = values
	case "namespaces":
		s.Namespaces = w.numbers(e, values)
	case "default":
		s.Default = true
	case "hidden":
		s.Hidden = true
	case "package":
		s.Package = true
	case "requiresES6":
		s.RequiresES6 = true
	case "supportsUrlLoad":
		s.SupportsURLLoad = len(values) == 0 || values[0] != "false"
	case "type":
		m.Type = moduleType(values)
	case "targets":
		e.Targets = values
	}
}

// moduleType keeps only the types there are; MediaWiki guesses for all others.
func moduleType(values []string) string {
	if len(values) > 0 && (values[0] == TypeGeneral || values[0] == TypeStyles) {
		return values[0]
	}
	return ""
}

func (w *wikitext) numbers(e *Entry, values []string) []int {
	var out []int
	for _, v := range values {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			w.warn(e.Line, "invalidnamespaces", "%s: %q is no number of a namespace.", e.ID, brief(v))
			continue
		}
		out = append(out, int(n))
	}
	return out
}

func (w *wikitext) pages(e *Entry, pages string) {
	for name := range strings.SplitSeq(pages, "|") {
		switch name = trim(name); {
		case name == "":
		case kindOf(name) == "":
			w.warn(e.Line, "unknownpages", "%s: %q ends in none of .js .css .json .vue and is not loaded.", e.ID, brief(name))
		default:
			e.Definition.Module.Pages = append(e.Definition.Module.Pages, PagePrefix+name)
		}
	}
}

func trim(s string) string { return strings.Trim(s, phpSpace) }
