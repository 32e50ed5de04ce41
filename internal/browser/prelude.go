package browser

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// preludeSource comes first in every document: it takes the binding out of the page's sight, says hello, and runs the scripts.
//
//go:embed prelude.js
var preludeSource string

// workerSource does so in workers, and moves their clock, which the browser's virtual time does not.
//
//go:embed worker.js
var workerSource string

// preludes are the instrumentation of documents and of workers.
func preludes(binding string, scripts []string) (document, worker string) {
	name, _ := json.Marshal(binding)
	var calls strings.Builder
	for _, s := range scripts {
		calls.WriteString("try { (" + s + "\n)(emit); } catch (error) { send('x' + error); }\n")
	}
	fill := strings.NewReplacer(`"BINDING"`, string(name), "/* SCRIPTS */", calls.String())
	return fill.Replace(preludeSource), fill.Replace(workerSource)
}
