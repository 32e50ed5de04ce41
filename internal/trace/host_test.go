package trace

import "testing"

func TestHostsAreReadAsBrowsersReadThem(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.test/x": "a.test", "HTTPS://A.Test:8443?x": "a.test", "//a.test": "a.test", `\\a.test\x`: "a.test", `https:\\a.test`: "a.test",
		"https:a.test/": "a.test", "http:////a.test": "a.test", " \thttps://a.\ntest/": "a.test", "https://u:p@a.test./": "a.test", "wss://a.test": "a.test",
		"https://[::1]:80/": "::1", "https://a b.test/": "a b.test",
		"/wiki/X": "", "x//a.test": "", "data:text/html,//a.test": "", "javascript://a.test": "", "blob:https://a.test/1": "", "": "", "?//a.test": "", "https://": "",
	} {
		if got := hostOf(address); got != want {
			t.Errorf("%q leads to %q, not %q", address, got, want)
		}
	}
}

func TestALeadingDotStandsForAllBelow(t *testing.T) {
	for host, want := range map[string]bool{"wiki.test": true, "en.wiki.test": true, "notwiki.test": false, "listed.test": true, "x.listed.test": false} {
		if got := under(host, []string{".wiki.test", "listed.test"}); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}
