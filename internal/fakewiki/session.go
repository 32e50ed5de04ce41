package fakewiki

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // the length of MediaWiki's tokens, not a secret's strength: the key is random
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// session is what the server keeps for one browser.
type session struct {
	ID      string
	Account int64 // 0 for nobody
	Secret  []byte
}

// anonymousToken is what MediaWiki gives people who are not logged in (Session\Token::SUFFIX alone).
const anonymousToken = `+\`

// recognise finds out who asks, by the session cookie. An API request that any origin may send is nobody's.
func (w *Wiki) recognise(q *request) {
	q.user = anonymous(q.http.RemoteAddr)
	if w.recogniseThrough(q) {
		return
	}
	if q.text("origin") == "*" || q.has("callback") {
		return
	}
	c, err := q.http.Cookie(w.site.ID + "_session")
	if err != nil {
		return
	}
	s := w.sessions[c.Value]
	if s == nil {
		return
	}
	q.session = s
	if a := w.db.Accounts[s.Account]; a != nil {
		q.account, q.user = a, a.word()
	}
}

// open gives the request a session, making one when it has none.
func (w *Wiki) open(q *request) *session {
	if q.session == nil {
		w.forget()
		q.session = &session{ID: hex.EncodeToString(w.bytes(16)), Secret: w.bytes(32)}
		w.sessions[q.session.ID] = q.session
		q.cookies = append(q.cookies, w.cookie("_session", q.session.ID, 0))
	}
	return q.session
}

// maxSessions bounds how many browsers are remembered.
const maxSessions = 10_000

// forget makes room when strangers have opened too many sessions: theirs go first, then everybody's.
func (w *Wiki) forget() {
	if len(w.sessions) < maxSessions {
		return
	}
	maps.DeleteFunc(w.sessions, func(_ string, s *session) bool { return s.Account == 0 })
	if len(w.sessions) >= maxSessions {
		clear(w.sessions)
	}
}

// login puts somebody into a fresh session, so that nobody can plant one beforehand.
func (w *Wiki) login(q *request, a *account) {
	w.drop(q)
	w.open(q).Account = a.ID
	a.Touched = w.now().UTC()
	q.account, q.user = a, a.word()
	q.cookies = append(q.cookies, w.cookie("UserID", strconv.FormatInt(a.ID, 10), 0), w.cookie("UserName", strings.ReplaceAll(a.Name, " ", "+"), 0))
}

// logout ends the session.
func (w *Wiki) logout(q *request) {
	w.drop(q)
	q.account, q.user = nil, anonymous(q.http.RemoteAddr)
	for _, name := range []string{"_session", "UserID", "UserName"} {
		q.cookies = append(q.cookies, w.cookie(name, "", -1))
	}
	q.cookies = append(q.cookies, w.cookie("LoggedOut", w.now().UTC().Format("20060102150405"), 0))
}

func (w *Wiki) drop(q *request) {
	if q.session != nil {
		delete(w.sessions, q.session.ID)
		q.session = nil
	}
}

// cookie is one of the wiki's cookies; a negative age takes it away.
func (w *Wiki) cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // a pretend wiki is reached by plain HTTP on loopback, where Secure cookies are lost
		Name: w.site.ID + name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: age,
	}
}

// token makes a token of a kind ("", "login", "watch", …) in MediaWiki's form: 32 hex digits of a keyed hash, 8 of the
// time, and "+\". Tokens for somebody who is not logged in and does not log in are "+\" alone.
func (w *Wiki) token(q *request, kind string) string {
	if q.account == nil && kind != "login" && kind != "createaccount" {
		return anonymousToken
	}
	return sign(w.open(q), kind, strconv.FormatInt(w.now().Unix(), 16))
}

func sign(s *session, kind, stamp string) string {
	mac := hmac.New(md5.New, s.Secret)
	mac.Write([]byte(kind + "|" + stamp))
	return hex.EncodeToString(mac.Sum(nil)) + stamp + `+\`
}

// madeAt reads a token's time.
func madeAt(token string) (time.Time, bool) {
	body := strings.TrimSuffix(token, `+\`)
	if len(body) <= 32 {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(body[32:], 16, 64)
	return time.Unix(seconds, 0), err == nil
}

// checks says whether a token is good for this session and kind.
func (w *Wiki) checks(q *request, kind, token string) bool {
	if q.account == nil && kind != "login" && kind != "createaccount" {
		return token == anonymousToken
	}
	body, ok := strings.CutSuffix(token, `+\`)
	if !ok || len(body) <= 32 || q.session == nil {
		return false
	}
	return hmac.Equal([]byte(sign(q.session, kind, body[32:])), []byte(token))
}
