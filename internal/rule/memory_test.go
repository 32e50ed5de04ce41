package rule_test

import (
	"encoding/json"
	"math/rand/v2"
	"sync"
	"testing"

	"sallyport/internal/rule"
)

// Memory goes from script to script and from worker to worker: nothing of one script may come up in another.
func TestFindingsAreTheSameWhateverWasAnalysedBeforeAndBeside(t *testing.T) {
	list := append(snippets(t, "hostile"), snippets(t, "harmless")...)
	answer := func(i int) string {
		text, err := json.Marshal(rule.Analyse(list[i].name, []byte(list[i].text)))
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	first := make([]string, len(list))
	for i := range list {
		first[i] = answer(i)
	}
	var workers sync.WaitGroup
	for seed := range uint64(4) {
		workers.Go(func() {
			for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(len(list)) {
				if got := answer(i); got != first[i] {
					t.Errorf("%s: %s\nfirst: %s", list[i].name, got, first[i])
				}
			}
		})
	}
	workers.Wait()
}
