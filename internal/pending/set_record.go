package pending

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// SetRecord is what one signature over several changes signs: which ones, in which order, and the hash of what each says
// by itself. Nothing else can be approved by it, and no change later than Expires.
type SetRecord struct {
	Version int       `json:"sallyport_set"` // 1
	Wiki    string    `json:"wiki"`
	UserID  int64     `json:"user_id"`
	User    string    `json:"user"` // who sent all of them
	Changes []SetLine `json:"changes"`
	Expires int64     `json:"expires"` // Unix seconds
}

// SetLine is one change of a set.
type SetLine struct {
	ID     string   `json:"id"`
	Pages  []string `json:"pages"`  // namespace number and database key, "8:Common.js"
	SHA256 string   `json:"record"` // of the change's own [Record] as JSON
}

// NewSetLine describes a change by its record.
func NewSetLine(id string, r *Record) (SetLine, error) {
	text, err := r.Text()
	l := SetLine{ID: id, Pages: []string{}, SHA256: recordHash(text)}
	for _, p := range r.Pages {
		l.Pages = append(l.Pages, fmt.Sprintf("%d:%s", p.NS, p.Title))
	}
	return l, err
}

func recordHash(record string) string {
	sum := sha256.Sum256([]byte(record))
	return hex.EncodeToString(sum[:])
}

// Text is the record's canonical spelling.
func (r *SetRecord) Text() (string, error) {
	b, err := json.Marshal(r)
	return string(b), err
}

// SetChallenge is what is signed for a set's text: 32 bytes, other ones than for any single change.
func SetChallenge(set string) []byte {
	sum := sha256.Sum256([]byte("sallyport set 1\n" + set))
	return sum[:]
}

// Signed is the challenge that an approval of a change is a signature over. It fails when the approval is one of a set that
// does not name exactly this change and this record.
func (a *Approval) Signed(id string) ([]byte, error) {
	if a.Set == "" {
		return Challenge(a.Record), nil
	}
	var r SetRecord
	if err := json.Unmarshal([]byte(a.Set), &r); err != nil || r.Version != 1 || len(r.Changes) > MaxSet {
		return nil, fmt.Errorf("%w: the set cannot be read", ErrSignature)
	}
	if own, err := r.Text(); err != nil || own != a.Set {
		return nil, fmt.Errorf("%w: the set is not spelled as it is signed", ErrSignature)
	}
	named := 0
	for _, l := range r.Changes {
		if l.ID != id {
			continue
		}
		named++
		if l.SHA256 != recordHash(a.Record) {
			return nil, fmt.Errorf("%w: the set has another record of change %s", ErrSignature, id)
		}
	}
	if named != 1 {
		return nil, fmt.Errorf("%w: the set names change %s %d times", ErrSignature, id, named)
	}
	return SetChallenge(a.Set), nil
}
