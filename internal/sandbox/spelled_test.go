package sandbox

import (
	"slices"
	"testing"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

func TestASecretThatLeavesLetterByLetterIsPutTogether(t *testing.T) {
	s := decoy.NewSecrets(decoy.Persona{})
	for _, c := range []struct {
		name, letters, want string
	}{
		{"all that is typed", s.Keys, trace.CanaryKeys},
		{"what is typed, without the letters that are being asked for already", firsts(s.Keys), trace.CanaryKeys},
		{"a token", s.Token, trace.CanaryToken},
		{"a part of what is typed", s.Keys[:4], ""},
		{"something else", "harbourlights", ""},
	} {
		r := newRecorder(s)
		var events []trace.Event
		for _, letter := range c.letters {
			address := "https://letters.test/?v=12&k=" + string(letter)
			r.browsed = append(r.browsed, browser.Event{Kind: browser.Request, URL: address})
			events = append(events, trace.Event{Kind: trace.Request, Data: trace.Data{URL: address}})
		}
		r.spelled(events)
		found := slices.ContainsFunc(events, func(e trace.Event) bool { return slices.Contains(e.Canary, c.want) })
		any := slices.ContainsFunc(events, func(e trace.Event) bool { return len(e.Canary) > 0 })
		if found != (c.want != "") || any != found {
			t.Errorf("%s: %+v", c.name, events)
		}
	}
}
