package web

import (
	"encoding/json"
	"strings"
	"testing"

	"sallyport/internal/bundle"
	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// made gives a gadget files with the texts that the library has of them; a title with "?" is served in another revision than is known.
func (s *setting) made(id int64, titles ...string) {
	var files []registry.File
	for _, title := range titles {
		name, other := strings.CutSuffix(title, "?")
		digest := store.DigestOf(newLibrary().texts[name])
		if other {
			digest = store.DigestOf("another text")
		}
		files = append(files, registry.File{
			File: bundle.File{Title: name}, Page: store.Page{Title: stored(name), PageID: 7, Digest: digest}, Owner: "Mara",
		})
	}
	s.village.gadgets[id].Files = files
}

func TestAGadgetSaysTheWorstItCanDoFirst(t *testing.T) {
	s := newSetting(t, listedScripts(t))
	s.made(1, "User:Mara/translate.js", "User:Ira/footnotes.js")
	for _, path := range []string{"/sallyport/", "/sallyport/gadget/p1"} {
		body := s.get(path).Body.String()
		for _, want := range []string{"Risk: Severe", "can change code that runs for everybody</span>", "can delete pages as you</span>", "and 3 more"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q:\n%s", path, want, body)
			}
		}
	}
	if body := s.get("/sallyport/gadget/p1").Body.String(); !strings.Contains(body, "<li>contacts <bdi>words.example</bdi></li>") {
		t.Errorf("the page of the gadget does not say all of it:\n%s", body)
	}
	var data struct {
		Risk struct {
			Score, Unread int
			Capabilities  []struct{ Name string }
		}
	}
	if err := json.Unmarshal(s.get("/sallyport/gadget/p1.json").Body.Bytes(), &data); err != nil || data.Risk.Score != 71 || len(data.Risk.Capabilities) != 6 {
		t.Errorf("%+v (%v)", data, err)
	}
}

func TestATextThatNobodyHasReadDoesNotMakeAGadgetLookHarmless(t *testing.T) {
	for name, c := range map[string]struct {
		files        []string
		has, hasNone []string
	}{
		"all read":             {[]string{"User:Ira/footnotes.js"}, []string{"Risk: Low"}, []string{"not read"}},
		"another revision":     {[]string{"User:Ira/footnotes.js", "User:Mara/translate.js?"}, []string{"One file is not read"}, []string{"Risk: ", "everybody</span>"}},
		"one that waits":       {[]string{"User:Mara/new.js"}, []string{"One file is not read"}, []string{"Risk: "}},
		"one that is not code": {[]string{"User:Mara/x.vue", "User:Mara/translate.js"}, []string{"One file is not read", "Risk: Severe"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t, listedScripts(t))
			s.made(1, c.files...)
			body := s.get("/sallyport/gadget/p1").Body.String()
			for _, want := range c.has {
				if !strings.Contains(body, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			for _, none := range c.hasNone {
				if strings.Contains(body, none) {
					t.Errorf("the page says %q", none)
				}
			}
			if t.Failed() {
				t.Log(body)
			}
		})
	}
}
