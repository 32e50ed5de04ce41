package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"sallyport/internal/browser"
	"sallyport/internal/sandbox"
)

// halvesRecord keeps what was seen the last time, a script a line: it is dear to see again.
const halvesRecord = "testdata/halves.jsonl"

// halvesOnly says which scripts to look at: those whose "set/name" a regular expression matches. With "new " before it, those of them alone
// of which too little is recorded. The others keep their line. Empty is all of them.
const halvesOnly = "SALLYPORT_HALVES"

// BenchmarkSallyHalves reads and runs every script of the sets, and says what each half misses and the other sees. UPDATE=1 keeps it and
// writes docs/static-and-dynamic.md.
func BenchmarkSallyHalves(b *testing.B) {
	b.ReportMetric(0, "ns/op")
	if _, err := browser.Find(); err != nil {
		b.Skip(err)
	}
	all, todo := agenda(b, os.Getenv(halvesOnly))
	lookAtAll(b, all, slices.DeleteFunc(slices.Clone(todo), func(i int) bool { return all[i].Runs > 0 }), sandbox.Quick)
	lookAtAll(b, all, slices.DeleteFunc(todo, func(i int) bool { return all[i].enough() }), sandbox.Standard)
	if b.Failed() {
		b.FailNow()
	}
	all = slices.DeleteFunc(all, func(l looked) bool { return l.Runs == 0 })
	for i := range all { // the text is cheap to read again
		all[i].Read = read(all[i].snippet)
	}
	page := halvesPage(b, all)
	_, _ = os.Stdout.WriteString(page)
	if os.Getenv("UPDATE") == "1" {
		record(b, all)
		keepReasons(b, all)
		if err := os.WriteFile(halvesDocument, []byte(page), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

// agenda is every script of the sets, with what is recorded of it, and which of them are to be looked at.
func agenda(b *testing.B, only string) (all []looked, todo []int) {
	b.Helper()
	only, fresh := strings.CutPrefix(only, "new ")
	pattern, err := regexp.Compile(only)
	if err != nil {
		b.Fatal(err)
	}
	before := map[string]looked{}
	for _, l := range recorded(b) {
		before[l.Set+l.Name+l.SHA256] = l
	}
	for _, set := range halvesSets {
		for _, s := range snippets(b, set.name) {
			l := before[s.Set+s.Name+s.SHA256]
			l.snippet = s
			if pattern.MatchString(s.Set + "/" + s.Name) {
				if !fresh {
					l = looked{snippet: s}
				}
				if !l.enough() {
					todo = append(todo, len(all))
				}
			}
			all = append(all, l)
		}
	}
	return all, todo
}

// lookAtAll looks at some of the scripts, two at a time. What was seen is kept at once: it takes an hour.
func lookAtAll(b *testing.B, all []looked, todo []int, tier sandbox.Tier) {
	b.Helper()
	proof := &browser.Proof{}
	var mu sync.Mutex
	var group sync.WaitGroup
	work := make(chan int)
	for range abreast {
		group.Go(func() {
			for i := range work {
				l, err := look(b.Context(), all[i].snippet, tier, proof)
				if err != nil {
					b.Errorf("%s/%s: %v", all[i].Set, all[i].Name, err)
					continue
				}
				mu.Lock()
				all[i] = l
				if os.Getenv("UPDATE") == "1" {
					record(b, all)
				}
				mu.Unlock()
				fmt.Fprintf(os.Stderr, "%s/%s: %s after %d runs\n", l.Set, l.Name, l.Verdict, l.Runs)
			}
		})
	}
	for _, i := range todo {
		work <- i
	}
	close(work)
	group.Wait()
}

// recorded is what was seen the last time.
func recorded(t testing.TB) []looked {
	t.Helper()
	text, err := os.ReadFile(halvesRecord)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var all []looked
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		var l looked
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

func record(t testing.TB, all []looked) {
	t.Helper()
	var text bytes.Buffer
	for _, l := range all {
		if l.Runs == 0 {
			continue // it could not be looked at
		}
		if err := json.NewEncoder(&text).Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(halvesRecord, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
