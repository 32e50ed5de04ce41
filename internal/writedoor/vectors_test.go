package writedoor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"sallyport/internal/wiki"
)

var people = map[string]wiki.User{
	"Mara":   {ID: 2, Name: "Mara", Rights: []string{"edit", "editmyuserjs"}},
	"Ira":    {ID: 3, Name: "Ira", Rights: []string{"edit", "editmyuserjs", "editinterface", "editsitejs"}},
	"nobody": {},
}

// TestEveryWayToWriteIsUnderstood reads testdata/vectors.txt: requests, one a line, each followed by what it does. UPDATE=1
// writes what the door says now.
func TestEveryWayToWriteIsUnderstood(t *testing.T) {
	const name = "testdata/vectors.txt"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	actor, count := "", 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if who, ok := strings.CutPrefix(line, "as "); ok {
			actor = who
		}
		if strings.HasPrefix(line, "\t") {
			continue
		}
		fmt.Fprintln(&out, line)
		method, rest, isRequest := strings.Cut(line, " ")
		if isRequest && strings.ToUpper(method) == method && strings.HasPrefix(rest, "/") {
			count++
			fmt.Fprintln(&out, "\t"+said(t, requestFrom(method, rest, actor)))
		}
	}
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(name, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if out.String() != string(text) {
		t.Errorf("%s says otherwise; UPDATE=1 accepts:\n%s", name, firstDifference(string(text), out.String()))
	}
	t.Logf("%d requests", count)
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for i := range g {
		if i >= len(w) || w[i] != g[i] {
			fmt.Fprintf(&out, "%d: %s\n", i+1, g[i])
		}
	}
	return out.String()
}

// requestFrom reads "target", a blank, and the body: urlencoded, JSON when it begins with a brace.
func requestFrom(method, rest, actor string) Request {
	target, body, hasBody := strings.Cut(rest, " ")
	who, apart := strings.CutSuffix(actor, " by OAuth")
	r := Request{Method: method, Target: target, Body: []byte(body), Actor: people[who], Apart: apart}
	switch {
	case strings.HasPrefix(body, "{"):
		r.ContentType = []string{"application/json"}
	case hasBody || method == "POST":
		r.ContentType = []string{"application/x-www-form-urlencoded"}
	}
	return r
}

// said is one line about an operation.
func said(t *testing.T, r Request) string {
	door := &Door{Wiki: newSmall()}
	op, err := door.Classify(t.Context(), r)
	if err != nil {
		if !errors.Is(err, ErrUnclear) {
			t.Errorf("%s: %v", r.Target, err)
		}
		return "refused: " + strings.ReplaceAll(strings.TrimPrefix(err.Error(), r.Method+" "), "\n", ": ")
	}
	s := fmt.Sprintf("%s · %s %s", op.Kind, op.Via, op.Action)
	if len(op.Tiers) > 0 {
		s += fmt.Sprint(" · ", op.Tiers)
	}
	site, _ := door.Wiki.Site(t.Context())
	for _, p := range op.Pages {
		s += fmt.Sprintf(" · %s %s %s→%s", p.Role, site.Wiki.Prefixed(p.Title), p.Before, p.After)
	}
	if op.Open {
		s += " · and others"
	}
	if op.Result != NoText {
		s += " · text " + string(op.Result)
	}
	if f := op.Forward; f != nil {
		s += " ⇒ " + strings.TrimSpace(f.Method+" "+f.Target+" "+string(f.Body))
	}
	return s
}

func TestAnOrdinaryEditCostsTheWikiNoQuestion(t *testing.T) {
	s := newSmall()
	door := &Door{Wiki: s}
	for _, rest := range []string{"/w/index.php?title=Sandkasten&action=submit wpTextbox1=x&oldid=0", "/w/api.php action=edit&title=Sandkasten&text=x", "/w/index.php?title=User:Mara&action=submit wpTextbox1=x"} {
		if op, err := door.Classify(t.Context(), requestFrom("POST", rest, "Ira")); err != nil || op.Tier() != None || op.Kind != Edit {
			t.Errorf("%s: %+v, %v", rest, op, err)
		}
	}
	if s.asked != 0 {
		t.Errorf("%d questions", s.asked)
	}
}

// Whose own script it is matters less when many run it.
func TestScriptsOfPopularGadgetsAreATierOfTheirOwn(t *testing.T) {
	door := &Door{Wiki: newSmall(), Options: Settings{Popular: func(_ context.Context, title wiki.Title) (bool, error) {
		return strings.HasPrefix(title.Key, "Mara/used"), nil
	}}}
	for page, want := range map[string]Tier{
		"User:Mara/used.js": PopularGadget, "User:Mara/used.gadget": PopularGadget, "User:Mara/used.vue": PopularGadget,
		"User:Mara/other.js": OwnCode, "User:Mara/other.gadget": Definition, "User:Mara/used": None, "User:Ira/x.js": OthersCode,
	} {
		op, err := door.Classify(t.Context(), requestFrom("POST", "/w/api.php action=edit&text=x&title="+page, "Mara"))
		if err != nil || op.Tier() != want {
			t.Errorf("%s: %v, %v", page, op.Tier(), err)
		}
	}
	door.Options.Popular = func(context.Context, wiki.Title) (bool, error) { return false, errors.New("store down") }
	if _, err := door.Classify(t.Context(), requestFrom("POST", "/w/api.php action=edit&text=x&title=User:Mara/used.js", "Mara")); err == nil {
		t.Error("it passes while nobody can be asked")
	}
}

func TestTheDoorFailsWhenTheWikiCannotBeAsked(t *testing.T) {
	door := &Door{Wiki: broken{newSmall()}}
	_, err := door.Classify(t.Context(), requestFrom("POST", "/w/index.php?title=MediaWiki:Common.js&action=submit wpTextbox1=x", "Ira"))
	if err == nil || errors.Is(err, ErrUnclear) {
		t.Errorf("got %v", err)
	}
}

type broken struct{ Resolver }

func (broken) Titles(_ context.Context, _ []wiki.Title, _ bool) ([]Known, error) {
	return nil, errors.New("connection refused")
}

func FuzzClassify(f *testing.F) {
	text, err := os.ReadFile("testdata/vectors.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if method, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(rest, "/") {
			f.Add(method, rest)
		}
	}
	f.Fuzz(func(t *testing.T, method, rest string) {
		door := &Door{Wiki: newSmall()}
		r := requestFrom(method, rest, "Ira")
		op, err := door.Classify(t.Context(), r)
		if err != nil || op.Forward == nil {
			return
		}
		// The canonical request means the same, and is its own canonical form.
		again := Request{Method: op.Forward.Method, Target: op.Forward.Target, Body: op.Forward.Body, Actor: r.Actor}
		if op.Forward.ContentType != "" {
			again.ContentType = []string{op.Forward.ContentType}
		}
		second, err := door.Classify(t.Context(), again)
		if err != nil || second.Kind != op.Kind || fmt.Sprint(second.Pages, second.Tiers) != fmt.Sprint(op.Pages, op.Tiers) ||
			second.Forward == nil || second.Forward.Target != op.Forward.Target || string(second.Forward.Body) != string(op.Forward.Body) {
			t.Fatalf("%s %s\n%+v %+v\n%+v %+v, %v", method, rest, op, op.Forward, second, second, err)
		}
	})
}
