package delivery

import (
	"compress/gzip"
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const plainGadget = `{"module":{"pages":["/doit.js"]}}`

func doit(t *testing.T, script string) *world {
	return newWorld(t, [][2]string{{"User:Mara/doit.js", script}, {"User:Mara/doit.gadget", plainGadget}})
}

func TestOneBuildServesEverybody(t *testing.T) {
	w := doit(t, "go();")
	path := "/load.php?modules=" + w.module("doit")
	for _, extra := range []string{"", "&only=scripts", "&only=styles", "&skin=monobook", "&lang=de", "&user=Noor", "&version=zzzzz", "|" + w.module("doit")} {
		w.get(path + extra)
	}
	for _, user := range []string{"Noor", "Mara", "Ira"} {
		w.switchOn(user, "doit")
		w.get("/load.php?modules=ext.gadgets.userstartup&only=scripts&user=" + user)
	}
	if n := w.d.built.EstimatedSize(); n != 1 {
		t.Errorf("the module was built %d times", n)
	}
	w.get(path + "&lang=he")
	w.get(path + "&debug=1")
	if n := w.d.built.EstimatedSize(); n != 3 {
		t.Errorf("%d builds; mirrored styles and debug mode have one each", n)
	}
}

func TestAnAnswerIsPreparedOnceAndForgottenAfterAnEdit(t *testing.T) {
	w := doit(t, "one();")
	path := "/load.php?modules=" + w.module("doit")
	first, again := w.get(path).Body.String(), w.get(path).Body.String()
	if first != again || w.d.answers.EstimatedSize() != 1 {
		t.Errorf("%d answers kept, the same: %v", w.d.answers.EstimatedSize(), first == again)
	}
	w.save("User:Mara/doit.js", "two();")
	if got := w.get(path).Body.String(); !strings.Contains(got, "two()") {
		t.Errorf("after the edit: %s", got)
	}
}

// chatty is a registry whose messages change by themselves.
type chatty struct {
	*breakable
	text string
}

func (c *chatty) Messages(_ context.Context, keys []string, lang string) map[string]string {
	return map[string]string{keys[0]: c.text + " in " + lang}
}

func TestAMessageIsAtMostAMinuteOldInAnAnswer(t *testing.T) {
	w := newWorld(t, [][2]string{{"User:Mara/doit.js", "go();"}, {"User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"],"messages":["hello"]}}`}})
	wiki := &chatty{w.reg, "Hello"}
	w.d.gadgets = wiki
	path := "/load.php?lang=de&modules=" + w.module("doit")
	if got := w.get(path).Body.String(); !strings.Contains(got, `{"hello":"Hello in de"}`) {
		t.Errorf("%s", got)
	}
	before := w.get("/register?lang=de&names=" + w.module("doit")).Body.String()
	wiki.text = "Good day"
	w.now = w.now.Add(61 * time.Second)
	if got := w.get(path).Body.String(); !strings.Contains(got, `{"hello":"Good day in de"}`) {
		t.Errorf("a minute later: %s", got)
	}
	if after := w.get("/register?lang=de&names=" + w.module("doit")).Body.String(); before == after {
		t.Error("another text and the same version")
	}
	if he, en := w.get("/register?lang=he&names="+w.module("doit")).Body.String(), w.get("/register?lang=en&names="+w.module("doit")).Body.String(); he == en {
		t.Error("two languages have the same version")
	}
}

// impatient is a registry that answers nobody who has gone.
type impatient struct{ *breakable }

func (i impatient) Messages(ctx context.Context, keys []string, _ string) map[string]string {
	if ctx.Err() != nil {
		return map[string]string{keys[0]: "not read"}
	}
	return map[string]string{keys[0]: "read"}
}

func TestAReaderWhoGoesAwayLeavesNoHalfAnswerBehind(t *testing.T) {
	w := newWorld(t, [][2]string{{"User:Mara/doit.js", "go();"}, {"User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"],"messages":["hello"]}}`}})
	w.d.gadgets = impatient{w.reg}
	w.get("/register?names=" + w.module("doit")) // the registry has read it before
	path := "/load.php?modules=" + w.module("doit")
	gone, leave := context.WithCancel(t.Context())
	leave()
	w.d.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, "GET", "/sallyport"+path, nil))
	if got := w.get(path).Body.String(); !strings.Contains(got, `{"hello":"read"}`) {
		t.Errorf("the next reader gets %s", got)
	}
}

func TestWhoeverTakesGzipGetsTheSameBytesSmaller(t *testing.T) {
	w := doit(t, strings.Repeat("document.title = 'a rather long title';\n", 100))
	path := "/load.php?modules=" + w.module("doit")
	plain := w.get(path)
	if plain.Header().Get("Vary") != "Accept-Encoding" || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("without: %v", plain.Header())
	}
	for accept, want := range map[string]bool{
		"gzip": true, "br, gzip;q=0.5": true, "GZIP": true, "gzip, deflate, br, zstd": true, "gzip;q=1.0": true, "gzip; q=0.01": true,
		"": false, "br": false, "identity": false, "gzip;q=0": false, "gzip; q=0.000": false, "xgzip": false, "gzipped": false,
	} {
		got := w.get(path, "Accept-Encoding", accept)
		if zipped := got.Header().Get("Content-Encoding") == "gzip"; zipped != want {
			t.Errorf("%q: gzip %v", accept, zipped)
		}
		if got.Header().Get("ETag") != plain.Header().Get("ETag") || got.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %v", accept, got.Header())
		}
		if !want {
			continue
		}
		r, err := gzip.NewReader(got.Body)
		w.must(err)
		if body, err := io.ReadAll(r); err != nil || string(body) != plain.Body.String() {
			t.Errorf("%q: other bytes (%v)", accept, err)
		}
	}
	if not := w.get(path, "If-None-Match", plain.Header().Get("ETag")); not.Code != 304 || not.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("304 is %d, %v", not.Code, not.Header())
	}
	small := doit(t, "x();")
	if got := small.get("/load.php?modules="+small.module("doit"), "Accept-Encoding", "gzip"); got.Header().Get("Content-Encoding") != "" {
		t.Error("a small answer was compressed")
	}
}
