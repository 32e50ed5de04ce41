package pending

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
	"sallyport/internal/writedoor/hook"
)

// Record is what an approval signs: who does what to which pages, and the hash of every text that results. Its JSON, with
// the fields in this order, is kept as it was signed.
type Record struct {
	Version   int          `json:"sallyport"` // 1
	Wiki      string       `json:"wiki"`
	UserID    int64        `json:"user_id"`
	User      string       `json:"user"`
	Operation string       `json:"operation"`
	Pages     []RecordPage `json:"pages"`
	Request   string       `json:"request,omitempty"` // SHA-256 of the request, where texts alone do not say what happens
	Summary   string       `json:"summary"`
	Nonce     string       `json:"nonce"`
	Expires   int64        `json:"expires"` // Unix seconds: the change is made before then, or not at all
}

// RecordPage is one page of a record.
type RecordPage struct {
	NS     int    `json:"ns"`
	Title  string `json:"title"` // database key
	ID     int64  `json:"page_id"`
	Base   int64  `json:"base_revision"`
	Role   string `json:"role"`
	Before string `json:"model_before,omitempty"`
	After  string `json:"model_after,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // of the whole resulting text; absent where there will be no page
}

// Text is the record's canonical spelling.
func (r *Record) Text() (string, error) {
	b, err := json.Marshal(r)
	return string(b), err
}

// Challenge is what is signed for a record's text: 32 bytes.
func Challenge(record string) []byte {
	sum := sha256.Sum256([]byte("sallyport approval 1\n" + record))
	return sum[:]
}

// recordPages describes what becomes of each page.
func recordPages(changes []writedoor.Change) []RecordPage {
	pages := make([]RecordPage, len(changes))
	for i, c := range changes {
		pages[i] = RecordPage{NS: c.Title.NS, Title: c.Title.Key, ID: c.ID, Base: c.Rev, Role: string(c.Role), Before: c.Before, After: c.After}
		if !c.Gone {
			pages[i].SHA256 = hook.Hash(c.New)
		}
	}
	return pages
}

// record is what is signed about a parked change when it must be made before a moment.
func (d *Desk) record(p *Parcel, user wiki.User, nonce string, expires time.Time) Record {
	return Record{
		Version: 1, Wiki: d.o.Site.ID, UserID: user.ID, User: user.Name, Operation: p.Kind, Pages: recordPages(p.Changes),
		Request: p.Request, Summary: p.Summary, Nonce: nonce, Expires: expires.Unix(),
	}
}

// digest recognises the same change sent again.
func (d *Desk) digest(p *Parcel, user wiki.User) (store.Digest, error) {
	r := d.record(p, user, "", time.Unix(0, 0))
	text, err := r.Text()
	return store.DigestOf(text), err
}

// Shown is the record of a change as a page shows it at a moment: it must be made before expires. Nothing is kept for it:
// the nonce follows from the change and the moment.
func (d *Desk) Shown(c *Change, expires time.Time) (string, error) {
	r := d.shown(c, expires)
	return r.Text()
}

func (d *Desk) shown(c *Change, expires time.Time) Record {
	nonce := d.mac("nonce", c.Wiki+"\n"+c.ID+"\n"+strconv.FormatInt(expires.Unix(), 10))
	return d.record(&c.Parcel, c.Sender(), base64.RawURLEncoding.EncodeToString(nonce[:16]), expires)
}

// mac is a number for one purpose and one subject that nobody else can compute.
func (d *Desk) mac(purpose, subject string) []byte {
	mac := hmac.New(sha256.New, d.o.Secret)
	mac.Write([]byte("sallyport " + purpose + " 1\n" + subject))
	return mac.Sum(nil)
}

// Until is when a change that is shown now must be made. Two people need not be awake at the same time.
func (d *Desk) Until(c *Change) time.Time {
	if c.Policy == TwoPeople {
		return c.Expires.Truncate(time.Second)
	}
	until := d.o.Now().Add(d.o.Fresh)
	if until.After(c.Expires) {
		until = c.Expires
	}
	return until.Truncate(time.Second)
}
