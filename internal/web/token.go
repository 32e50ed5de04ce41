package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenLife is how long a page may stay open before its switches stop working.
const tokenLife = time.Hour

// deed is the one thing a token allows.
type deed struct {
	user   int64
	gadget int64
	owner  int64  // whose gadget the page showed
	to     string // one of deeds
	set    string // of texts that the page showed, when they are what is decided about
	hosts  string // what the page showed of the servers it asks for: a [digest]
}

// tokens makes and checks what a form must carry: eight bytes of expiry (Unix seconds) and an HMAC-SHA256 over the deed,
// the wiki, that expiry and the session's cookies, in URL-safe base64. Nothing is kept.
type tokens struct {
	secret []byte
	wiki   string
	now    func() time.Time
}

func (t tokens) mint(d deed, r *http.Request) string {
	expiry := t.now().Add(tokenLife).Unix()
	return base64.RawURLEncoding.EncodeToString(t.sign(d, expiry, r))
}

// fits says whether a token allows the deed, and if not, whether it did once.
func (t tokens) fits(token string, d deed, r *http.Request) (ok, expired bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 8+sha256.Size {
		return false, false
	}
	expiry := int64(binary.BigEndian.Uint64(raw))
	if !hmac.Equal(raw, t.sign(d, expiry, r)) {
		return false, false
	}
	late := t.now().Unix() > expiry
	return !late, late
}

func (t tokens) sign(d deed, expiry int64, r *http.Request) []byte {
	out := binary.BigEndian.AppendUint64(nil, uint64(expiry))
	mac := hmac.New(sha256.New, t.secret)
	mac.Write([]byte("sallyport switch 1\x00"))
	session := sessionOf(r)
	for _, n := range []int64{expiry, d.user, d.gadget, d.owner, int64(len(d.to)), int64(len(d.hosts)), int64(len(d.set)), int64(len(t.wiki)), int64(len(session))} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	mac.Write([]byte(d.to + d.hosts + d.set + t.wiki + session))
	return mac.Sum(out)
}

// sessionOf joins the cookies that make a MediaWiki session, so that a token dies with the session it was made in.
// MediaWiki names them PREFIX_session, PREFIXToken, centralauth_Session and the like; other cookies come and go.
func sessionOf(r *http.Request) string {
	var parts []string
	for _, c := range r.Cookies() {
		name := strings.ToLower(c.Name)
		if strings.HasSuffix(name, "session") || strings.HasSuffix(name, "token") {
			parts = append(parts, c.Name+"="+c.Value)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ";")
}
