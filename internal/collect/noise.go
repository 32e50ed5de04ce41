package collect

import (
	"bytes"
	"strings"

	"sallyport/internal/violation"
)

// Noise tells reports that are about something else than the wiki. They are kept under a class of their own, so that
// whoever reads decides; an operator may take an entry out of the lists, or add one.
type Noise struct {
	Schemes map[string]violation.Noise // of what was blocked, or of the script: "moz-extension"
	Hosts   map[string]violation.Noise // and every name below
	Agents  map[string]violation.Noise // parts of a User-Agent
}

// DefaultNoise is what others who collect reports have learned to put aside.
func DefaultNoise() *Noise {
	n := &Noise{Schemes: map[string]violation.Noise{}, Hosts: map[string]violation.Noise{}, Agents: map[string]violation.Noise{}}
	for _, s := range []string{"chrome-extension", "moz-extension", "safari-extension", "safari-web-extension", "ms-browser-extension", "resource",
		"webkit-masked-url", "chrome", "about", "jar", "user-script"} {
		n.Schemes[s] = violation.Extension
	}
	for _, h := range []string{"kaspersky-labs.com", "gc.kis.v2.scr.kaspersky-labs.com", "adblockers.opera-mini.net", "nikkomsgchannel", "superfish.com"} {
		n.Hosts[h] = violation.Injector
	}
	for _, h := range []string{"translate.goog", "translate.googleusercontent.com", "translatoruser-int.com"} {
		n.Hosts[h] = violation.Translator
	}
	for _, a := range []string{"FB_IAB", "FBAN/", "Instagram ", "Line/", "MicroMessenger/"} {
		n.Agents[a] = violation.InApp
	}
	return n
}

func (n *Noise) inApp(agent string) bool {
	for part := range n.Agents {
		if strings.Contains(agent, part) {
			return true
		}
	}
	return false
}

// address says what the scheme or the host of an address is known for.
func (n *Noise) address(raw []byte) violation.Noise {
	scheme, rest, found := bytes.Cut(raw, []byte(":"))
	if len(scheme) > 30 {
		return violation.None
	}
	if class, ok := n.Schemes[string(scheme)]; ok {
		return class
	}
	if !found {
		return violation.None
	}
	rest = bytes.TrimPrefix(rest, []byte("//"))
	if i := bytes.IndexAny(rest, ":/?#"); i >= 0 {
		rest = rest[:i]
	}
	for {
		if class, ok := n.Hosts[string(rest)]; ok {
			return class
		}
		i := bytes.IndexByte(rest, '.')
		if i < 0 {
			return violation.None
		}
		rest = rest[i+1:]
	}
}
