package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/registry"
	"sallyport/internal/risk"
	"sallyport/internal/store"
)

// summary is what a gadget can do, in a chip and the sentence that matters.
type summary struct {
	Level  string          // of the worst of its files; empty: not known
	Score  int             // of that file
	Worst  []template.HTML // what is most at stake, at most three
	Rest   int             // how much more it can do
	Can    []template.HTML // everything, with what sets it off
	Unread int             // files of which nobody has read the text that is served
	set    capability.Set
}

// mostSaid is how much of what a gadget can do its chip says.
const mostSaid = 3

// summary says what the texts can do that a gadget is made of; nil where scripts are not listed.
func (p *pages) summary(ctx context.Context, lang string, g *registry.Gadget) (*summary, error) {
	if !p.listsScripts() || len(g.Files) == 0 {
		return nil, nil
	}
	titles := make([]string, len(g.Files))
	for i, f := range g.Files {
		titles[i] = readable(f.Page.Title)
	}
	listed, err := p.Scripts.List.ScriptsNamed(ctx, p.Site.ID, titles)
	if err != nil {
		return nil, err
	}
	s := &summary{Score: -1}
	for i, f := range g.Files {
		x := listed[titles[i]]
		if x.Digest != f.Page.Digest { // an earlier text is served: somebody stays on it, or a newer one waits for reviewers
			if x, err = p.earlier(ctx, titles[i], f.Page); err != nil {
				return nil, err
			}
		}
		if err := s.add(x, f.Page.Digest); err != nil {
			return nil, err
		}
	}
	s.tell(p, lang)
	return s, nil
}

// add counts a file in. What is known of another text than the one that is served says nothing.
func (s *summary) add(x store.Script, served store.Digest) error {
	if x.Digest != served || x.State == store.ScriptWaits || x.State == "" {
		s.Unread++
		return nil
	}
	s.Score = max(s.Score, x.Score)
	if x.Capabilities == "" {
		return nil
	}
	var set capability.Set
	if err := json.Unmarshal([]byte(x.Capabilities), &set); err != nil {
		return fmt.Errorf("read what %q can do: %w", x.Title, err)
	}
	s.set = append(s.set, set...)
	return nil
}

// tell puts it into words. Files that nobody has read must not look harmless beside one that is.
func (s *summary) tell(p *pages, lang string) {
	if s.Score >= 0 && (s.Unread == 0 || s.Score >= risk.ModerateFrom) {
		s.Level = string(risk.LevelOf(s.Score))
	}
	s.set = capability.NewSet(s.set)
	for _, c := range s.set {
		s.Worst = appendNew(s.Worst, p.words.Can(lang, capability.Capability{Name: c.Name, Target: c.Target}, isolate))
		s.Can = appendNew(s.Can, p.words.Can(lang, c, isolate))
	}
	s.Rest = max(0, len(s.Worst)-mostSaid)
	s.Worst = s.Worst[:len(s.Worst)-s.Rest]
}

func appendNew(list []template.HTML, one template.HTML) []template.HTML {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// data is the same for programs.
func (s *summary) data() any {
	if s == nil {
		return nil
	}
	return struct {
		Score        int            `json:"score"` // of the worst file that was read; -1: none was
		Level        string         `json:"level,omitempty"`
		Unread       int            `json:"unread"`
		Capabilities capability.Set `json:"capabilities"`
	}{s.Score, s.Level, s.Unread, append(capability.Set{}, s.set...)}
}
