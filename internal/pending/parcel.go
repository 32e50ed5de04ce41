package pending

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
	"sallyport/internal/writedoor/hook"
)

// MaxSealed bounds a parked change, in bytes before it is compressed: texts of 2 MB before and after, and the request.
const MaxSealed = 14 << 20

// Parcel is what is parked: the request in its plain spelling and what it leads to. It is kept encrypted.
type Parcel struct {
	Kind    string             `json:"kind"`
	Via     string             `json:"via"`
	Action  string             `json:"action"`
	Tiers   []writedoor.Tier   `json:"tiers"`
	Policy  Policy             `json:"policy"`
	Changes []writedoor.Change `json:"changes,omitempty"`
	Forward *writedoor.Forward `json:"forward"`
	Permits []hook.Change      `json:"permits,omitempty"`
	Request string             `json:"request,omitempty"` // SHA-256 of Forward, where texts alone do not say what happens
	Fields  []Field            `json:"fields,omitempty"`  // the same for people
	Summary string             `json:"summary"`
	Typed   string             `json:"typed,omitempty"` // the text as it was sent
	Sent    Sender             `json:"sent"`
}

// Field is a parameter of a request. Secrets are left out.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Sender is what the browser says about how a request was made (Fetch Metadata). Scripts cannot change it.
type Sender struct {
	Mode string `json:"mode,omitempty"`
	Dest string `json:"dest,omitempty"`
	User string `json:"user,omitempty"`
	Site string `json:"site,omitempty"`

	Composed bool `json:"composed,omitempty"` // written on the clean origin, where no script of the wiki could see it
}

// ByPerson says whether a form of the wiki was sent after somebody clicked or typed. A script that waits for a click passes
// for one.
func (s Sender) ByPerson() bool {
	return s.Mode == "navigate" && s.Dest == "document" && s.User == "?1" && s.Site == "same-origin"
}

// Elsewhere says whether another site's page sent it.
func (s Sender) Elsewhere() bool { return s.Site == "cross-site" || s.Site == "same-site" }

// ByBrowser says whether a browser said anything at all.
func (s Sender) ByBrowser() bool { return s.Mode != "" }

// Change is a parked change, opened.
type Change struct {
	store.Waiting
	Parcel
	Told Notes
}

// Sender is the account that sent it.
func (c *Change) Sender() wiki.User { return wiki.User{ID: c.UserID, Name: c.User} }

// aead makes a cipher for one purpose from the desk's secret.
func (d *Desk) aead(purpose string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, d.o.Secret, nil, "sallyport "+purpose+" 1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal compresses and encrypts a parcel. The row it belongs to is bound to it.
func (d *Desk) seal(p *Parcel, id string) ([]byte, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSealed {
		return nil, fmt.Errorf("%w: it has %d bytes, at most %d can wait", ErrTooLarge, len(text), MaxSealed)
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	a, err := d.aead("parked change")
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, b.Bytes(), []byte(d.o.Site.ID+"\n"+id)), nil //nolint:gosec // it makes a nonce itself
}

// open is the inverse of seal.
func (d *Desk) open(w store.Waiting) (*Change, error) {
	c := &Change{Waiting: w}
	if err := json.Unmarshal([]byte(w.Notes), &c.Told); err != nil {
		return nil, fmt.Errorf("read notes of change %s: %w", w.ID, err)
	}
	if len(w.Sealed) == 0 { // over, and its text forgotten
		return c, nil
	}
	a, err := d.aead("parked change")
	if err != nil {
		return nil, err
	}
	packed, err := a.Open(nil, nil, w.Sealed, []byte(w.Wiki+"\n"+w.ID))
	if err != nil {
		return nil, fmt.Errorf("decrypt change %s: was the key changed? %w", w.ID, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, MaxSealed+1))
	if err != nil {
		return nil, err
	}
	return c, json.Unmarshal(text, &c.Parcel)
}
