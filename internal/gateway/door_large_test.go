package gateway

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// endless is a body whose length nobody says.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// A body that is too large is refused in the words of whoever was asked, whether its length is said or not, and nothing of
// it goes on.
func TestABodyThatIsTooLargeIsRefusedInTheDialectOfItsAddress(t *testing.T) {
	d := &Door{Log: slog.New(slog.DiscardHandler)}
	h := d.behind(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it goes on") }))
	for _, row := range []struct {
		path, kind, want string
		status           int
	}{
		{"/w/api.php", "application/json", `"code":"sallyport-too-large"`, 200},
		{"/w/rest.php/v1/page/X", "application/json", `"errorKey":"sallyport-too-large"`, 413},
		{"/w/index.php?title=X&action=submit", "text/html", "64 MiB", 413},
	} {
		for name, said := range map[string]int64{"said": maxWrite + 1, "not said": -1} {
			r := httptest.NewRequest("POST", row.path, io.LimitReader(endless{}, maxWrite+1))
			r.ContentLength = said
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != row.status || !strings.HasPrefix(w.Header().Get("Content-Type"), row.kind) || !strings.Contains(w.Body.String(), row.want) {
				t.Errorf("%s, length %s: %d %v %.600s", row.path, name, w.Code, w.Header(), w.Body.String())
			}
		}
	}
}
