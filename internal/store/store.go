// Package store says what Sallyport remembers, and nothing about how.
//
// A [Store] keeps copies of wiki pages, the gadgets read from them, and what each reader has switched on. Every row names
// its wiki, so one store serves a farm. Texts are kept once, by content hash. Package sqlstore keeps it all in SQLite or
// PostgreSQL; package storetest is the one conformance suite both must pass.
package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
)

var (
	// ErrNotFound is returned for a row that is not there.
	ErrNotFound = errors.New("not found")
	// ErrRefused is returned for what can never be kept: a text that is too long, a name with a NUL byte. Trying again
	// does not help.
	ErrRefused = errors.New("refused")
)

// Digest is the lower-case hex SHA-256 of a text: the name under which it is kept.
type Digest string

// DigestOf names a text.
func DigestOf(text string) Digest {
	sum := sha256.Sum256([]byte(text))
	return Digest(hex.EncodeToString(sum[:]))
}

// Page is our copy of a wiki page, as last seen. A page that does not exist is remembered too, with PageID 0.
type Page struct {
	Wiki    string
	Title   string // prefixed database key in the wiki's own spelling, for instance "User:Mara/doit.js"
	PageID  int64
	RevID   int64
	Model   string
	Author  string
	Digest  Digest    // of the text; empty when the page does not exist, or when no revision of it may run
	Saved   time.Time // when the revision was saved on the wiki
	Checked time.Time // when we last asked the wiki
}

// Gadget is a user gadget we know of: one definition page.
type Gadget struct {
	Wiki    string
	PageID  int64  // its identity: survives renames and moves
	Title   string // prefixed database key of the definition page
	Name    string // what people see: the subpage name without the suffix
	OwnerID int64  // user id of the person in whose space the page is; 0 when nobody has that name
	Owner   string // that person's name now
	RevID   int64  // revision of the definition that is served
	Digest  Digest // of that definition's text
	// Owners maps each user name the definition lists pages of to the user id that name had when the definition was
	// saved: files belong to people, not to names.
	Owners map[string]int64
	// Needs maps the titles of the user gadgets the definition names to the page ids they had when it was saved, so that
	// a gadget that is renamed is still found.
	Needs map[string]int64
	// Files are the prefixed database keys of the pages the definition names, in its order.
	Files []string
	// Problem is why the gadget cannot run ("" when it can): a sentence for its author.
	Problem     string
	Description string
	Saved       time.Time // when the served definition was saved on the wiki
}

// Listed is a row of the gallery: a gadget and how many people use it.
type Listed struct {
	Gadget
	Users int
}

// Choice is one person's tick at one gadget.
type Choice struct {
	Wiki   string
	UserID int64
	Gadget int64 // page id of the definition
	// OwnerID is whose gadget it was when it was switched on. When the page moves to somebody else the choice rests
	// until the person looks at it again.
	OwnerID int64
	Since   time.Time
}

// Account is what we last heard about a user name.
type Account struct {
	Wiki    string
	UserID  int64 // 0: nobody has this name
	Name    string
	Groups  []string
	Rights  []string
	Checked time.Time
}

// Query asks for a part of the gallery. The zero value asks for the most used gadgets.
type Query struct {
	Words  string // each word must occur in title, owner or description, case-insensitively
	Owner  string // only this person's gadgets
	Sort   string // "users" (default, most first), "title", "saved" (newest first)
	Offset int
	Limit  int // 1–500; 0 means 50
}

// Store is what Sallyport remembers. Methods are safe for concurrent use; single-row reads return [ErrNotFound].
type Store interface {
	// Text returns a kept text.
	Text(ctx context.Context, d Digest) (string, error)
	// SavePage stores the copy of a page, and its text under its digest when it has one, in one transaction.
	SavePage(ctx context.Context, p Page, text string) error
	// Pages returns the copies we have of the titles asked for, by title; titles we never saw are absent.
	Pages(ctx context.Context, wiki string, titles []string) (map[string]Page, error)

	// SaveGadget inserts or replaces a gadget and the index of its files.
	SaveGadget(ctx context.Context, g Gadget) error
	// DropGadget forgets a gadget whose page is gone. Choices stay: an undeleted page has its old id.
	DropGadget(ctx context.Context, wiki string, pageID int64) error
	// Gadgets returns the gadgets with these page ids, by id; unknown ids are absent.
	Gadgets(ctx context.Context, wiki string, ids []int64) (map[int64]Gadget, error)
	// GadgetByTitle finds a gadget by the prefixed database key of its page.
	GadgetByTitle(ctx context.Context, wiki, title string) (Gadget, error)
	// GadgetsUsing returns the page ids of the gadgets that name this page among their files, in ascending order.
	GadgetsUsing(ctx context.Context, wiki, title string) ([]int64, error)
	// List answers a gallery query, and how many gadgets match in all.
	List(ctx context.Context, wiki string, q Query) (rows []Listed, total int, err error)

	// Choose switches a gadget on for a person; choosing again renews OwnerID and Since.
	Choose(ctx context.Context, c Choice) error
	// Unchoose switches it off. Switching off what is not on is no error.
	Unchoose(ctx context.Context, wiki string, userID, gadget int64) error
	// Choices returns what a person has switched on, oldest first.
	Choices(ctx context.Context, wiki string, userID int64) ([]Choice, error)
	// Chosen lists what everybody has switched on, by gadget and person.
	Chosen(ctx context.Context, wiki string) ([]Choice, error)
	// Users counts the people who have a gadget switched on.
	Users(ctx context.Context, wiki string, gadget int64) (int, error)

	// Account returns what we last heard about a user name.
	Account(ctx context.Context, wiki, name string) (Account, error)
	// SaveAccount stores it. A user id has one name: an older name of the same id (not 0) is forgotten.
	SaveAccount(ctx context.Context, a Account) error

	// Cursor returns how far a named reader of the wiki's changes has come; "" when it never ran.
	Cursor(ctx context.Context, wiki, name string) (string, error)
	SetCursor(ctx context.Context, wiki, name, value string) error

	// Secret returns 32 random bytes kept under a name, made at the first call; the same for every process on this store.
	Secret(ctx context.Context, name string) ([]byte, error)

	Acceptances
	Agreements
	Analyses
	Approvals
	Grants
	Incidents
	Notices
	Policies
	Requests
	Reviews
	Scripts
	Exposures
	Switches
	Trials
	Uses
	Violations

	Close() error
}
