package trace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "sallyport/internal/trace"
)

func TestALogReadsAsItWasWritten(t *testing.T) {
	events := []Event{
		{V: 1, Run: 1, Kind: Begin, Persona: "editor", Page: "Main Page", Stage: Natural, Setup: &Setup{Path: "x.js", SHA256: "ab", Clock: 1.8e12, Gates: []int{3, 7}}},
		{V: 1, Run: 1, T: 1.5, VT: 1.8e12, Kind: Hello, Target: "page", Frame: "https://wiki.test/wiki/Main_Page", Persona: "editor", Page: "Main Page", Stage: Natural},
		{V: 1, Run: 1, T: 2, Kind: PageWrite, Script: &Place{"https://wiki.test/x.js", "ab", 3, 4}, Persona: "editor", Page: "Main Page", Stage: Explored, Data: Data{
			Action: "edit", Title: "Émile/\u2028<b>", Class: "page", Text: "line\nline 😀",
		}, Canary: []string{"token"}, Self: []string{"hash"}},
		{V: 1, Run: 1, T: 3, Kind: End, Persona: "editor", Page: "Main Page", Stage: Natural, Data: Data{Count: 2, Total: 9, Ran: Bits([]int{0, 8})}},
	}
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, e := range events {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(b.String(), "\n"); got != len(events) {
		t.Fatalf("%d lines", got)
	}
	r := NewReader(&b)
	for i, want := range events {
		got, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("event %d: %s", i, diff)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("the end is %v", err)
	}
}

func TestWhatIsTooLongIsCutAndSaysSo(t *testing.T) {
	long := strings.Repeat("\xff", 100_000) // six bytes each in JSON
	var list []string
	for range 200 {
		list = append(list, long)
	}
	e := Event{
		Run: 1, Kind: Kind(long), Target: long, Frame: long, Persona: long, Page: long, Script: &Place{URL: long, SHA256: long},
		Setup: &Setup{
			Path: long, SHA256: long, Tier: long, Host: long, Skin: long, Language: long, Referrer: long, Answer: long, Gates: make([]int, 1000),
		},
		Data: Data{
			URL: long, Method: long, How: long, Seen: long, Answer: long, SHA256: long, Action: long, Title: long, Class: long, Name: long, On: long,
			From: long, Text: long, Ran: bytes.Repeat([]byte{0xff}, 1<<20), Count: math.MaxInt, Total: math.MaxInt,
		},
		Canary: list, Self: list,
	}
	var b bytes.Buffer
	if err := NewWriter(&b).Write(e); err != nil {
		t.Fatal(err)
	}
	if b.Len() > MaxLine {
		t.Errorf("the line is %d bytes", b.Len())
	}
	t.Logf("the longest line is %d of %d bytes", b.Len(), MaxLine)
	got, err := NewReader(&b).Next()
	if err != nil || got.Data.Cut < 1_000_000 {
		t.Errorf("%d bytes are said to be cut, %v", got.Data.Cut, err)
	}
	if err := NewWriter(&b).Write(Event{Run: 1, Kind: Hello, T: math.NaN()}); err == nil {
		t.Error("a time that is no number is written")
	}
	b.Reset()
	if err := NewWriter(&b).Write(Event{Run: 1, Kind: Error, Data: Data{Text: strings.Repeat("é", 3000)}}); err != nil || strings.Contains(b.String(), `\ufffd`) {
		t.Errorf("half a letter is left: %v", err)
	}
}

func TestSeveralGoroutinesWriteOneLog(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for range 50 {
				if err := w.Write(Event{Run: n + 1, Kind: Hello, Stage: Natural}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	log, err := Read(&b)
	if err != nil || len(log.Runs) != 8 || len(log.Of(Hello)) != 400 {
		t.Errorf("%v", err)
	}
}

func TestABadLogIsRefusedWithItsLine(t *testing.T) {
	good := `{"v":1,"run":1,"kind":"hello"}` + "\n"
	for text, want := range map[string]error{
		`{"v":2,"run":1,"kind":"hello"}` + "\n":                 ErrVersion,
		`{"run":1,"kind":"hello"}` + "\n":                       ErrVersion,
		`{"v":1,"run":1,"kind":"hello"`:                         ErrCutOff,
		`{"v":1,"run":1,"kind":"hel` + "\n":                     ErrLine,
		`{"v":1,"run":"1","kind":"hello"}` + "\n":               ErrLine,
		`{"v":1,"run":0,"kind":"hello"}` + "\n":                 ErrLine,
		`{"v":1,"run":1}` + "\n":                                ErrLine,
		`{"v":1,"run":1,"kind":"hello","stage":"magic"}` + "\n": ErrLine,
		`{"v":1,"run":1,"kind":"hello","data":[]}` + "\n":       ErrLine,
		"[]\n":                              ErrLine,
		"null\n":                            ErrVersion,
		"no JSON\n":                         ErrLine,
		strings.Repeat("x", MaxLine) + "\n": ErrTooLong,
	} {
		_, err := Read(strings.NewReader(good + "\n" + text))
		if !errors.Is(err, want) || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%.60q: %v, want %v", text, err, want)
		}
	}
	log, err := Read(strings.NewReader(good + `{"v":1,"run":1,"kind":"later","new":{"x":1}}` + "\n\n"))
	if err != nil || len(log.Runs) != 1 {
		t.Errorf("what later versions of the program add: %v", err)
	}
	failing := io.MultiReader(strings.NewReader(good), brokenReader{})
	if _, err := Read(failing); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a disk that fails: %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRunsWithoutBeginningOrEndAreInvalid(t *testing.T) {
	log := NewLog([]Event{
		{Run: 2, Kind: Hello}, {Run: 1, Kind: Hello, Stage: Clock}, {Run: 1, Kind: End}, {Run: 3, Kind: Begin, Setup: &Setup{Path: "x"}}, {Run: 3, Kind: End},
	})
	if len(log.Runs) != 3 || log.Runs[0].Invalid != "" || log.Runs[1].Invalid == "" || log.Runs[2].Invalid == "" {
		t.Errorf("%+v", log.Runs)
	}
	if log.Runs[0].Events[1].Stage != Clock || log.Runs[1].Events[0].Stage != Natural {
		t.Error("events do not get the stage of their run")
	}
}

func TestMergedRunsGetNewNumbers(t *testing.T) {
	a := NewLog([]Event{{Run: 1, Kind: Hello, Persona: "a"}, {Run: 5, Kind: Hello, Persona: "b"}})
	b := NewLog([]Event{{Run: 1, Kind: Hello, Persona: "c"}})
	var got []string
	for _, r := range Merge(a, b).Runs {
		got = append(got, r.Persona+string(rune('0'+r.Number)))
	}
	if strings.Join(got, " ") != "a1 b2 c3" {
		t.Errorf("%v", got)
	}
}

func TestALogOfSeveralScriptsComesApart(t *testing.T) {
	log := NewLog([]Event{
		{Run: 1, Kind: Begin, Setup: &Setup{Base: true}}, {Run: 2, Kind: Begin, Setup: &Setup{Path: "b", SHA256: "2"}},
		{Run: 3, Kind: Begin, Setup: &Setup{Path: "a", SHA256: "1"}}, {Run: 4, Kind: Begin, Setup: &Setup{Path: "b", SHA256: "2"}},
	})
	var got []string
	for _, one := range log.Scripts() {
		line := ""
		for _, r := range one.Runs {
			line += r.Setup.Path + string(rune('0'+r.Number)) + " "
		}
		got = append(got, line)
	}
	if strings.Join(got, "; ") != "1 a3 ; 1 b2 b4 " {
		t.Errorf("%q", got)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(`{"v":1,"run":1,"kind":"hello","stage":"natural"}` + "\n")
	f.Add(`{"v":1,"run":1,"kind":"page.write","data":{"title":"MediaWiki:Common.js","class":"site-js","action":"edit"},"script":{}}` + "\n" + `{"v":1,"run":1,"kind":"end","data":{"ran":"/w==","total":9}}`)
	f.Add(`{"v":1,"run":1,"kind":"begin","setup":{"base":true}}` + "\n" + `{"v":1,"run":1,"kind":"request","data":{"url":"//x.test:y/%zz","method":"POST"},"canary":["token"]}` + "\n")
	f.Add(`{"v":1,"run":2,"kind":"gate","stage":"forced"}` + "\n" + `{"v":1,"run":2,"kind":"script.eval","stage":"forced","data":{"from":"decoded"}}` + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		log, err := Read(strings.NewReader(text))
		if err != nil {
			if !strings.Contains(err.Error(), "line ") {
				t.Errorf("%v names no line", err)
			}
			return
		}
		for _, one := range log.Scripts() {
			report := Judge(one, theScript)
			if len(report.Reasons) == 0 {
				t.Error("a verdict without a reason")
			}
			if err := json.NewEncoder(io.Discard).Encode(&Document{Isolation: "A", Runs: []*Report{report}}); err != nil {
				t.Error(err)
			}
		}
	})
}
