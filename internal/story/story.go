// Package story tells people what scripts did in the sandbox: in order, as whom, where, when; then what is wrong with it, whom they
// contacted, and what they can do. As text for a terminal, and as one HTML page that asks for nothing and runs nothing.
//
// Package trace has what there is to tell, and JSON of it. All names and texts in it come from strangers: none may draw on
// a terminal or act in a page.
package story

import (
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/output"
	"sallyport/internal/trace"
)

// most is the number of people or pages that are named before the rest is counted.
const most = 3

// who names people and pages: "editor, sysop and 4 more".
func who(names []string) string {
	shown := names
	if len(names) > most+1 {
		shown = names[:most]
	}
	var out []string
	for _, n := range shown {
		out = append(out, output.Visible(n))
	}
	switch more := len(names) - len(shown); {
	case more > 0:
		return strings.Join(out, ", ") + fmt.Sprintf(" and %d more", more)
	case len(out) > 1:
		return strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
	}
	return strings.Join(out, "")
}

// scenes are what there is to tell. Of what happened behind a turned condition, that is what did not happen anyway.
func scenes(r *trace.Report) []trace.Scene {
	var out []trace.Scene
	told := map[string]bool{}
	for _, s := range r.Story {
		if s.Stage == trace.Forced {
			s.Acts = slices.DeleteFunc(slices.Clone(s.Acts), func(act string) bool { return told[act] })
		} else {
			for _, act := range s.Acts {
				told[act] = true
			}
		}
		if len(s.Acts) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// heading says as whom, where and when a scene took place.
func heading(s trace.Scene) string {
	var parts []string
	if len(s.Personas) > 0 {
		parts = append(parts, "As "+who(s.Personas))
	}
	if len(s.Pages) > 0 {
		parts = append(parts, "on "+who(s.Pages))
	}
	parts = append(parts, cause(s))
	line := strings.Join(parts, ", ")
	return strings.ToUpper(line[:1]) + line[1:]
}

func cause(s trace.Scene) string {
	switch {
	case s.Stage == trace.Forced && s.Gate != nil:
		return "reachable only if this is turned: " + condition(s.Gate)
	case s.Stage == trace.Forced:
		return "reachable only if a condition is turned"
	case s.Trigger == capability.OnLoad:
		return "when the page loads"
	case s.Trigger == capability.OnTimer:
		return "when time passes"
	case s.Trigger == capability.OnClick:
		return "when the script's own buttons are pressed"
	case s.Trigger == capability.OnConfirmation:
		return "when its question is answered"
	}
	return "at some time"
}

// condition is a turned condition with its place.
func condition(t *trace.Turned) string {
	line := output.Visible(short(t.Text, 160))
	if t.Line > 0 {
		line += fmt.Sprintf(" (line %d)", t.Line)
	}
	return line
}

// evidence says what a report stands on.
func evidence(r *trace.Report, isolation string) string {
	v := r.Visits
	line := fmt.Sprintf("%s as %s on %s; %d of %s ran (%d %%)", output.Plural(v.Runs, "run"), output.Plural(len(v.Personas), "persona"), output.Plural(len(v.Pages), "page"),
		r.Functions.Ran, output.Plural(r.Functions.Total, "function"), int(r.Coverage*100+0.5))
	if v.Invalid > 0 {
		line += fmt.Sprintf("; %d came to no end", v.Invalid)
	}
	if v.Baselines == 0 {
		line += "; no page was seen without the script"
	}
	if isolation != "" {
		line += "; isolation " + output.Visible(isolation)
	}
	return line
}

// certainty is a capability as a reader sees it, with how it came to be known.
func certainty(c trace.Capability) string {
	line := output.Visible(c.Sentence())
	if c.Stage == trace.Forced {
		line += " [possible, only if a condition is turned]"
	} else if c.Certainty != capability.Certain {
		line += " [" + output.Visible(string(c.Certainty)) + "]"
	}
	return line
}

// sent says what went to a host.
func sent(h trace.HostRow) string {
	line := output.Visible(h.Host + " (" + h.How + ")")
	if h.When != "" {
		line += ", " + output.Visible(h.When)
	}
	if len(h.Sent) > 0 {
		line += "; it was sent " + output.Visible(trace.Secrets(h.Sent))
	}
	return line
}

func loaded(i trace.ImportRow) string {
	line := output.Visible(i.Target)
	if !i.Resolved {
		line += " (not at hand: a placeholder stood in for it)"
	}
	return line
}

// short keeps the beginning of a text.
func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
