package delivery

import (
	"regexp"
	"strings"
	"testing"
)

func TestTheBootstrapIsOneFileForEverybodyAndNeverChanges(t *testing.T) {
	w := newWorld(t, nil)
	m := regexp.MustCompile(`^<script src="/sallyport(/boot/[0-9a-z]+\.js)"></script>$`).FindStringSubmatch(string(w.d.Tag()))
	if m == nil {
		t.Fatalf("the tag is %s", w.d.Tag())
	}
	got := w.get(m[1], "Cookie", "session=somebody")
	want := map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable",
		"X-Content-Type-Options": "nosniff", "Set-Cookie": "",
	}
	for name, value := range want {
		if got.Header().Get(name) != value {
			t.Errorf("%s: %s", name, got.Header().Get(name))
		}
	}
	if got.Code != 200 || got.Body.String() != w.get(m[1]).Body.String() {
		t.Errorf("%d, or other bytes for somebody else", got.Code)
	}
	if w.get(m[1], "If-None-Match", got.Header().Get("ETag")).Code != 304 {
		t.Error("it is sent again")
	}

	// A page from a cache names an older file: it gets today's script, and may not keep it under that name.
	old := w.get("/boot/0000000000000000000000000.js")
	if old.Code != 200 || old.Header().Get("Cache-Control") != "private, no-cache" || old.Body.String() != got.Body.String() {
		t.Errorf("an older page gets %d, %s", old.Code, old.Header().Get("Cache-Control"))
	}
	if w.get("/boot/").Code != 404 || w.get("/boot/a/b.js").Code != 404 {
		t.Error("there is more below /boot/ than files")
	}
}

func TestTheBootstrapKnowsUnderWhichPathItLives(t *testing.T) {
	w := newWorld(t, nil)
	elsewhere := New(Options{Gadgets: w.reg, Base: "/w/gadgets"})
	if strings.Contains(string(elsewhere.boot.answer.body), "/sallyport") || !strings.Contains(string(elsewhere.boot.answer.body), "'/w/gadgets'") {
		t.Error("it still asks below /sallyport")
	}
	if !strings.Contains(string(elsewhere.Tag()), `src="/w/gadgets/boot/`) {
		t.Errorf("%s", elsewhere.Tag())
	}
	for _, path := range elsewhere.Paths() {
		if !strings.HasPrefix(path, "/w/gadgets/") {
			t.Errorf("it answers at %s", path)
		}
	}
}
