package trace

import (
	"regexp"
	"strings"

	"sallyport/internal/finding"
)

// AlteredForm is the name of a [Conceal] event: a form of the wiki's came otherwise than it stood in the page when it was sent. Data.Text
// has the names of the fields in its first line, and below it the lines that a page's text gained; Data.Class says what kind of page that is.
const AlteredForm = "altered form"

// whose are fields on which it hangs who or what a form is about, or who gets into an account.
var whose = regexp.MustCompile(`(?i)^wp(?:target|newtitle(?:main)?|oldtitle|destfile|newemail|newpassword)$|grants|callback`)

// altered judges what a script changed in a form while somebody sent it. Text is tidied and summaries are filled in with good reason, where
// everybody sees it; rights that nobody ticked, another target, and a loader of foreign code are not.
func (p *Pass) altered(e *Event) {
	fields, gained, _ := strings.Cut(e.Data.Text, "\n")
	var rights, others []string
	for _, name := range strings.Fields(fields) {
		if group, ok := strings.CutPrefix(name, "wpGroup-"); ok {
			rights = append(rights, group)
		} else if whose.MatchString(name) {
			others = append(others, name)
		}
	}
	if len(rights) > 0 {
		p.Report(e, p.Weigh(e, finding.Critical, finding.Critical), "changes which rights you give as you give them: %s", strings.Join(rights, ", "))
	}
	if len(others) > 0 {
		p.Report(e, p.Weigh(e, finding.High, finding.High), "changes what you send as you send it: %s", strings.Join(others, ", "))
	}
	if host := p.plants(e, gained); host != "" && e.Data.Class != "page" {
		p.Report(e, p.Weigh(e, finding.Critical, finding.Critical), "plants code of %s in %s as you save it", host, e.Data.Title)
	}
}
