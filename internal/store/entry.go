package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// Entry is a line of a wiki's log, which only grows. Each holds the hash of the one before, so that nobody can change or
// drop one and leave those after it as they were.
type Entry struct {
	Wiki string    `json:"wiki"`
	Seq  int64     `json:"seq"` // 1, 2, 3, …
	At   time.Time `json:"at"`  // to the microsecond, UTC
	Kind string    `json:"kind"`
	Body string    `json:"body"` // JSON whose form the kind knows
	Hash string    `json:"hash"` // [Entry.Sum] with the hash of the one before
}

// Sum is the lower-case hex SHA-256 over the previous hash and everything this entry says, each with its length before it.
func (e *Entry) Sum(previous string) string {
	h := sha256.New()
	var n [8]byte
	number := func(v int64) {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		h.Write(n[:])
	}
	text := func(s string) {
		number(int64(len(s)))
		h.Write([]byte(s))
	}
	text("sallyport log 1")
	text(previous)
	text(e.Wiki)
	number(e.Seq)
	number(e.At.UnixMicro())
	text(e.Kind)
	text(e.Body)
	return hex.EncodeToString(h.Sum(nil))
}
