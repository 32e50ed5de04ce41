package entry

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/capability"
)

// Rule is one row of the operator's table. Everything it names must hold; of a list, one is enough. What it leaves out does
// not matter.
type Rule struct {
	Name string `toml:"name"`

	Capabilities []string `toml:"capabilities"` // words of the vocabulary
	Targets      []string `toml:"targets"`      // patterns for their targets, * for anything: "*.test", "User:*"
	Certainty    string   `toml:"certainty"`    // they are at least that sure; "likely" unless said
	Unasked      bool     `toml:"unasked"`      // they happen on load or on a timer
	Gained       bool     `toml:"gained"`       // the reader did not agree to them: they are new

	Unread    bool     `toml:"unread"` // no analysis has read it
	ScoreFrom int      `toml:"score_from"`
	Kinds     []string `toml:"kinds"`
	Authors   []string `toml:"authors"`
	Review    []string `toml:"review"`
	PeopleTo  int      `toml:"people_below"`
	People    int      `toml:"people_from"`

	Runners []string `toml:"runners"`
	Rights  []string `toml:"rights"` // the reader holds one of them
	Own     *bool    `toml:"own"`
	Pinned  *bool    `toml:"pinned"`

	Then    string `toml:"then"`
	Because string `toml:"because"`
}

// Bounds on what operators write: against accidents.
const (
	maxRules = 500
	maxList  = 200
	maxText  = 500 // bytes of a name or a reason
)

var certainties = []string{string(capability.Possible), string(capability.Likely), string(capability.Certain)}

// check lists everything that is wrong with a rule.
func (r *Rule) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	one := func(field, text string, known []string) {
		if !slices.Contains(known, text) {
			bad("%s = %q: write %s", field, text, either(known))
		}
	}
	all := func(field string, list, known []string) {
		if len(list) > maxList {
			bad("%s has %d entries, at most %d", field, len(list), maxList)
			return
		}
		for _, text := range list {
			one(field, text, known)
		}
	}
	all("capabilities", r.Capabilities, vocabulary())
	all("kinds", r.Kinds, words(UserScript, Gadget, SiteCode, OtherPage, Farm))
	all("authors", r.Authors, words(Unknown, Unconfirmed, Confirmed, Trusted, Blocked))
	all("review", r.Review, words(Unreviewed, Waiting, Approved, Rejected))
	all("runners", r.Runners, words(AnonymousReader, Reader, Powerful))
	one("then", r.Then, words(Allow, Warn, Confirm, Refuse))
	if r.Certainty != "" {
		one("certainty", r.Certainty, certainties)
	}
	if r.Then == string(Allow) && (len(r.Capabilities) > 0 || r.Gained) {
		bad("a rule that allows cannot name capabilities: it would let through whatever else the script can do")
	}
	if len(r.Targets) > 0 && len(r.Capabilities) == 0 {
		bad("targets without capabilities: say whose targets, for instance capabilities = [\"network\"]")
	}
	if (r.Unasked || r.Certainty != "") && len(r.Capabilities) == 0 && !r.Gained {
		bad("unasked and certainty speak about capabilities: name some")
	}
	if r.Unread && (len(r.Capabilities) > 0 || r.Gained || r.ScoreFrom > 0) {
		bad("unread: a script that nobody has read has no capabilities and no score, so this never fits")
	}
	if r.ScoreFrom < 0 || r.ScoreFrom > 100 {
		bad("score_from = %d: scores are 0 to 100", r.ScoreFrom)
	}
	if r.People < 0 || r.PeopleTo < 0 || r.PeopleTo > 0 && r.People >= r.PeopleTo {
		bad("people_from = %d and people_below = %d leave nobody", r.People, r.PeopleTo)
	}
	if len(r.Targets) > maxList || len(r.Rights) > maxList {
		bad("targets and rights have at most %d entries", maxList)
	}
	if len(r.Name) > maxText || len(r.Because) > maxText {
		bad("name and because are at most %d bytes", maxText)
	}
	if r.Name == "" {
		bad("name is missing: readers and the log are told which rule decided")
	}
	if r.Because == "" && r.Then != string(Allow) {
		bad("because is missing: say to the reader, in a sentence, why")
	}
	return errors.Join(errs...)
}

func words[T ~string](list ...T) []string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = string(w)
	}
	return texts
}

func vocabulary() []string { return words(capability.Names()...) }

// either is a list for an error: "a", "b" or "c".
func either(list []string) string {
	quoted := make([]string, len(list))
	for i, w := range list {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
