package pattern_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// Each file in testdata/operators is about one operator: rules, and scripts whose comments say what they find. A file
// messages holds what is said, line by line.
func TestOperatorsDoWhatTheirExamplesSay(t *testing.T) {
	checks := 0
	for name, a := range archives(t, "testdata/operators/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { checks += checkArchive(t, name, a) })
	}
	t.Logf("%d annotations", checks)
	if checks < 60 {
		t.Errorf("only %d annotations are checked", checks)
	}
}
