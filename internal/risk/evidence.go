package risk

import (
	"fmt"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

// evidence is everything that says how likely harm is.
func (s *Subject) evidence() []item {
	var out []item
	if s.Read == nil {
		out = append(out, item{Reason: Reason{Kind: ByFinding, Name: NotRead, Says: "nobody has read it"}, weight: weightNotRead, do: "have it read"})
	}
	for _, half := range []*finding.Script{s.Read, s.Run} {
		if half == nil {
			continue
		}
		places := 1
		if half == s.Run && s.Read != nil {
			places = 0 // the same ones, most likely
		}
		out = append(out, findings(half, places)...)
		out = append(out, capabilities(half.Capabilities)...)
	}
	out = append(out, s.smuggling()...)
	out = append(out, imports(s.all())...)
	return append(out, s.Facts.Origin.evidence()...)
}

// all are the capabilities of both halves.
func (s *Subject) all() (all []capability.Capability) {
	for _, half := range []*finding.Script{s.Read, s.Run} {
		if half != nil {
			all = append(all, half.Capabilities...)
		}
	}
	return all
}

// findings makes an item of each finding; those that an operator accepts do not count. Places is
// what each adds to their number.
func findings(s *finding.Script, places int) []item {
	var out []item
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Suppressed != nil || f.Severity < finding.Note || f.Severity > finding.Critical {
			continue
		}
		if weight := classOf(f.Rule)[f.Severity]; weight > 0 {
			out = append(out, item{
				Reason: Reason{Kind: ByFinding, Name: f.Rule, Says: f.Message, Line: f.Span.Start.Line, Count: places},
				weight: weight, again: again, do: "resolve what " + f.Rule + " found",
			})
		}
	}
	return out
}

// capabilities makes an item of the worst of each name.
func capabilities(all []capability.Capability) []item {
	worst := map[capability.Name]int{}
	for i := range all {
		if at, had := worst[all[i].Name]; !had || weigh(&all[i]) > weigh(&all[at]) {
			worst[all[i].Name] = i
		}
	}
	var out []item
	for at := range all {
		c := &all[at]
		if worst[c.Name] != at || weigh(c) == 0 {
			continue
		}
		i := item{Reason: Reason{Kind: ByCapability, Name: string(c.Name), Says: c.Sentence(), Line: c.Line, Capability: c}, weight: weigh(c)}
		if deed, acts := strings.CutPrefix(capability.Capability{Name: c.Name}.Sentence(), "can "); acts {
			asked := *c
			asked.Trigger = capability.OnConfirmation
			i.do, i.better = "let it "+deed+" only when the reader confirms", weigh(&asked)
		}
		out = append(out, i)
	}
	return out
}

// weigh is the weight of a capability as it is: by what sets it off, and how sure that is.
func weigh(c *capability.Capability) float64 {
	weight, always := weightOf(c.Name)
	if !always {
		weight *= byTrigger(c.Trigger)
	}
	return weight * byCertainty(c.Certainty)
}

// smuggling is being able to read a secret and to send something out, when no analysis has seen that it does.
func (s *Subject) smuggling() []item {
	secret, out := 0.0, 0.0
	for _, c := range s.all() {
		secret = max(secret, secrecy(c.Name)*byCertainty(c.Certainty))
		if c.Name == capability.Network || c.Name == capability.Navigate {
			out = max(out, byTrigger(c.Trigger)*byCertainty(c.Certainty))
		}
	}
	if secret*out == 0 {
		return nil
	}
	says := "reads what is secret and contacts another site"
	return []item{{Reason: Reason{Kind: ByCapability, Name: Smuggles, Says: says}, weight: smuggles * secret * out}}
}

// evidence says what is known, or not, of who keeps the script.
func (o *Origin) evidence() []item {
	out := append(o.Author.evidence(), o.Page.evidence()...)
	k := o.Keepers
	if !k.Known {
		out = append(out, origin(OriginKeepersUnknown, weightNoKeepers, 0, "nobody knows how many people can change what you run"))
	}
	if k.People > 0 {
		weight := min(weightOpen, weightKeeper*tens(k.People))
		out = append(out, origin(OriginKeepers, weight, k.People, counted(k.People)+" can change what you run"))
	}
	if k.Open {
		out = append(out, origin(OriginOpen, weightOpen, 0, "anybody can change what you run"))
	}
	return out
}

func origin(name string, weight float64, count int, says string) item {
	return item{Reason: Reason{Kind: ByOrigin, Name: name, Says: says, Count: max(count, 0)}, weight: weight}
}

func (a *Author) evidence() (out []item) {
	switch {
	case !a.Known:
		return []item{origin(OriginAuthorUnknown, weightNoAuthor, 0, "nothing is known about the author")}
	case a.Temporary:
		out = append(out, origin(OriginTemporary, weightTemporary, 0, "the author has no account of their own"))
	case a.Trusted:
	case a.Days < newDays:
		out = append(out, origin(OriginNew, weightNew, a.Days, fmt.Sprintf("the author's account is %d days old", max(a.Days, 0))))
	case a.Days < youngDays:
		out = append(out, origin(OriginNew, weightYoung, a.Days, fmt.Sprintf("the author's account is %d days old", a.Days)))
	}
	if a.Blocked {
		out = append(out, origin(OriginBlocked, weightBlocked, 0, "the author is blocked"))
	}
	return out
}

func (p *Page) evidence() (out []item) {
	if !p.Known {
		return []item{origin(OriginPageUnknown, weightNoPage, 0, "nothing is known about the page it is kept on")}
	}
	if p.Open {
		i := origin(OriginOpen, weightOpen, 0, "anybody can edit its page")
		i.do, i.better = "keep it on a page that only its author can edit", 0
		out = append(out, i)
	}
	says := fmt.Sprintf("it changed hands %d days ago", max(p.HandsDays, 0))
	switch {
	case p.NewHands && p.HandsDays < newDays:
		out = append(out, origin(OriginHands, weightFreshHands, p.HandsDays, says))
	case p.NewHands && p.HandsDays < youngDays:
		out = append(out, origin(OriginHands, weightNewHands, p.HandsDays, says))
	}
	return out
}
