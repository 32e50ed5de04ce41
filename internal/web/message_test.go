package web

import (
	"testing"

	"sallyport/internal/finding"
	"sallyport/internal/incident"
	"sallyport/internal/message/messagetest"
)

// said is every message of the pages.
func said() messagetest.Set {
	s := messagetest.Set{
		Files: messages, Templates: assets,
		Calls: map[string][]string{`words\.(?:HTML|Text)\((?:v\.)?lang, "([^"]+)"[,)]`: {"*"}, `return "(no-switch-[a-z]+)"`: {"*"}},
		More:  []string{"switch-on", "switch-off"},
	}
	for _, kind := range []string{"namespaces", "categories", "actions", "skins", "models", "rights"} {
		s.More = append(s.More, "only-"+kind)
	}
	s.More = append(s.More, "seen-read", "seen-run", "seen-both", "stage-natural", "stage-clock", "stage-explored", "stage-forced")
	for _, rule := range incident.Rules() {
		s.More = append(s.More, "incident-rule-"+string(rule))
	}
	for n := finding.Note; n <= finding.Critical; n++ {
		s.More = append(s.More, "severity-"+n.String())
	}
	for _, f := range []*fault{errNoPage, errNoGadget, errNoUser, errNoScript, errWikiDown, errNobody, errScript, errOld, errToken, errExpired, errMoved, errForm, errOurs, errUncertain, errAway, errNoRight} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	s.More = append(s.More, "step-remove-all", "step-remove-some", "step-expire", "step-make-key", "step-second-key", "step-no-scripts")
	for _, f := range []*fault{errNoPower, errNotYet} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	return s
}

func TestEveryMessageIsThereInEveryLanguageAndUsed(t *testing.T) { messagetest.Check(t, said()) }

func TestNoTemplateHasWordsOfItsOwn(t *testing.T) { said().NoLooseWords(t) }
