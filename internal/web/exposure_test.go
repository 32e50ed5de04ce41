package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/exposure"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// exposedText is one of two texts that the village was served.
var exposedText = store.DigestOf("hostile();")

// withExposure remembers who was served what: 60 accounts, of which 2 has power, 3 a strange name and 900 none at all.
func withExposure(t *testing.T) func(*Options) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	const title = "User:Mara/translate.js"
	at := func(minute int) time.Time {
		return today.Add(time.Duration(minute-60) * time.Minute).Truncate(time.Minute)
	}
	many := []int64{store.Unknown, store.Nobody}
	for id := range int64(57) {
		many = append(many, id+1)
	}
	err = db.SaveExposures(t.Context(),
		store.Exposure{Wiki: villageSite().ID, Title: title, Digest: store.DigestOf("calm();"), Minute: at(0), People: []int64{3}},
		store.Exposure{Wiki: villageSite().ID, Title: title, Digest: exposedText, Minute: at(5), People: append(many, 900)},
		store.Exposure{Wiki: villageSite().ID, Title: title, Digest: exposedText, Minute: at(9), People: []int64{2}},
		store.Exposure{Wiki: villageSite().ID, Minute: at(9), Missed: 4},
	)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) {
		o.Exposure = &exposure.Asking{Store: db, Wiki: villageSite().ID, Days: 30, Powerful: Powerful, Users: func(_ context.Context, ids []int64) (map[int64]wiki.User, error) {
			found := map[int64]wiki.User{}
			for _, id := range ids {
				found[id] = wiki.User{ID: id, Name: "Reader " + digits(id)}
			}
			found[2], found[3] = wiki.User{ID: 2, Name: "Ira", Rights: []string{"block"}}, wiki.User{ID: 3, Name: hostile}
			delete(found, 900)
			return found, nil
		}}
	}
}

func exposureAt(ending string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/sallyport/exposure" + ending + "?" + q.Encode()
}

func TestTheExposurePageSaysWhoWasServedAText(t *testing.T) {
	s := newSetting(t, withExposure(t))
	s.me = guardian()
	w := s.get(exposureAt("", "title", "user:mara/translate.js", "sha256", string(exposedText)))
	text := visibleText(t, w.Body.String())
	for _, want := range []string{"58 accounts were served it, 1 of them with power over others.", "Ira has power", "Reader 1", "not logged in", "did not say who they were", "4 times in that time", "1–50 of 58", string(exposedText), "kept for 30 days"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if strings.Index(text, "Ira has power") > strings.Index(text, "Reader 1") {
		t.Error("who has power does not come first")
	}
	if t.Failed() {
		t.Log(text)
	}
	checkMarkup(t, w.Body.String())
	checkMarkup(t, s.get(exposureAt("", "title", "User:Mara/translate.js", "uselang", "he", "offset", "50")).Body.String())
	if text := visibleText(t, s.get(exposureAt("", "title", "User:Mara/translate.js", "offset", "50")).Body.String()); !strings.Contains(text, "51–58 of 58") || !strings.Contains(text, "Account 900") || !strings.Contains(text, string(store.DigestOf("calm();"))) {
		t.Errorf("the second page: %s", text)
	}
	from := today.Add(-52 * time.Minute).UTC()
	if text := visibleText(t, s.get(exposureAt("", "title", "User:Mara/translate.js", "from", from.Format("2006-01-02T15:04"))).Body.String()); !strings.Contains(text, "1 account was served it, 1 of them") {
		t.Errorf("from a minute on: %s", text)
	}
	for query, want := range map[string]string{
		"":                        "Name a page or a text",
		"title=User:Mara/none.js": "It was served to nobody",
		"title=[]":                "not the title of a page",
		"sha256=xyz":              "has 64 digits",
		"title=A&from=yesterday":  "That is not a time",
	} {
		w := s.get("/sallyport/exposure?" + query)
		if text := visibleText(t, w.Body.String()); !strings.Contains(text, want) || (w.Code == http.StatusOK) != (query == "" || strings.HasSuffix(query, "none.js")) {
			t.Errorf("%q: %d %s", query, w.Code, text)
		}
		checkMarkup(t, w.Body.String())
	}
}

func TestWhoWasServedATextIsGivenAsData(t *testing.T) {
	s := newSetting(t, withExposure(t))
	s.me = guardian()
	var answer struct {
		Schema   string
		Powerful int
		Missed   int
		People   []struct {
			ID      int64
			Name    string
			First   time.Time
			Minutes int
		}
		Nobody *exposure.Times `json:"not_logged_in"`
	}
	if err := json.Unmarshal(s.get(exposureAt(".json", "sha256", string(exposedText))).Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	first := answer.People[0]
	if answer.Schema != "sallyport.exposure/1" || len(answer.People) != 58 || answer.Powerful != 1 || answer.Missed != 4 || answer.Nobody == nil || first.Name != "Ira" || first.Minutes != 2 || !first.First.Equal(today.Add(-55*time.Minute).Truncate(time.Minute)) {
		t.Errorf("%+v", answer)
	}
	rows, err := csv.NewReader(s.get(exposureAt(".csv", "sha256", string(exposedText))).Body).ReadAll()
	if err != nil || len(rows) != 1+58+2 || rows[1][1] != "Ira" || rows[1][2] != "true" || rows[60][1] != "(not known)" {
		t.Errorf("%v %q", err, rows)
	}
	for _, ending := range []string{".json", ".csv"} {
		if w := s.get(exposureAt(ending)); w.Code != http.StatusBadRequest {
			t.Errorf("%s of nothing: %d", ending, w.Code)
		}
	}
}

func TestWhoRunsWhatIsToldToNobodyElseAndToNoScript(t *testing.T) {
	s := newSetting(t, withExposure(t), withBreaker(stirred(false)))
	for name, me := range map[string]wiki.User{"anonymous": {}, "noright": {ID: 3, Name: "Ada", Rights: []string{"edit"}}} {
		s.me = me
		for _, ending := range []string{"", ".json", ".csv"} {
			if w := s.get(exposureAt(ending, "sha256", string(exposedText))); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Reader 1") {
				t.Errorf("%s%s: %d", name, ending, w.Code)
			}
		}
	}
	s.me = guardian()
	for what, change := range map[string]func(*http.Request){
		"a script":              func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "empty") },
		"a frame":               func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "iframe") },
		"a browser of long ago": func(r *http.Request) { r.Header.Del("Sec-Fetch-Dest"); r.Header.Del("Sec-Fetch-Mode") },
	} {
		for _, ending := range []string{"", ".json", ".csv"} {
			if w := s.get(exposureAt(ending, "sha256", string(exposedText)), change); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Reader 1") {
				t.Errorf("%s%s: %d", what, ending, w.Code)
			}
		}
	}
	if page := s.get("/sallyport/incident").Body.String(); !strings.Contains(page, `href="/sallyport/exposure?title=User%3AMara%2Ftool.js"`) {
		t.Error("the incident page does not lead there")
	}
	if w := newSetting(t).get(exposureAt("")); w.Code != http.StatusNotFound {
		t.Errorf("where nothing is noted: %d", w.Code)
	}
}
