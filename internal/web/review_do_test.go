package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

func TestAReviewerApprovesOrRejectsExactlyWhatWasShown(t *testing.T) {
	d, reviews := withReviews(t)
	s := newSetting(t, reviews)
	s.me = reviewer()
	at := reviewAt("MediaWiki:Common.js", newCommon)
	values := form(s.get(at).Body.String())
	send := func(do, reason string) *httptest.ResponseRecorder {
		values.Set("do", do)
		values.Set("reason", reason)
		return s.submit(at, values)
	}
	if w := send("reject", " "); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "A rejection needs a reason") {
		t.Errorf("without a reason: %d", w.Code)
	}
	w := send("approve", "")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sallyport/review?") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if text := visibleText(t, s.get(w.Header().Get("Location")).Body.String()); !strings.Contains(text, "MediaWiki:Common.js is approved.") || !strings.Contains(text, "3 texts wait.") {
		t.Errorf("afterwards:\n%s", text)
	}
	r, err := d.Review(t.Context(), d.title(t, "MediaWiki:Common.js"), store.DigestOf(newCommon))
	if err != nil || r.State != store.ReviewApproved || r.By != "Rita" {
		t.Errorf("%+v %v", r, err)
	}
	if w := send("approve", ""); w.Code != http.StatusConflict {
		t.Errorf("twice: %d", w.Code)
	}
	if text := visibleText(t, s.get(at).Body.String()); !strings.Contains(text, "If it is rejected now") || strings.Contains(text, "Testing") {
		t.Errorf("an approved text:\n%s", text)
	}
	if w := send("reject", "it counts readers"); w.Code != http.StatusSeeOther {
		t.Errorf("taken back: %d", w.Code)
	}
	if text := visibleText(t, s.get(at).Body.String()); !strings.Contains(text, "Rita. it counts readers") {
		t.Errorf("a rejected text:\n%s", text)
	}
	if text := visibleText(t, s.get("/sallyport/review?title=MediaWiki:Gadget-unread.js&done="+string(store.DigestOf("// not read yet"))).Body.String()); strings.Contains(text, "is approved") || strings.Contains(text, "is rejected") {
		t.Errorf("an address says what was never done:\n%s", text)
	}
}

func TestOnlyWhoMayDecidesAndOnlyInPerson(t *testing.T) {
	d, reviews := withReviews(t)
	s := newSetting(t, reviews)
	at := reviewAt("MediaWiki:Common.js", newCommon)
	if page := s.get(at).Body.String(); tokenIn(page) != "" || !strings.Contains(page, "Reviewers decide") {
		t.Error("a reader has a form")
	}
	s.me = wiki.User{ID: 5, Name: "Mallory", Rights: reviewer().Rights}
	page := s.get(at).Body.String()
	own := form(page)
	own.Set("do", "approve")
	if strings.Contains(page, `value="approve"`) {
		t.Error("an author is offered to approve")
	}
	if w := s.submit(at, own); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "You saved this text yourself") {
		t.Errorf("an author approves: %d", w.Code)
	}
	s.me = reviewer()
	if got := tokenIn(s.get(at, header("Sec-Fetch-Dest", "empty")).Body.String()); got != "" {
		t.Error("a script that fetches the page gets a token")
	}
	values := form(s.get(at).Body.String())
	for _, do := range []string{"approve", "reject", "try", "stop"} {
		sent := func(key, value string) url.Values {
			return url.Values{"token": values["token"], "title": values["title"], "reason": {"x"}, "hours": {"1"}, "do": {do}, key: {value}}
		}
		all := sent("", "")
		for name, w := range map[string]*httptest.ResponseRecorder{
			"a script":        s.submit(at, all, header("Sec-Fetch-Mode", "cors"), header("Sec-Fetch-Dest", "empty")),
			"no click":        s.submit(at, all, header("Sec-Fetch-User", "")),
			"another site":    s.submit(at, all, header("Sec-Fetch-Site", "cross-site")),
			"another page":    s.submit(at, sent("title", "MediaWiki:Gadget-unread.js")),
			"another text":    s.submit(reviewAt("MediaWiki:Common.js", servedCommon), all),
			"another session": s.submit(at, all, header("Cookie", "village_session=xyz")),
			"another account": func() *httptest.ResponseRecorder {
				s.me.ID++
				defer func() { s.me.ID-- }()
				return s.submit(at, all)
			}(),
			"an old browser": s.submit(at, all, header("Sec-Fetch-Mode", "")),
		} {
			if w.Code != http.StatusForbidden {
				t.Errorf("%s, %s: %d", do, name, w.Code)
			}
		}
	}
	if r, err := d.Review(t.Context(), d.title(t, "MediaWiki:Common.js"), store.DigestOf(newCommon)); err != nil || r.State != store.ReviewWaiting {
		t.Errorf("%+v %v", r, err)
	}
	if all, err := d.Trials(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("trials: %+v %v", all, err)
	}
	s.me = ira() // with a token that was made for somebody without rights
	if w := s.submit(at, url.Values{"token": values["token"], "title": values["title"], "do": {"approve"}}); w.Code != http.StatusForbidden {
		t.Errorf("a reader sends a reviewer's form: %d", w.Code)
	}
}

func TestWhatThePageNoLongerHasIsNotForEverybody(t *testing.T) {
	d, reviews := withReviews(t)
	s := newSetting(t, reviews)
	at := reviewAt("MediaWiki:Common.js", newCommon)
	d.save(t, "MediaWiki:Common.js", "Ira", "newer();")
	for name, c := range map[string]struct {
		me   wiki.User
		code int
	}{"a reader": {wiki.User{ID: 3, Name: "Ulo"}, 404}, "nobody": {wiki.User{}, 404}, "its author": {wiki.User{ID: 5, Name: "Mallory"}, 200}, "a reviewer": {reviewer(), 200}} {
		s.me = c.me
		if w := s.get(at); w.Code != c.code {
			t.Errorf("%s: %d", name, w.Code)
		}
		if listed := strings.Contains(s.get("/sallyport/review").Body.String(), string(store.DigestOf(newCommon))); listed != (c.code == 200) {
			t.Errorf("%s: listed %v", name, listed)
		}
	}
	if text := visibleText(t, s.get(at).Body.String()); s.me.ID == reviewer().ID && !strings.Contains(text, "another text by now") {
		t.Error(text)
	}
}

func TestAnAuthorTestsATextAndStops(t *testing.T) {
	d, reviews := withReviews(t)
	s := newSetting(t, reviews)
	s.me = wiki.User{ID: 5, Name: "Mallory"}
	at := reviewAt("MediaWiki:Common.js", newCommon)
	if text := visibleText(t, s.get("/sallyport/trial").Body.String()); !strings.Contains(text, "You test nothing now.") {
		t.Errorf("before:\n%s", text)
	}
	values := form(s.get(at).Body.String())
	values.Set("do", "try")
	for _, hours := range []string{"", "0", "25", "-1", "99999999999999999999"} {
		values.Set("hours", hours)
		if w := s.submit(at, values); w.Code != http.StatusBadRequest {
			t.Errorf("for %q hours: %d", hours, w.Code)
		}
	}
	values.Set("hours", "8")
	if w := s.submit(at, values); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	page := s.get(at).Body.String()
	checkMarkup(t, page)
	if text := visibleText(t, page); !strings.Contains(text, "1 person tests it now.") || !strings.Contains(text, "It runs in your pages") || !strings.Contains(text, "18:11 UTC") {
		t.Errorf("while it is on:\n%s", text)
	}
	page = s.get("/sallyport/trial").Body.String()
	checkMarkup(t, page)
	stop := form(page)
	if w := s.submit("/sallyport/trial", stop, header("Sec-Fetch-User", "")); w.Code != http.StatusForbidden {
		t.Errorf("a script ends it: %d", w.Code)
	}
	if w := s.submit("/sallyport/trial", stop); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if all, err := d.Trials(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("trials: %+v %v", all, err)
	}
	s.me = wiki.User{ID: 8, Name: "Vera", Groups: []string{"volunteers"}}
	if page := s.get(at).Body.String(); !strings.Contains(page, `value="try"`) || strings.Contains(page, `value="approve"`) || !strings.Contains(page, `<a href="/sallyport/review"`) {
		t.Error("a tester is not led to what waits, or decides")
	}
	s.me = ira()
	if page := s.get(at).Body.String(); !strings.Contains(page, "can test it before it is approved") || strings.Contains(page, `value="try"`) {
		t.Error("a reader is offered to test it")
	}
	s.me = wiki.User{}
	if w := s.get("/sallyport/trial"); w.Code != http.StatusForbidden {
		t.Errorf("nobody's: %d", w.Code)
	}
}
