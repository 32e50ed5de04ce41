package story_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
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
	"story.html":   func(b *bytes.Buffer, d *trace.Document) error { return story.HTML(b, d, extras(d)) },
	"story.json":   func(b *bytes.Buffer, d *trace.Document) error { return d.WriteJSON(b) },
	"explain.txt":  func(b *bytes.Buffer, d *trace.Document) error { return explanation(d).Text(b, story.TextOptions{}) },
	"explain.html": func(b *bytes.Buffer, d *trace.Document) error { return explanation(d).HTML(b, extras(d)) },
	"explain.json": func(b *bytes.Buffer, d *trace.Document) error { return explanation(d).WriteJSON(b) },
	"inventory.html": func(b *bytes.Buffer, d *trace.Document) error {
		return story.Inventory(b, trace.Inventory([]trace.Sight{{Path: "x.js", Report: d.Runs[1]}, {Path: "y.js", Static: reading("y.js").Capabilities}}))
	},
}

// reading is what an analysis might say of a text.
func reading(path string) *finding.Script {
	return &finding.Script{
		Path: path, Goal: "script", Text: strings.Repeat("// a line of the script\n", 30),
		Findings: []finding.Finding{{
			Rule: "dom-html", Severity: finding.High, Message: "text from the address becomes HTML", Advice: "Use .text().",
			Span: finding.Span{Start: finding.Position{Line: 3, Column: 4}, End: finding.Position{Line: 3, Column: 10}},
			Flow: []finding.Step{{Message: "the address is read here", Span: finding.Span{Start: finding.Position{Line: 2, Column: 1}}}},
		}},
		Capabilities: []capability.Capability{
			{Name: capability.WriteSiteCode, Target: "MediaWiki:Common.js", Certainty: capability.Likely, Line: 7},
			{Name: capability.Network, Target: "fonts.example", How: "font", Certainty: capability.Certain, Trigger: capability.OnLoad, Line: 9},
		},
	}
}

// explanation is both halves of a document: each script was read as well.
func explanation(d *trace.Document) *story.Explanation {
	e := &story.Explanation{Isolation: d.Isolation}
	for i, r := range d.Runs {
		read := &finding.Script{Path: r.Path, Goal: "script"}
		if i == len(d.Runs)-1 {
			read = reading(r.Path)
		}
		e.Scripts = append(e.Scripts, story.Explain(read, r))
	}
	return e
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
	shown := map[string]string{}
	for name, write := range formats {
		if strings.HasSuffix(name, ".ansi") || strings.HasSuffix(name, ".json") {
			continue
		}
		var b bytes.Buffer
		if err := write(&b, d); err != nil {
			t.Fatal(err)
		}
		shown[name] = b.String()
	}
	for name, got := range shown {
		if strings.ContainsAny(got, "\x1b\x07\u202e") {
			t.Errorf("%s holds control characters", name)
		}
		if !strings.Contains(got, `\u001b[31m`) {
			t.Errorf("%s holds nothing nasty: the test tests nothing", name)
		}
		for _, bad := range []string{"<script", "<img src=x", "onerror=y>\""} {
			if strings.HasSuffix(name, ".html") && strings.Contains(got, bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
	}
}

func TestACapabilityIsKnownFromTheTextFromTheRunOrFromBoth(t *testing.T) {
	d := theDocument(t)
	got := map[string]string{}
	for _, k := range explanation(d).Scripts[1].Capabilities {
		got[string(k.Name)+" "+k.Target] = k.Seen
	}
	for what, want := range map[string]string{
		"write:site-code MediaWiki:Common.js": trace.SeenBoth, "network fonts.example": trace.SeenStatically, "network stats.elsewhere.test": trace.SeenRunning,
	} {
		if got[what] != want {
			t.Errorf("%s is %q, want %q", what, got[what], want)
		}
	}
}

func TestThePagesAllowTheirOwnStyleAndPicturesAndNothingElse(t *testing.T) {
	for name, pictures := range map[string]int{"story.html": 1, "explain.html": 1, "inventory.html": 0} {
		var b bytes.Buffer
		if err := formats[name](&b, theDocument(t)); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		if !strings.Contains(page, `content="default-src &#39;none&#39;; style-src &#39;sha256-`) || strings.Count(page, "<style") != 1 {
			t.Errorf("the policy of %s is not what it was", name)
		}
		if m := regexp.MustCompile(`(?:src|href)="([^#d][^"]*)"|style=|<script|<link`).FindString(page); m != "" {
			t.Errorf("%s asks for %s", name, m)
		}
		if strings.Count(page, "<img ") != pictures {
			t.Errorf("%s shows what is no PNG, or not what is one", name)
		}
	}
}

func TestAFullDiskIsSaid(t *testing.T) {
	d := theDocument(t)
	e := explanation(d)
	if story.Text(full{}, d, story.TextOptions{}) == nil || story.HTML(full{}, d, story.Options{}) == nil || d.WriteJSON(full{}) == nil {
		t.Error("nobody notices")
	}
	if e.Text(full{}, story.TextOptions{}) == nil || e.HTML(full{}, story.Options{}) == nil || e.WriteJSON(full{}) == nil || story.Inventory(full{}, nil) == nil {
		t.Error("nobody notices when it explains")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// schemaWords are fields that hold one word of a few.
var schemaWords = map[string][]string{
	"stage": {"natural", "explored", "clock", "forced"}, "certainty": {"possible", "likely", "certain"}, "severity": {"note", "low", "medium", "high", "critical"},
	"trigger": {"", "on load", "on a timer", "on your click", "on your confirmation"},
}

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
					value, ok := row.(map[string]any)[name]
					if !ok {
						t.Errorf("%s has no %s: %v", field, name, row)
					}
					if words := schemaWords[name]; words != nil && !slices.Contains(words, fmt.Sprint(value)) {
						t.Errorf("%s of %s is %v, want one of %v", name, field, value, words)
					}
				}
			}
		}
	}
	for i, r := range doc.Runs {
		if c, ok := r["coverage"].(float64); !ok || c < 0 || c > 1 {
			t.Errorf("script %d: coverage is %v", i, r["coverage"])
		}
		if !slices.Contains([]string{"hostile", "suspicious", "unknown", "nothing seen"}, fmt.Sprint(r["verdict"])) {
			t.Errorf("script %d: the verdict is %v", i, r["verdict"])
		}
	}
	again, err := json.Marshal(theDocument(t))
	if err != nil || !bytes.Contains(again, []byte(`"schema":"sallyport.detonate/1"`)) {
		t.Error("a document marshals as something else")
	}
}
