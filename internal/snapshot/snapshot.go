// Package snapshot keeps what a real MediaWiki answers to readers: its pages as several people see them, its modules, the reads of
// its API. Recorded once with GET requests alone, it answers for the wiki afterwards, so that scripts meet the modules they
// were written for on a machine that has neither PHP nor a network.
//
//	wiki ──GET──► Record ──► Snapshot ──► one packed file
//	                                        │
//	     page, load.php, api.php ◄── Answer ┘   what is not in it is left to another source
//
// A snapshot holds texts of the wiki under their licences: it is made where it is used, and is no part of Sallyport.
package snapshot

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sallyport/internal/wiki"
)

// Schema names the form of the file.
const Schema = "sallyport.snapshot/1"

// Errors of this package.
var (
	ErrSchema = errors.New("this is no snapshot of a wiki, or one of another version: make it again with sallyport snapshot")
	ErrWiki   = errors.New("the wiki does not answer as a MediaWiki does")
)

// Snapshot is a recorded wiki.
type Snapshot struct {
	Schema  string            `json:"schema"`
	Wiki    string            `json:"wiki"` // its address
	Site    wiki.Site         `json:"site"`
	Skin    string            `json:"skin"`
	People  []Person          `json:"people"`
	Pages   []Page            `json:"pages"`
	Startup string            `json:"startup"` // the startup script
	Modules map[string]string `json:"modules"` // what load.php answers, one module each
	Styles  map[string]string `json:"styles"`  // by the names of the modules, as the page has them
	// Answers are pages and reads of the API by who asks and for what: see key.
	Answers map[string]Answer `json:"answers"`
	// Texts are the bodies of answers by their hash: people see much the same.
	Texts map[string]string `json:"texts"`
}

// Page is a page that was read, in one of its views.
type Page struct {
	Name  string `json:"name"`  // as reports say it
	Title string `json:"title"` // with "$me" for the visitor's own name
	Query string `json:"query,omitempty"`
}

// Person is somebody as whom the wiki was read.
type Person struct {
	Key    string   `json:"persona"` // editor, sysop, …
	Name   string   `json:"user"`    // "" for nobody
	ID     int64    `json:"id,omitempty"`
	Groups []string `json:"groups,omitempty"`
}

// Answer is one answer of the wiki.
type Answer struct {
	Status int    `json:"status"`
	Type   string `json:"type"`
	Text   string `json:"text"` // its hash
}

// maxFile bounds what is unpacked, in bytes.
const maxFile = 512 << 20

// Write packs the snapshot.
func (s *Snapshot) Write(w io.Writer) error {
	z := gzip.NewWriter(w)
	if err := json.NewEncoder(z).Encode(s); err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	return z.Close()
}

// Read unpacks a snapshot.
func Read(r io.Reader) (*Snapshot, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrSchema, err)
	}
	defer func() { _ = z.Close() }()
	s := &Snapshot{}
	if err := json.NewDecoder(io.LimitReader(z, maxFile)).Decode(s); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrSchema, err)
	}
	if s.Schema != Schema {
		return nil, ErrSchema
	}
	return s, nil
}
