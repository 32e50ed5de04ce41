package trace

import (
	"slices"

	"sallyport/internal/finding"
)

// posted looks for secrets in what is sent to other people through the wiki itself: it leaves for no other host, and is gone all the same.
// One's e-mail address goes along with every mail.
func (p *Pass) posted() {
	for _, e := range p.Of(APIWrite) {
		if a := e.Data.Action; a != "emailuser" && a != "massmessage" || p.doubled(e) {
			continue
		}
		said := slices.DeleteFunc(stolen(e.Canary), func(name string) bool { return name == CanaryEmail })
		if len(said) > 0 {
			p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Critical), "mails %s to %s", Secrets(said), orElse(e.Data.Title, "somebody"))
		}
	}
}
