package confirm

import (
	"crypto/hmac"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// askPage asks for a signature, to know who is looking.
type askPage struct {
	What    template.HTML
	Options string
	Until   int64
}

type keysPage struct {
	User  string
	Keys  []keyRow
	Enrol string // path of an invitation for another key
	Until int64
	With  string // the key that was shown
}

type keyRow struct {
	store.Key
	Good, This bool
	Proof      string
}

// askKeys asks whose keys to show.
func (c *origin) askKeys(v *visit) error {
	return c.askWho(v, "keys")
}

// askWho asks who is looking, for a purpose: the messages "PURPOSE-title" and "PURPOSE-ask".
func (c *origin) askWho(v *visit, purpose string) error {
	until := c.Now().Add(5 * time.Minute).Unix()
	return c.show(v, http.StatusOK, "ask", purpose+"-title", askPage{v.say(purpose + "-ask"), c.getOptions(c.challenge(purpose, "", until)), until})
}

// who finds the good key that signed for a purpose.
func (c *origin) who(v *visit, purpose, subject string, longest time.Duration) (store.Key, error) {
	until, err := c.soon(v, longest)
	if err != nil {
		return store.Key{}, err
	}
	answer, err := passkey.Parse([]byte(v.FormValue("answer")))
	if err != nil {
		return store.Key{}, err
	}
	key, err := c.Store.Key(v.Context(), c.Desk.Site().ID, answer.KeyID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (key.Kind != "passkey" || !key.Good(c.Now())) {
		err = pending.ErrKey
	}
	if err != nil {
		return store.Key{}, err
	}
	return key, c.Desk.Confirm().Check(c.challenge(purpose, subject, until), key.Public, answer)
}

// keys lists the keys of whoever signed, with a way to add another one and to revoke each.
func (c *origin) keys(v *visit) error {
	key, err := c.who(v, "keys", "", time.Hour)
	if err != nil {
		return err
	}
	wiki := c.Desk.Site().ID
	invite, path := NewInvite(wiki, key.UserID, key.User, key.ID, c.Now().Add(inviteLife))
	if err := c.Store.SaveInvite(v.Context(), invite); err != nil {
		return err
	}
	all, err := c.Store.Keys(v.Context(), wiki, key.UserID)
	if err != nil {
		return err
	}
	body := keysPage{User: key.User, Enrol: path, Until: c.Now().Add(inviteLife).Unix(), With: key.ID}
	for _, k := range all {
		body.Keys = append(body.Keys, keyRow{k, k.Good(c.Now()), k.ID == key.ID, c.proof("revoke", k.ID, body.Until)})
	}
	return c.show(v, http.StatusOK, "keys", "keys-title", body)
}

// proof allows one thing to be done with one key until a moment, to whoever was shown it.
func (c *origin) proof(purpose, id string, until int64) string {
	return string(store.DigestOf(string(c.challenge(purpose, id, until))))
}

func (c *origin) proves(purpose, id string, until int64, proof string) bool {
	return hmac.Equal([]byte(proof), []byte(c.proof(purpose, id, until)))
}

// revoke ends a key.
func (c *origin) revoke(v *visit) error {
	until, err := c.soon(v, time.Hour)
	if err != nil {
		return err
	}
	id := v.FormValue("key")
	if !c.proves("revoke", id, until, v.FormValue("proof")) {
		return pending.ErrSignature
	}
	key, err := c.Store.Key(v.Context(), c.Desk.Site().ID, id)
	if err != nil {
		return err
	}
	key.Revoked = c.Now().UTC().Truncate(time.Second)
	entry, err := pending.KeyRevoked(key)
	if err != nil {
		return err
	}
	if err := c.Store.SaveKey(v.Context(), key, entry); err != nil {
		return err
	}
	return c.tell(v, "revoked")
}

// soon reads until when a form may be sent.
func (c *origin) soon(v *visit, longest time.Duration) (int64, error) {
	until, err := strconv.ParseInt(v.FormValue("until"), 10, 64)
	if now := c.Now().Unix(); err != nil || now > until || until > now+int64(longest.Seconds()) {
		return 0, oops(http.StatusConflict, "slow")
	}
	return until, nil
}
