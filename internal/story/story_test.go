package story_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/story"
	"sallyport/internal/trace"
)

// theLog is a trace of two scripts: testdata/log.jsonl.
func theDocument(t *testing.T) *trace.Document {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	log, err := trace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	d := &trace.Document{Isolation: "A"}
	for _, one := range log.Scripts() {
		d.Runs = append(d.Runs, trace.Judge(one, trace.Options{Hosts: []string{".wiki.test"}, Self: "User:Mara/x.js", Author: "Mara"}))
	}
	return d
}

var formats = map[string]func(*bytes.Buffer, *trace.Document) error{
	"story.txt": func(b *bytes.Buffer, d *trace.Document) error { return story.Text(b, d, story.TextOptions{}) },
	"story.ansi": func(b *bytes.Buffer, d *trace.Document) error {
		return story.Text(b, d, story.TextOptions{Colour: true})
	},
	"story.html": func(b *bytes.Buffer, d *trace.Document) error { return story.HTML(b, d, extras(d)) },
	"story.json": func(b *bytes.Buffer, d *trace.Document) error { return d.WriteJSON(b) },
}

func extras(d *trace.Document) story.Options {
	return story.Options{
		Pictures: map[string][]story.Picture{d.Runs[len(d.Runs)-1].Path: {{"before", []byte("\x89PNG\r\n\x1a\nnot much of one")}, {"no picture", []byte("<svg onload=x>")}}},
		Excerpt:  map[string]string{d.Runs[len(d.Runs)-1].Path: strings.Repeat("// a line of the script\n", 30)},
	}
}

func TestEveryFormatLooksAsItDidBefore(t *testing.T) {
	d := theDocument(t)
	if d.Runs[1].Path != "x.js" {
		t.Fatal("the second script of the sample is the one that acts")
	}
	for name, write := range formats {
		var b bytes.Buffer
		if err := write(&b, d); err != nil {
			t.Fatal(err)
		}
		name = filepath.Join("testdata", name)
		if os.Getenv("UPDATE") == "1" {
			if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s: UPDATE=1 accepts this (-want +got):\n%s", name, diff)
		}
	}
}

const nasty = "<script>alert(1)</script>\"'><img src=x onerror=y>\x1b[31m\u202e\a javascript:z"

// hostile is a document of a log with something nasty in every text that a stranger may write.
func hostile(t *testing.T) *trace.Document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		var e map[string]any
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		spoil(e)
		if err := json.NewEncoder(&b).Encode(e); err != nil {
			t.Fatal(err)
		}
	}
	log, err := trace.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	d := &trace.Document{Isolation: nasty}
	for _, one := range log.Scripts() {
		d.Runs = append(d.Runs, trace.Judge(one, trace.Options{Hosts: []string{".wiki.test"}}))
	}
	return d
}

// spoil adds to all texts but those that the log's form fixes.
func spoil(e map[string]any) {
	for name, value := range e {
		switch v := value.(type) {
		case map[string]any:
			spoil(v)
		case string:
			switch name {
			case "kind", "stage", "class", "action", "how":
			default:
				e[name] = v + nasty
			}
		}
	}
}

func TestNothingAStrangerWroteActs(t *testing.T) {
	d := hostile(t)
	var text, page bytes.Buffer
	if err := errors.Join(story.Text(&text, d, story.TextOptions{}), story.HTML(&page, d, extras(d))); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"text": text.String(), "page": page.String()} {
		if strings.ContainsAny(got, "\x1b\x07\u202e") {
			t.Errorf("the %s holds control characters", name)
		}
		if !strings.Contains(got, `\u001b[31m`) {
			t.Errorf("the %s holds nothing nasty: the test tests nothing", name)
		}
	}
	for _, bad := range []string{"<script", "<img src=x", "onerror=y>\"", "<b>"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func TestThePageAllowsItsOwnStyleAndPicturesAndNothingElse(t *testing.T) {
	var b bytes.Buffer
	d := theDocument(t)
	if err := story.HTML(&b, d, extras(d)); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if !strings.Contains(page, `content="default-src &#39;none&#39;; style-src &#39;sha256-`) || strings.Count(page, "<style") != 1 {
		t.Error("the policy is not what it was")
	}
	if m := regexp.MustCompile(`(?:src|href)="([^#d][^"]*)"|style=|<script|<link`).FindString(page); m != "" {
		t.Errorf("the page asks for %s", m)
	}
	if strings.Count(page, "<img ") != 1 {
		t.Error("what is no PNG is shown, or what is one is not")
	}
}

func TestAFullDiskIsSaid(t *testing.T) {
	d := theDocument(t)
	if story.Text(full{}, d, story.TextOptions{}) == nil || story.HTML(full{}, d, story.Options{}) == nil || d.WriteJSON(full{}) == nil {
		t.Error("nobody notices")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestTheJSONHasWhatTheSchemaNames(t *testing.T) {
	var b bytes.Buffer
	if err := theDocument(t).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Schema, Isolation string
		Runs              []map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil || doc.Schema != "sallyport.detonate/1" || doc.Isolation != "A" || len(doc.Runs) != 2 {
		t.Fatalf("%+v, %v", doc, err)
	}
	for field, inner := range map[string][]string{
		"path": nil, "sha256": nil, "verdict": nil, "coverage": nil, "requests": {"url", "how", "persona", "stage"}, "hosts": {"host", "how", "when"}, "imports": {"target"},
		"writes": {"action", "title", "persona", "trigger", "stage"}, "findings": {"rule", "severity", "message", "stage"},
		"capabilities": {"name", "target", "certainty", "stage"},
	} {
		for i, r := range doc.Runs {
			value, ok := r[field]
			if !ok || value == nil {
				t.Errorf("script %d has no %s", i, field)
			}
			rows, _ := value.([]any)
			if inner != nil && i == 1 && len(rows) == 0 {
				t.Errorf("the sample has no %s", field)
			}
			for _, row := range rows {
				for _, name := range inner {
					if _, ok := row.(map[string]any)[name]; !ok {
						t.Errorf("%s has no %s: %v", field, name, row)
					}
				}
			}
		}
	}
	again, err := json.Marshal(theDocument(t))
	if err != nil || !bytes.Contains(again, []byte(`"schema":"sallyport.detonate/1"`)) {
		t.Error("a document marshals as something else")
	}
}
