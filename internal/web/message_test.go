package web

import (
	"testing"

	"sallyport/internal/finding"
	"sallyport/internal/gadget"
	"sallyport/internal/incident"
	"sallyport/internal/message/messagetest"
	"sallyport/internal/narrow"
	"sallyport/internal/risk"
	"sallyport/internal/rollout"
	"sallyport/internal/switches"
	"sallyport/internal/violation"
)

// said is every message of the pages.
func said() messagetest.Set {
	s := messagetest.Set{
		Files: messages, Templates: assets,
		Calls: map[string][]string{`words\.(?:HTML|Text)\((?:v\.)?lang, "([^"]+)"[,)]`: {"*"}, `return "(no-switch-[a-z]+)"`: {"*"}},
		More:  []string{"wants-all", "wants-more", "wants-unasked", "wants-granted"},
	}
	for _, to := range deeds {
		s.More = append(s.More, "switch-"+to)
	}
	for _, directive := range gadget.HostDirectives {
		s.More = append(s.More, "use-"+directive)
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
	for _, f := range []*fault{errNoPage, errNoGadget, errNoUser, errNoScript, errWikiDown, errNobody, errScript, errOld, errToken, errExpired, errMoved, errWants, errTexts, errNotKept, errByHand, errNoFree, errForm, errOurs, errUncertain, errAway, errQuestion, errOwnEyes, errNoRight} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	for _, f := range []*fault{errTooMany, errUnheardOf, errNoDecider, errNoRequest, errDecided, errNoReason} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	for _, f := range []*fault{errNoReview, errNoReviewer, errOwnText, errReviewed, errNoWhy, errNoTester, errManyTrials} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	for _, wrong := range []string{"too-many", "wrong-time", "wrong-title", "wrong-text"} {
		s.More = append(s.More, "exposure-"+wrong)
	}
	for _, f := range []*fault{errNoSwitcher, errOff, errOn, errNoSwitch, errNoTarget, errNoOffWhy, errManyOff} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	for _, kind := range switches.Kinds {
		s.More = append(s.More, "switches-wrong-"+string(kind))
	}
	s.More = append(s.More, "switches-already")
	for _, what := range rollout.Deeds() {
		s.More = append(s.More, "policy-did-"+what)
	}
	for _, n := range []violation.Noise{violation.Extension, violation.Injector, violation.Translator, violation.InApp, rollout.ByPerson} {
		s.More = append(s.More, "noise-"+string(n))
	}
	for _, f := range []*fault{errChanged, errNotNow, errNoPolicy} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	for _, name := range risk.FactNames() {
		s.More = append(s.More, "risk-"+name)
	}
	for _, level := range []risk.Level{risk.Low, risk.Moderate, risk.High, risk.Severe} {
		s.More = append(s.More, "risk-"+string(level))
	}
	for _, name := range risk.Score(risk.Subject{}).Unknown {
		s.More = append(s.More, "risk-no-"+name)
	}
	for _, key := range narrow.Keys() {
		s.More = append(s.More, "narrow-"+key)
	}
	s.More = append(s.More, "step-remove-all", "step-remove-some", "step-expire", "step-make-key", "step-second-key", "step-no-scripts")
	for _, f := range []*fault{errNoPower, errNotYet} {
		s.More = append(s.More, "error-"+f.key, "error-"+f.key+"-do")
	}
	return s
}

func TestEveryMessageIsThereInEveryLanguageAndUsed(t *testing.T) { messagetest.Check(t, said()) }

func TestNoTemplateHasWordsOfItsOwn(t *testing.T) { said().NoLooseWords(t) }
