package outbreak

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"sallyport/internal/incident"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Watch puts a breaker in front of a door: scripts are noted on their way out, writes on their way in. It serves one request
// after the other, as the play sends them.
type Watch struct {
	Next    http.Handler
	Guard   *incident.Guard
	Door    *writedoor.Door
	Who     func(ctx context.Context, r *http.Request) (wiki.User, error)
	Waits   func(op *writedoor.Operation, actor wiki.User) bool
	Session string // name of the cookie that is the session

	sketches map[string]incident.Sketch
}

// maxBody bounds what is read of a request, in bytes.
const maxBody = 16 << 20

func (h *Watch) session(r *http.Request) incident.Session {
	c, err := r.Cookie(h.Session)
	if err != nil {
		return incident.SessionOf("")
	}
	return incident.SessionOf(c.Value)
}

func (h *Watch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if pages := incident.Pages(h.Guard.Site, r.URL.Query().Get); len(pages) > 0 {
			h.script(w, r, pages)
			return
		}
		h.Next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "The request did not arrive whole.", http.StatusBadRequest)
		return
	}
	why, err := h.judge(r, body)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	case why != "":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": "sallyport-held", "info": why}})
	default:
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		h.Next.ServeHTTP(w, r)
	}
}

// judge asks the breaker about a write. What the door refuses anyway is left to it.
func (h *Watch) judge(r *http.Request, body []byte) (why string, err error) {
	actor, err := h.Who(r.Context(), r)
	if err != nil {
		return "", err
	}
	op, err := h.Door.Classify(r.Context(), writedoor.Request{Method: r.Method, Target: r.RequestURI, ContentType: r.Header.Values("Content-Type"), Body: body, Actor: actor})
	if errors.Is(err, writedoor.ErrUnclear) {
		return "", nil
	}
	if err != nil || op.Kind == writedoor.Read || op.Kind == writedoor.Minor {
		return "", err
	}
	d, err := h.Guard.Judge(r.Context(), incident.Write{
		Operation: op, Actor: actor, Session: h.session(r), Waits: h.Waits(op, actor),
		Pressed: r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-User") == "?1",
	})
	return d.Why, err
}

// script notes a script on its way to a session, or sends an empty one instead.
func (h *Watch) script(w http.ResponseWriter, r *http.Request, pages []wiki.Title) {
	actor, err := h.Who(r.Context(), r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	a := &answer{status: http.StatusOK, header: http.Header{}}
	h.Next.ServeHTTP(a, r)
	text := a.body.String()
	if h.sketches == nil || len(h.sketches) > 10_000 {
		h.sketches = map[string]incident.Sketch{}
	}
	code, known := h.sketches[text]
	if !known {
		code = incident.Read(text)
		h.sketches[text] = code
	}
	for _, t := range pages {
		if h.Guard.Serve(h.session(r), actor, t, code) {
			a.body.Reset()
			a.header.Set("Cache-Control", "no-store")
		}
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // the reader went away
}
