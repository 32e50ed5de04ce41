package fakewiki

import (
	"strings"
	"testing"
)

func TestLinksThatActAreForThoseWhoMay(t *testing.T) {
	w, server, _ := newTestWiki(t)
	w.AddUser("Siem", "siem-password", "sysop")
	mustSave(t, w, "Lamp", "one", "Mara")
	mustSave(t, w, "Lamp", "two", "Nils")
	mustSave(t, w, "New lamp", "one", "Nils")
	b := newBrowser(t, server)
	const history, list, fresh = "/w/index.php?title=Lamp&action=history", "/wiki/Special:RecentChanges", "/wiki/New_lamp"
	for _, who := range []struct {
		name                         string
		rollback, thank, watch, mark bool
	}{{"", false, false, false, false}, {"Mara", false, true, true, false}, {"Siem", true, true, true, true}} {
		if who.name != "" {
			b.login(who.name, strings.ToLower(who.name)+"-password")
		}
		for _, c := range []struct {
			path, word string
			want       bool
		}{
			{history, `class="mw-rollback-link"`, who.rollback}, {list, `class="mw-rollback-link"`, who.rollback}, {history, "mw-thanks-thank-link", who.thank},
			{history, `id="ca-watch"`, who.watch}, {fresh, `class="patrollink"`, who.mark}, {fresh, "mw-rollback-link", false},
		} {
			if got := strings.Contains(b.get(c.path).body, c.word); got != c.want {
				t.Errorf("%q on %s has %s: %t", who.name, c.path, c.word, got)
			}
		}
	}
	if got := strings.Count(b.get(history).body, "mw-rollback-link"); got != 1 {
		t.Errorf("%d links take the last edit back", got)
	}
}
