package trace

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport/internal/capability"
)

// Scene is part of the story: what happened to the same people on the same pages, by the same cause.
type Scene struct {
	Stage    Stage              `json:"stage"`
	Trigger  capability.Trigger `json:"trigger,omitempty"`
	Personas []string           `json:"personas"`
	Pages    []string           `json:"pages"`
	Gate     *Turned            `json:"gate,omitempty"`
	Acts     []string           `json:"acts"` // sentences without a subject, in the order in which they happened
}

// maxScenes and maxActs keep the story one that a person reads.
const (
	maxScenes = 60
	maxActs   = 40
)

// deed is one act with everything that goes with it.
type deed struct {
	cause
	says     string
	personas []string
	pages    []string
	order    int
}

type cause struct {
	stage   Stage
	trigger capability.Trigger
	gate    Turned
}

// tell puts the story together: the strongest stage first, then in the order of the runs.
func (p *Pass) tell(r *Report) {
	deeds := map[string]*deed{}
	for i, e := range p.events {
		says := p.sentence(e)
		if says == "" {
			continue
		}
		c := cause{stage: e.Stage, trigger: p.trigger(e)}
		if t := p.gates[e]; t != nil {
			c.gate = *t
		}
		key := fmt.Sprint(c, says)
		d := deeds[key]
		if d == nil {
			if len(deeds) >= maxRows {
				continue
			}
			d = &deed{cause: c, says: says, order: i}
			deeds[key] = d
		}
		d.personas, d.pages = oneMore(d.personas, e.Persona), oneMore(d.pages, e.Page)
	}
	r.Story = scenes(slices.SortedFunc(maps.Values(deeds), func(a, b *deed) int {
		return cmp.Or(cmp.Compare(b.stage.weight(), a.stage.weight()), cmp.Compare(a.order, b.order))
	}))
}

// scenes gathers deeds that share cause, people and pages.
func scenes(deeds []*deed) []Scene {
	out := []Scene{}
	at := map[string]int{}
	for _, d := range deeds {
		key := fmt.Sprint(d.cause, d.personas, "\x00", d.pages)
		i, had := at[key]
		if !had {
			if len(out) >= maxScenes {
				continue
			}
			i = len(out)
			at[key] = i
			out = append(out, Scene{Stage: d.stage, Trigger: d.trigger, Personas: d.personas, Pages: d.pages})
			if d.gate != (Turned{}) {
				out[i].Gate = &d.gate
			}
		}
		if len(out[i].Acts) < maxActs {
			out[i].Acts = append(out[i].Acts, d.says)
		}
	}
	return out
}

// sentence says what an event is in words; "" for what does not belong into the story.
func (p *Pass) sentence(e *Event) string {
	d := &e.Data
	switch e.Kind {
	case Request, Socket, WebTransport, Peer, Navigate:
		return p.contact(e)
	case ScriptLoad:
		if target, _ := p.importOf(e); target != "" && !e.companion() {
			return "runs code from " + target
		}
	case ScriptEval:
		return "runs text as code (" + cmp.Or(d.How, "eval") + fromWords[d.From] + ")"
	case PageWrite, APIWrite, RightsWrite:
		if !p.doubled(e) {
			return p.writes(e)
		}
	case TokenRead:
		return "reads the edit token"
	case CookieRead:
		return "reads the cookies"
	case Listen:
		if p.watchesKeys(e) {
			return "listens to " + d.Name + " on " + cmp.Or(d.On, "the page")
		}
	case Dialog:
		return strings.TrimRight("asks: "+d.Name+" "+quoted(d.Text), " ")
	case Press:
		return "(the sandbox presses " + cmp.Or(quoted(d.Text), d.Name) + ")"
	case Worker:
		return "starts a worker"
	case Persist:
		return "installs itself to stay: " + cmp.Or(d.Name, "it is not known how")
	case Conceal:
		return "hides " + cmp.Or(d.Name, "part of the page")
	case Error:
		return "fails: " + clip(d.Text, 120)
	case Limit:
		return "is stopped by a limit: " + d.Name
	}
	return ""
}

var fromWords = map[string]string{
	"fetched": ", fetched", "decoded": ", decoded", "stored": ", from storage", "page": ", from the page", "literal": "",
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "“" + clip(s, 80) + "”"
}

func (p *Pass) contact(e *Event) string {
	host := p.foreign(e)
	switch {
	case e.Kind == Peer:
		return "opens a connection to another computer (" + how(e) + ")"
	case host == "":
		return ""
	}
	line := "contacts " + host + " (" + how(e) + ")"
	if e.Kind == Navigate {
		line = "leaves for " + host
	}
	if len(e.Canary) > 0 {
		line += " and sends " + Secrets(e.Canary)
	}
	return line
}

func (p *Pass) writes(e *Event) string {
	line := strings.TrimSpace("tries to " + cmp.Or(actionWords[action(e)], "do "+action(e)+" to") + " " + e.Data.Title)
	if class := classWords[e.Data.Class]; class != "" {
		line += ", " + class
	}
	if marks := p.marks(e); len(marks) > 0 {
		line += ", and puts itself into it"
	}
	if e.Data.Answer == "denied" {
		line += " (denied)"
	}
	return line
}

var actionWords = map[string]string{
	"edit": "edit", "delete": "delete", "undelete": "undelete", "block": "block", "unblock": "unblock", "protect": "protect", "move": "move", "upload": "upload",
	"import": "import", "userrights": "change the rights of", "rollback": "roll back", "options": "change preferences", "emailuser": "send e-mail to",
	"changeauthenticationdata": "change the password", "changeemail": "change the e-mail address", "oauth": "connect an application",
}

var classWords = map[string]string{
	"site-js": "which runs for everybody", "gadget": "a gadget that runs for everybody who uses it", "other-user-js": "somebody else's code", "own-js": "the person's own code",
}
