package story

import (
	"sallyport/internal/output"
	"sallyport/internal/trace"
)

// contacts is the picture of what scripts contacted when they ran. A class says how sure, and whether secrets went along.
func contacts(d *trace.Document) output.Picture {
	p := output.Picture{
		Title: "Scripts on the left, the sites they contacted on the right",
		Note:  "The lists of other sites say the same in words. A dashed line needs a turned condition; a thick one carried secrets.",
	}
	for _, r := range d.Runs {
		for _, h := range r.Hosts {
			p.Ties = append(p.Ties, output.Tie{From: r.Path, To: h.Host, Class: class(h), Says: h.How})
		}
	}
	return p
}

func class(h trace.HostRow) string {
	switch {
	case len(h.Sent) > 0 && h.Stage == trace.Forced:
		return "turned secret"
	case len(h.Sent) > 0:
		return "secret"
	case h.Stage == trace.Forced:
		return "turned"
	}
	return ""
}

// asks is the picture of an inventory: which script asks for what, and how that is known.
func asks(rows []trace.InventoryRow) output.Picture {
	p := output.Picture{
		Title: "Scripts on the left, what they ask for on the right",
		Note:  "The table below says the same. A dashed line was read in the text, a plain one seen running, a thick one both.",
	}
	for _, r := range rows {
		class := map[string]string{trace.SeenStatically: "static", trace.SeenBoth: "both"}[r.Seen]
		p.Ties = append(p.Ties, output.Tie{From: r.Path, To: r.Target, Class: class, Says: r.How})
	}
	return p
}
