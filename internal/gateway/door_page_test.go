package gateway

import (
	"bytes"
	"strings"
	"testing"

	"sallyport/internal/message/messagetest"
)

func TestTheDoorsPagesHaveEveryMessageInEveryLanguage(t *testing.T) {
	s := messagetest.Set{Files: doorMessages, Templates: doorTemplate, Calls: map[string][]string{
		`Title: "([a-z-]+)"`:                                           {"*"},
		`Code: "(?:sallyport-)?([a-z-]+)"`:                             {"*-do"},
		`(?:refuse\(w, r|info =)[ ,]+http\.\w+, "sallyport-([a-z-]+)"`: {"*-do"},
		`= "sallyport-([a-z-]+)"\n`:                                    {"*-do"},
	}}
	s.More = []string{"editconflict-do", "entry-nameless", "entry-look-refused", "entry-look-confirm", "entry-look-stopped"}
	for _, code := range []string{"refused", "confirm", "warned", "tried", "too-long", "stopped", "unavailable"} {
		s.More = append(s.More, "entry-"+code)
	}
	s.More = append(s.More, "trial-label", "trial-bar", "trial-only", "trial-stop")
	messagetest.Check(t, s)
	s.NoLooseWords(t)
}

func TestTheDoorSpeaksTheReadersLanguageAndSaysWhatIsExactInEnglish(t *testing.T) {
	p := doorPage{Title: "not-changed", Code: "sallyport-too-large", Info: "the change has <9> bytes", Text: "<b>"}
	for accept, want := range map[string]string{
		"":               `<html lang="en" dir="ltr">`,
		"en":             "<p>the change has &lt;9&gt; bytes</p>",
		"he":             "השינוי גדול מדי. דבר לא השתנה.</p>\n<p><bdi lang=\"en\" dir=\"ltr\">the change has &lt;9&gt; bytes</bdi></p>",
		"he-IL,en;q=0.1": `<html lang="he" dir="rtl">`,
	} {
		var b bytes.Buffer
		if _, err := p.write(&b, accept, ""); err != nil || !strings.Contains(b.String(), want) || strings.Contains(b.String(), "⧼") || strings.Contains(b.String(), "<b>") {
			t.Errorf("%q: %v\n%s", accept, err, b.String())
		}
	}
}
