package risk

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

// This file is the whole table: every number that a score is made of stands here, with the reason for it. A weight is the
// chance that running the script does harm if this were all that is known.

// Level is a score in a word.
type Level string

// Levels, from where they begin. Severe is where a cautious wiki refuses: beyond it no honest script of the developers' corpus
// stands without a written reason (testdata/readings.tsv).
const (
	Low      Level = "low"
	Moderate Level = "moderate"
	High     Level = "high"
	Severe   Level = "severe"

	ModerateFrom = 20
	HighFrom     = 40
	SevereFrom   = 60
)

// LevelOf is the word for a score.
func LevelOf(score int) Level {
	switch {
	case score >= SevereFrom:
		return Severe
	case score >= HighFrom:
		return High
	case score >= ModerateFrom:
		return Moderate
	}
	return Low
}

// leastRadius is what is left of the likelihood for a script that nobody runs: somebody may switch it on tomorrow, and
// whoever asks for the score is about to.
const leastRadius = 0.7

// class is how much a finding weighs, by severity from note to critical.
type class [finding.Critical + 1]float64

var (
	// acts: the script itself does it. Critical rules of this kind speak of what no honest script does; what is high has an
	// honest use now and then, and what is medium often has.
	acts = class{0, 0.03, 0.20, 0.60, 0.85}
	// opens: the script lets others do it. That is a mistake, and somebody has to come and use it.
	opens = class{0, 0.02, 0.10, 0.22, 0.40}
	// loads: what imports say below high is counted as an import.
	loads = class{0, 0, 0, 0.22, 0.40}
	// hides: nobody could read it, or not all of it.
	hides = class{0, 0.02, 0.20, 0.20, 0.20}
	// advises: bad style is no danger.
	advises = class{}
)

// classOf is the class of a rule. One that is not listed is an operator's own, which was written to be heeded.
func classOf(rule string) class {
	switch rule {
	case "eval", "dom-html", "url", "css-leak", "style-text", "markup", "strip-tags", "regexp", "no-token", "outside-host", "prototype":
		return opens
	case "imports":
		return loads
	case "opaque", "not-analysed":
		return hides
	case "deprecated", "sync-xhr", "document-write", "dependencies", "hosts", "secrets":
		return advises // what hosts and secrets remark on is counted as a capability
	}
	return acts
}

// again is the share that the next place of the same rule weighs, and the next import: ten mistakes of a kind are worse
// than one, not ten times as bad.
const again = 0.5

// weightOf is how much a capability weighs when it is certain and happens on load; always says that what sets it off
// makes no difference, because it is not an act of a moment.
func weightOf(name capability.Name) (weight float64, always bool) {
	switch name {
	case capability.WriteSiteCode, capability.WriteOtherCode, capability.Rights:
		return 0.50, false // a single run is enough to take over a wiki
	case capability.Account, capability.WriteOwnCode:
		return 0.40, false // a single run is enough to take over an account, or to stay
	case capability.CredentialRead:
		return 0.35, true // a password is not for scripts
	case capability.WritePage, capability.Delete, capability.Block, capability.Protect, capability.ImportPages, capability.Move, capability.Upload:
		return 0.25, false // can be undone; tools do it when they are asked to, and hardly any does it by itself
	case capability.Persist, capability.Dormant:
		return 0.15, true // honest uses are rare
	case capability.Eval, capability.Opaque, capability.Keys, capability.CookieRead, capability.Navigate, capability.HideUI:
		return 0.05, true // seen in honest scripts, more often in others
	case capability.Network:
		return 0.04, false // tells a stranger who reads what
	case capability.TokenRead, capability.DOMHTML, capability.Storage:
		return 0.01, true // what most tools do
	case capability.Import:
		return 0, true // counted by whose code it is: see weightOfImport
	}
	return 0.10, true // a word that this version does not know
}

// byTrigger is the share of a capability's weight that is left by what sets it off.
func byTrigger(t capability.Trigger) float64 {
	switch t {
	case capability.OnLoad, capability.OnTimer:
		return 1
	case capability.OnClick:
		return 0.15 // somebody asked for it, if the button says what it does
	case capability.OnConfirmation:
		return 0.10
	}
	return 0.40 // not known
}

// byCertainty is the share that is left by how sure the analysis is.
func byCertainty(c capability.Certainty) float64 {
	switch c {
	case capability.Possible:
		return 0.4
	case capability.Likely:
		return 0.8
	}
	return 1
}

// smuggles weighs being able both to read a secret and to send it out, when no analysis saw it sent. Multiplied by how secret
// it is, and by what sets off the sending.
const smuggles = 0.20

func secrecy(name capability.Name) float64 {
	switch name {
	case capability.CredentialRead:
		return 1
	case capability.CookieRead, capability.Keys, capability.TokenRead:
		return 0.5
	}
	return 0
}

// weightOfImport is the chance that the code that is loaded, or will be loaded one day, is not what it was.
func weightOfImport(whose Whose, fixed bool) float64 {
	if fixed {
		return 0.01 // it says what it said when somebody looked
	}
	switch whose {
	case OfSite:
		return 0.01 // whoever can change that can change what runs for everybody anyway
	case OfLibraries:
		return 0.02
	case OfPerson, OfOtherWiki, OfPage:
		return 0.05 // one account away
	case OfHost:
		return 0.10 // outside the wiki, nobody sees it change
	case OfAnybody, OfPlainHTTP:
		return 0.15
	}
	return 0.08 // computed: it may be any of these
}

// What is known of who keeps the script.
const (
	weightBlocked      = 0.35 // somebody had a reason to block the author
	weightTemporary    = 0.20 // nobody who comes back
	weightNew          = 0.12 // an account younger than newDays
	weightYoung        = 0.04 // younger than youngDays
	weightOpen         = 0.25 // anybody can change what you run
	weightFreshHands   = 0.15 // it changed hands within newDays: the most usual way in which good scripts turn bad
	weightNewHands     = 0.05 // within youngDays
	weightKeeper       = 0.01 // for each time that the people who can change it grow tenfold
	weightNoAuthor     = 0.03 // not known: nearer to a good name than to a bad one
	weightNoPage       = 0.02
	weightNoKeepers    = 0.03
	weightNotRead      = 0.40 // nothing is known about what it does: more than any honest script weighs, and no accusation
	newDays, youngDays = 30, 180
)

// How far harm would reach.
const (
	weightAudience  = 0.50 // not known: as for about a hundred people with an administrator among them
	weightPeople    = 0.10 // for each time that the people who run it grow tenfold
	mostPeople      = 0.50
	weightWikis     = 0.05 // for each time that the wikis grow tenfold
	mostWikis       = 0.20
	weightPowerful  = 0.05 // for each time that the powerful among them grow tenfold, besides the power itself
	mostPowerful    = 0.15
	weightPatrols   = 0.15
	weightDeletes   = 0.35
	weightEditsCode = 0.60 // what it does reaches everybody
	weightRights    = 0.65
)
