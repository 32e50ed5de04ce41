package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"net/http"
	"strings"

	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// A fault is an answer other than the page asked for: the messages "error-KEY" (what happened) and "error-KEY-do" (what
// was kept, what to do), with a status.
type fault struct {
	status int
	key    string
}

func (f *fault) Error() string { return f.key }

// Everything that can go wrong in a way a person can understand.
var (
	errNoPage    = &fault{http.StatusNotFound, "nopage"}
	errNoGadget  = &fault{http.StatusNotFound, "nogadget"}
	errNoScript  = &fault{http.StatusNotFound, "noscript"}
	errNoUser    = &fault{http.StatusNotFound, "nouser"}
	errWikiDown  = &fault{http.StatusServiceUnavailable, "down"}
	errNobody    = &fault{http.StatusForbidden, "anonymous"}
	errScript    = &fault{http.StatusForbidden, "script"}
	errOld       = &fault{http.StatusForbidden, "old"}
	errToken     = &fault{http.StatusForbidden, "token"}
	errExpired   = &fault{http.StatusForbidden, "expired"}
	errMoved     = &fault{http.StatusConflict, "moved"}
	errWants     = &fault{http.StatusConflict, "wants"}
	errTexts     = &fault{http.StatusConflict, "texts"}
	errNotKept   = &fault{http.StatusConflict, "notkept"}
	errForm      = &fault{http.StatusBadRequest, "form"}
	errOurs      = &fault{http.StatusInternalServerError, "ours"}
	errUncertain = &fault{http.StatusServiceUnavailable, "unknown-user"}
	errAway      = &fault{http.StatusServiceUnavailable, "away"}
)

// faultOf finds the page for an error. What nobody foresaw is ours.
func faultOf(err error) *fault {
	var f *fault
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, registry.ErrNotFound), errors.Is(err, store.ErrNotFound):
		return errNoGadget
	case errors.Is(err, registry.ErrChanged):
		return errTexts
	case errors.Is(err, registry.ErrNothingKept):
		return errNotKept
	case errors.Is(err, registry.ErrNoUser):
		return errNoUser
	case errors.Is(err, mediawiki.ErrUnavailable):
		return errAway
	default:
		return errOurs
	}
}

// oops shows an error as a page: what happened, what was kept, what to do, and an id that finds it in the log.
func (p *pages) oops(v *visit, err error) {
	f := faultOf(err)
	body := struct{ Key, ID, Again string }{Key: f.key}
	if f == errOurs {
		body.ID = p.errorID(v)
		p.Log.Error("page not shown", "wiki", p.Site.ID, "id", body.ID, "path", v.URL.Path, "err", err)
	}
	if f.status == http.StatusServiceUnavailable {
		v.w.Header().Set("Retry-After", "5")
	}
	if at, ok := strings.CutSuffix(v.URL.Path, "/switch"); ok && v.Method == http.MethodPost {
		body.Again = at
	} else if strings.HasPrefix(v.URL.Path, p.Base+"/requests/") {
		body.Again = p.Base + "/requests"
	} else if strings.HasPrefix(v.URL.Path, p.Base+"/review/") {
		body.Again = p.Base + "/review"
	} else if v.URL.Path == p.Base+"/imports" {
		body.Again = p.Base + "/"
	} else if f.status >= http.StatusInternalServerError {
		body.Again = v.URL.RequestURI()
	}
	if err := p.show(v, "error", f.status, body); err != nil {
		p.Log.Error("error page not shown", "wiki", p.Site.ID, "err", err)
		http.Error(v.w, "Something went wrong here. Nothing was changed; please try again.", http.StatusInternalServerError)
	}
}

// errorID names an error for whoever reads the log: eight letters that tell a reader nothing.
func (p *pages) errorID(v *visit) string {
	mac := hmac.New(sha256.New, p.Secret)
	mac.Write(binary.BigEndian.AppendUint64([]byte("error id\x00"), uint64(p.Now().UnixNano())))
	mac.Write([]byte(v.URL.Path))
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:5]))
}
