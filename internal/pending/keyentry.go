package pending

import (
	"encoding/json"
	"time"

	"sallyport/internal/store"
)

// KeyEntry is what the log says of a key that was added.
type KeyEntry struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	UserID int64     `json:"user_id"`
	User   string    `json:"user"`
	Public []byte    `json:"public"`
	From   string    `json:"from"` // "operator", the key that vouched for it, or "recovery " and its id
	Counts time.Time `json:"counts"`
}

// KeyAdded is the line for the log.
func KeyAdded(k store.Key, from string) (store.Entry, error) {
	if k.Kind == codeKind {
		k.Public = nil // it is a secret, though sealed, and the log is for everybody
	}
	body, err := json.Marshal(KeyEntry{k.ID, k.Kind, k.UserID, k.User, k.Public, from, k.Counts})
	return store.Entry{Kind: "key added", Body: string(body), At: k.Added}, err
}

// KeyRevoked is the line for the log.
func KeyRevoked(k store.Key) (store.Entry, error) {
	body, err := json.Marshal(map[string]any{"id": k.ID, "user_id": k.UserID, "user": k.User})
	return store.Entry{Kind: "key revoked", Body: string(body), At: k.Revoked}, err
}
