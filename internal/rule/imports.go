package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/hosting"
)

var imports = &Rule{
	Name:     "imports",
	Severity: finding.Critical,
	CWE:      []int{829},
	Doc: `runs code from elsewhere

Code that is loaded can change at any time without a change here: whoever keeps it decides what you run. Load gadgets and
modules of your own wiki, or pin what you load: oldid= for a wiki page, a version or commit for a package, and a
copy on the wiki for anything that matters.`,
	Capabilities: []capability.Name{capability.Import},
	Run: func(p *Pass) {
		p.basis()
		for _, i := range p.imported() {
			p.Can(i.node, capability.Capability{Name: capability.Import, Target: i.target, Certainty: i.certainty(), Trigger: trigger(i.Where)})
			if i.style {
				continue
			}
			if f, ok := p.chosenByStranger(&i); ok {
				p.Way(p.Report(i.node, evalSeverity(f.Source), "%s says which code is run", sourceWord(f.Source)), f)
				continue
			}
			if f, ok := p.pageOfStranger(&i); ok {
				p.Way(p.Report(i.node, min(evalSeverity(f.Source), finding.High), "%s says whose page is run as code", sourceWord(f.Source)), f)
				continue
			}
			if s, message := i.judge(); s > finding.Note {
				p.Report(i.node, s, "%s", message)
			}
		}
	},
}

func (i *imported) certainty() capability.Certainty {
	if i.whole {
		return capability.Possible
	}
	return capability.Certain
}

// chosenByStranger says whether somebody else's text decides what is loaded.
func (p *Pass) chosenByStranger(i *imported) (flow.Flow, bool) {
	if !i.whole {
		return flow.Flow{}, false
	}
	for _, f := range p.strangers(i.from, flow.InURL) {
		return f, true
	}
	return flow.Flow{}, false
}

// judge says how bad an import is.
func (i *imported) judge() (finding.Severity, string) {
	fixed := hosting.Pinned(i.target)
	switch i.kind {
	case personalPage:
		if fixed {
			return finding.Note, ""
		}
		return finding.Low, "runs whatever " + i.target + " says at the time: its owner can change it"
	case otherWiki:
		if fixed {
			return finding.Note, ""
		}
		return finding.Low, "runs code of another wiki: " + i.target
	case thirdParty:
		s, message := i.judgeHost(fixed)
		switch {
		case i.source:
			return finding.High, "takes modules from " + i.host + ", which is not the wiki's"
		case i.split && s > finding.Note:
			return finding.High, message + "; its address stands nowhere in one piece"
		}
		return s, message
	}
	return finding.Note, ""
}

func (i *imported) judgeHost(fixed bool) (finding.Severity, string) {
	open := hosting.Open(i.host)
	switch {
	case strings.HasPrefix(i.target, "http:"):
		return finding.High, "runs code that comes without encryption: " + i.target
	case open != "" && !fixed:
		return finding.Medium, "runs code of " + i.host + ", unpinned; " + open
	case open != "":
		return finding.Low, "runs code of " + i.host + ", one version; " + open
	case hosting.Libraries(i.host):
		return finding.Low, "runs a library from " + i.host
	case !fixed:
		return finding.Medium, "runs whatever code " + plainURL(i.target) + " is at the time"
	}
	return finding.Low, "runs code of " + i.host + ", one version"
}
