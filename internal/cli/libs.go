package cli

import (
	"log/slog"
	"net/http"
	"os"

	"sallyport/internal/libs"
)

// mirror serves a folder of npm tarballs.
func mirror(folder string, log *slog.Logger) http.Handler {
	m, errs := libs.Open(os.DirFS(folder))
	for _, err := range errs {
		log.Warn("not in the mirror of libraries", "err", err)
	}
	return m.Handler(base+"/libs/", log)
}
