package bench

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/capability"
	"sallyport/internal/trace"
)

const (
	// halvesDocument is the page for readers.
	halvesDocument = "../../docs/static-and-dynamic.md"
	// halvesReasons are sentences by people who looked at what only one half sees: script, rule, reason.
	halvesReasons = "testdata/halves.tsv"
)

// tally counts what is expected of one class, and who sees it.
type tally struct {
	expected, read, ran, both, onlyRead, onlyRan, neither, turned int
}

func (t *tally) add(read, ran, turned bool) {
	t.expected++
	for _, one := range []struct {
		is bool
		n  *int
	}{{read, &t.read}, {ran, &t.ran}, {read && ran, &t.both}, {read && !ran, &t.onlyRead}, {ran && !read, &t.onlyRan}, {!read && !ran, &t.neither}, {turned, &t.turned}} {
		if one.is {
			*one.n++
		}
	}
}

func (t *tally) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, t.expected, t.read, t.ran, t.both, t.onlyRead, t.onlyRan, t.neither, t.turned)
}

// miss is an expectation that not both halves met.
type miss struct {
	name, rule, who string
}

// halvesPage is docs/static-and-dynamic.md.
func halvesPage(t testing.TB, all []looked) string {
	t.Helper()
	var b strings.Builder
	classes, total, misses := count(all)
	hostile := of(all, "hostile")
	fmt.Fprintf(&b, halvesHead, len(hostile), total.expected, total.read, total.ran, total.expected-total.neither)
	fmt.Fprintf(&b, halvesTiers, tiers(hostile)...)
	b.WriteString("| what is expected | expected | read | run | both | only read | only run | neither | run only when turned |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, name := range sortedKeys(classes) {
		b.WriteString(classes[name].row("`" + name + "`"))
	}
	b.WriteString(total.row("all"))
	b.WriteString(halvesTold)
	reasons := reasonsFor(t)
	for _, who := range []string{"only read", "only run", "neither"} {
		writeMisses(&b, who, misses, reasons)
	}
	b.WriteString("\n## Scripts that do no harm\n\nFor the reading, high and critical findings are alarms. For the sandbox, the verdict is.\n\n" +
		"| set | scripts | alarms of the reading | hostile | suspicious | unknown |\n|---|--:|--:|--:|--:|--:|\n")
	for _, set := range []string{"harmless", "twins"} {
		writeHarmless(&b, set, of(all, set))
	}
	writeAlarms(&b, all, reasons)
	writeAsleep(&b, of(all, "asleep"), len(snippets(t, "asleep")))
	writeCapabilities(&b, all)
	return b.String()
}

const halvesHead = `# What reading sees, and what running sees

` + "`sallyport scan`" + ` reads a script; ` + "`sallyport detonate`" + ` runs it where it can hurt nobody. Each is blind where the other sees. This page is
measured, not estimated: ` + "`make bench-halves`" + ` puts every snippet with which the rules are proved through both halves, and writes it.

The hostile snippets were written for the reading, which was made until it found all of them; the sleeping scripts further down were written
for the sandbox. Each half plays at home once. Most of what running misses, it misses because the pretend wiki lacks what the snippet
asks for: a page, a list, a form.

%d hostile scripts, %d expectations: reading meets %d of them, running %d, one or the other %d.

`

const halvesTiers = `%d of them showed it within the ten runs of a quick look. Of the others, %d were given the eighty runs of a standard one, and %d were not yet.

`

// tiers counts scripts by how long they were looked at.
func tiers(hostile []looked) []any {
	quick, standard, pending := 0, 0, 0
	for _, l := range hostile {
		switch {
		case awake(l.snippet, l.Run) && l.Runs <= 12: // two may be under way when it is seen
			quick++
		case l.enough():
			standard++
		default:
			pending++
		}
	}
	return []any{quick, standard, pending}
}

const halvesTold = `
An expectation is a rule that a script was written for. It is met by reading when that rule speaks at high or critical. It is met by
running when the sandbox tells the same deed at medium or more, under the same name or, where the reading has a word for how a script is
written rather than for what it does, under that of the deed: *obfuscation* and *dormant* by whatever the script did once it was
unfolded or awake, *random-page* and *mass-action* by the edits, *leak* also by keys that left. *Run only when turned* are those that
were seen only behind a condition that the sandbox turned: possible, not seen to happen.
`

func of(all []looked, set string) []looked {
	return slices.DeleteFunc(slices.Clone(all), func(l looked) bool { return l.Set != set })
}

func count(all []looked) (classes map[string]*tally, total tally, misses []miss) {
	classes = map[string]*tally{}
	for _, l := range of(all, "hostile") {
		for _, want := range l.Expect {
			if classes[want] == nil {
				classes[want] = &tally{}
			}
			read := slices.Contains(l.Read.Rules, want)
			ran, turned := l.Run.sees(want)
			classes[want].add(read, ran, turned)
			total.add(read, ran, turned)
			if who := map[[2]bool]string{{true, false}: "only read", {false, true}: "only run", {false, false}: "neither"}[[2]bool{read, ran}]; who != "" {
				misses = append(misses, miss{l.Name, want, who})
			}
		}
	}
	return classes, total, misses
}

func sortedKeys[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func writeMisses(b *strings.Builder, who string, misses []miss, reasons map[[2]string]string) {
	mine := slices.DeleteFunc(slices.Clone(misses), func(m miss) bool { return m.who != who })
	if len(mine) == 0 {
		return
	}
	title := map[string]string{"only read": "What only reading sees", "only run": "What only running sees", "neither": "What neither sees"}[who]
	fmt.Fprintf(b, "\n## %s\n\n| script | expected | why |\n|---|---|---|\n", title)
	for _, m := range mine {
		fmt.Fprintf(b, "| %s | `%s` | %s |\n", m.name, m.rule, reasons[[2]string{m.name, m.rule}])
	}
}

func writeHarmless(b *strings.Builder, set string, all []looked) {
	if len(all) == 0 {
		return
	}
	alarms := 0
	verdicts := map[trace.Verdict]int{}
	for _, l := range all {
		verdicts[l.Verdict]++
		if len(l.Read.Rules) > 0 {
			alarms++
		}
	}
	name := map[string]string{"harmless": "what honest gadgets do", "twins": "harmless twins of sleeping scripts"}[set]
	fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d |\n", name, len(all), alarms, verdicts[trace.Hostile], verdicts[trace.Suspicious], verdicts[trace.Unknown])
}

// alarming says whether one of the halves raised a false alarm.
func (l *looked) alarming() bool {
	return l.harmless() && (len(l.Read.Rules) > 0 || l.Verdict == trace.Hostile || l.Verdict == trace.Suspicious)
}

// writeAlarms lists what should have stayed silent.
func writeAlarms(b *strings.Builder, all []looked, reasons map[[2]string]string) {
	first := true
	for _, l := range all {
		if !l.alarming() {
			continue
		}
		if first {
			b.WriteString("\n| script | reading | running | why |\n|---|---|---|---|\n")
			first = false
		}
		said := string(l.Verdict)
		if len(l.Run.Rules) > 0 {
			said += ": " + strings.Join(l.Run.Rules, ", ")
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", l.Name, strings.Join(l.Read.Rules, ", "), said, reasons[[2]string{l.Name, "alarm"}])
	}
}

func writeAsleep(b *strings.Builder, all []looked, there int) {
	if len(all) == 0 {
		return
	}
	var t tally
	var ran []string
	for _, l := range all {
		awake := len(l.Run.Rules) > 0
		t.add(len(l.Read.Rules) > 0, awake, awake && len(l.Run.Rules) == len(l.Run.Forced))
		if awake && len(l.Read.Rules) == 0 {
			ran = append(ran, l.Name)
		}
	}
	fmt.Fprintf(b, "\n## Scripts that sleep\n\nThey wait for something: a date, a person, a third click (`internal/sandbox/testdata/dormant`). Any alarm counts. %d of %d have been looked at.\n\n", t.expected, there)
	b.WriteString("| | expected | read | run | both | only read | only run | neither | run only when turned |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	b.WriteString(t.row("asleep"))
	if len(ran) > 0 {
		fmt.Fprintf(b, "\nOnly running sees: %s.\n", strings.Join(ran, ", "))
	}
}

// writeCapabilities counts scripts of all sets by what either half says they can do.
func writeCapabilities(b *strings.Builder, all []looked) {
	b.WriteString("\n## What scripts can do, by who saw it\n\nScripts of all sets above. The reading also counts what a script would only do if something happened; the sandbox only what did.\n\n" +
		"| capability | scripts | both | only read | only run |\n|---|--:|--:|--:|--:|\n")
	for _, name := range capability.Names() {
		var t tally
		for _, l := range all {
			read, ran := slices.Contains(l.Read.Can, name), slices.Contains(l.Run.Can, name)
			if read || ran {
				t.add(read, ran, false)
			}
		}
		if t.expected > 0 {
			fmt.Fprintf(b, "| `%s` | %d | %d | %d | %d |\n", name, t.expected, t.both, t.onlyRead, t.onlyRan)
		}
	}
}

// reasonsFor gives the sentence for a script and a rule.
func reasonsFor(t testing.TB) map[[2]string]string {
	t.Helper()
	out := map[[2]string]string{}
	for _, row := range reasonRows(t) {
		out[[2]string{row[0], row[1]}] = row[2]
	}
	return out
}

func reasonRows(t testing.TB) [][]string {
	t.Helper()
	f, err := os.Open(halvesReasons)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, 3
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// applies says whether a reason is for something that not both halves see, or for a false alarm.
func applies(all []looked, row []string) bool {
	_, _, misses := count(all)
	return slices.ContainsFunc(misses, func(m miss) bool { return m.name == row[0] && m.rule == row[1] }) ||
		row[1] == "alarm" && slices.ContainsFunc(all, func(l looked) bool { return l.Name == row[0] && l.alarming() })
}

// keepReasons drops those that are out of date.
func keepReasons(t testing.TB, all []looked) {
	t.Helper()
	text := "script\trule\treason\n"
	for _, row := range reasonRows(t) {
		if applies(all, row) {
			text += strings.Join(row, "\t") + "\n"
		}
	}
	if err := os.WriteFile(halvesReasons, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
