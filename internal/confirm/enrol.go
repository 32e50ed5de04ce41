package confirm

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// inviteLife is how long an invitation holds that an existing key gave.
const inviteLife = 15 * time.Minute

// NewInvite makes a one-time permission to add a key, and the path at which it is used.
func NewInvite(wiki string, userID int64, user, from string, expires time.Time) (store.Invite, string) {
	token := rand.Text()
	return store.Invite{Wiki: wiki, Token: store.DigestOf(token), UserID: userID, User: user, From: from, Expires: expires.UTC().Truncate(time.Second)}, "/enrol/" + token
}

type invitedPage struct {
	store.Invite
	Options string
	Until   int64
	Code    string // path to one-time codes in its place; empty: none are taken
}

// challenge is a number for one purpose, one subject and one moment. Nothing is kept for it.
func (c *origin) challenge(purpose, subject string, until int64) []byte {
	mac := hmac.New(sha256.New, c.Secret)
	mac.Write([]byte("sallyport challenge 1\n" + purpose + "\n" + strconv.FormatInt(until, 10) + "\n" + subject))
	return mac.Sum(nil)
}

// invitation finds the permission of a visit.
func (c *origin) invitation(v *visit) (store.Invite, error) {
	i, err := c.Store.Invite(v.Context(), c.Desk.Site().ID, store.DigestOf(v.PathValue("token")))
	if err == nil && c.Now().After(i.Expires) {
		err = oops(http.StatusGone, "old-invite")
	}
	return i, err
}

// invited offers to make a key.
func (c *origin) invited(v *visit) error {
	i, err := c.invitation(v)
	if err != nil {
		return err
	}
	until := c.Now().Add(10 * time.Minute).Unix()
	options, err := c.createOptions(v, i.UserID, i.User, c.challenge("enrol", string(i.Token), until))
	if err != nil {
		return err
	}
	code := ""
	if c.Desk.TakesCodes() {
		code = v.URL.Path + "/code"
	}
	return c.show(v, http.StatusOK, "invited", "invited-title", invitedPage{i, options, until, code})
}

// createOptions are what navigator.credentials.create wants for a new key of an account, as JSON.
func (c *origin) createOptions(v *visit, userID int64, user string, challenge []byte) (string, error) {
	wiki, params := c.Desk.Site().ID, []map[string]any{}
	for _, alg := range passkey.Algorithms() {
		params = append(params, map[string]any{"type": "public-key", "alg": alg})
	}
	exclude := []map[string]any{}
	keys, err := c.Store.Keys(v.Context(), wiki, userID)
	if err != nil {
		return "", err
	}
	for _, k := range keys {
		if k.Kind == "passkey" && k.Revoked.IsZero() {
			exclude = append(exclude, map[string]any{"type": "public-key", "id": k.ID})
		}
	}
	options, err := json.Marshal(map[string]any{
		"rp":        map[string]string{"id": c.Desk.Confirm().Host, "name": c.words.Text(v.lang, "approvals-for", c.Desk.Site().Name)},
		"user":      map[string]string{"id": base64.RawURLEncoding.EncodeToString(passkey.UserHandle(wiki, userID)), "name": user, "displayName": user},
		"challenge": base64.RawURLEncoding.EncodeToString(challenge), "pubKeyCredParams": params,
		"excludeCredentials": exclude, "timeout": 300_000, "attestation": "none",
		"authenticatorSelection": map[string]any{"residentKey": "required", "requireResidentKey": true, "userVerification": "required"},
	})
	return string(options), err
}

// enrol keeps a new key. The account's first key counts at once, as does one that an existing key vouched for; any other
// counts after a delay, during which its owner sees it on every change.
func (c *origin) enrol(v *visit) error {
	i, err := c.invitation(v)
	if err != nil {
		return err
	}
	until, err := strconv.ParseInt(v.FormValue("until"), 10, 64)
	if err != nil || v.FormValue("answer") == "" {
		return oops(http.StatusBadRequest, "unmade")
	}
	if now := c.Now().Unix(); now > until || until > now+3600 {
		return oops(http.StatusConflict, "slow")
	}
	made, err := c.Desk.Confirm().Register(c.challenge("enrol", string(i.Token), until), []byte(v.FormValue("answer")))
	if err != nil {
		return err
	}
	now := c.Now().UTC().Truncate(time.Second)
	key := store.Key{
		Wiki: i.Wiki, ID: made.ID, Kind: "passkey", UserID: i.UserID, User: i.User, Public: made.Public, Added: now, Counts: now,
		Label: label(v.FormValue("label")),
	}
	if key.Counts, err = c.counts(v.Context(), i, now); err != nil {
		return err
	}
	entry, err := pending.KeyAdded(key, i.From)
	if err != nil {
		return err
	}
	if err := c.Store.UseInvite(v.Context(), i.Wiki, i.Token, key, entry); err != nil {
		return err
	}
	c.Log.Warn("key added", "user", key.User, "key", key.ID, "by", i.From, "counts", key.Counts)
	if key.Counts.After(now) {
		return c.tell(v, "key-waits", v.moment(key.Counts))
	}
	return c.tell(v, "key-kept", plain(c.Desk.Confirm().Origin+"/keys"))
}

// counts is when a new key begins to count.
func (c *origin) counts(ctx context.Context, i store.Invite, now time.Time) (time.Time, error) {
	keys, err := c.Store.Keys(ctx, i.Wiki, i.UserID)
	if err != nil {
		return now, err
	}
	for _, k := range keys {
		if k.ID == i.From && k.Good(now) {
			return now, nil
		}
	}
	for _, k := range keys {
		if k.Kind == "passkey" && k.Good(now) {
			return now.Add(c.Delay), nil
		}
	}
	return now, nil
}

func label(text string) string {
	text = strings.ToValidUTF8(strings.TrimSpace(text), "")
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60])
	}
	return strings.ReplaceAll(text, "\x00", "")
}
