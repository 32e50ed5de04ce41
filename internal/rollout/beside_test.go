package rollout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sallyport/internal/store"
)

func TestWhatTheWikisOwnPolicyBlocksIsListedAndAskedForEveryFiveMinutes(t *testing.T) {
	w := newTown(t, with(charts), true)
	k := w.nodes[0]
	if list, err := k.Barred(t.Context()); list != nil || err != nil {
		t.Fatalf("where the wiki is not asked: %v %v", list, err)
	}
	sends, asked := []string{"connect-src 'self' https://fine.test", "script-src *"}, 0
	k.WikiSends = func(context.Context) ([]string, error) {
		if asked++; sends == nil {
			return nil, errors.New("down")
		}
		return sends, nil
	}
	grants := []string{"https://fine.test", "https://words.test"}
	for user := range 40 {
		list := []store.Grant{{Directive: "connect-src", Source: fmt.Sprintf("https://rare-%02d.test", user), At: monday}}
		for _, host := range grants {
			list = append(list, store.Grant{Directive: "connect-src", Source: host, At: monday}, store.Grant{Directive: "img-src", Source: host, At: monday})
		}
		w.ok(w.db.SetGrants(t.Context(), "town", int64(user+1), 7, list))
	}
	barred := func() string {
		list, err := k.Barred(t.Context())
		w.ok(err)
		var lines []string
		for _, b := range list {
			lines = append(lines, fmt.Sprint(b.Directive, " ", b.Source, " ", b.People))
		}
		return strings.Join(lines[:min(3, len(lines))], ", ") + fmt.Sprint(" of ", len(lines))
	}
	blocked := "connect-src " + charts + " 0, connect-src https://words.test 40, connect-src https://rare-00.test 1 of 20"
	for _, c := range []struct {
		after time.Duration
		sends []string
		want  string
		asked int
	}{
		{0, sends, blocked, 1},
		{4 * time.Minute, []string{}, blocked, 1},
		{2 * time.Minute, []string{"img-src 'none'"}, "img-src https://fine.test 40, img-src https://words.test 40 of 2", 2},
		{6 * time.Minute, nil, "img-src https://fine.test 40, img-src https://words.test 40 of 2", 3},
		{20 * time.Second, []string{}, "img-src https://fine.test 40, img-src https://words.test 40 of 2", 3},
		{20 * time.Second, []string{}, " of 0", 4},
	} {
		w.now, sends = w.now.Add(c.after), c.sends
		if got := barred(); got != c.want || asked != c.asked {
			t.Errorf("%v later: %s, asked %d times; want %s, %d", c.after, got, asked, c.want, c.asked)
		}
	}
}
