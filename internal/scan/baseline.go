package scan

import (
	"io"

	"sallyport/internal/finding"
)

// Baseline is what an earlier scan found: those findings are no news. A nil Baseline knows nothing.
type Baseline struct {
	left map[known]int
	all  map[string][]finding.Finding // by path
}

// known is a finding as two scans agree on it. The path belongs to it: the same mistake copied to another page is news.
type known struct{ path, fingerprint string }

// ReadBaseline reads a saved scan. Findings that the operator accepted are left out: they count again on the day their
// suppression expires.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	b := &Baseline{map[known]int{}, map[string][]finding.Finding{}}
	return b, finding.Read(r, func(s *finding.Script) error {
		for _, f := range s.Findings {
			if f.Suppressed == nil {
				b.left[known{s.Path, f.Fingerprint}]++
				f.Flow = nil
				b.all[s.Path] = append(b.all[s.Path], f)
			}
		}
		return nil
	})
}

// apply marks what the baseline has, and keeps what only the baseline has. Of three equal findings where it has two, the
// third is news.
func (b *Baseline) apply(s *finding.Script) {
	if b == nil {
		return
	}
	for i := range s.Findings {
		k := known{s.Path, s.Findings[i].Fingerprint}
		if b.left[k] > 0 {
			b.left[k]--
			s.Findings[i].Known = true
		}
	}
	for _, f := range b.all[s.Path] {
		if k := (known{s.Path, f.Fingerprint}); b.left[k] > 0 {
			b.left[k]--
			s.Gone = append(s.Gone, f)
		}
	}
}
