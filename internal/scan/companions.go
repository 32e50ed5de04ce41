package scan

import (
	"context"

	"sallyport/internal/link"
	"sallyport/internal/wiki"
)

// Companions find the scripts that others name on a wiki, as they are now, each asked for once.
func Companions(w Wiki, site *wiki.Site) func(context.Context) link.Find {
	return (&pageReader{w: w, site: site}).find
}
