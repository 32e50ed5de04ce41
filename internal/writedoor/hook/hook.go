// Package hook is sealed mode: the file that a wiki includes from its settings, and the grants it asks for.
//
// The file restores what a gate in front cannot have: one place that every change of code passes, whatever way it came. A
// [Grant] says who may change which pages into which texts, until when, and holds once; the gateway signs it and sends it
// along with the one request it is for, in the header [Header]. The wiki holds only the key that checks.
package hook

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/wiki"
)

// Header carries a grant. Whatever a client sends under this name must be removed before a request goes on.
const Header = "X-Sallyport-Grant"

// MaxLife is how long a grant may hold; the wiki takes none that claims longer.
const MaxLife = 15 * time.Minute

// MaxHeader keeps a grant within the 8 KiB that servers commonly take for a header: some 40 pages.
const MaxHeader = 8000

// ErrTooLong refuses a grant over more pages than a header holds.
var ErrTooLong = errors.New("the grant names more pages than fit into a header")

// Op is a way to change a page.
type Op string

// Ways to change a page. A rollback, an undo and a change of the content model are saves.
const (
	Save     Op = "save"
	Move     Op = "move"     // SHA256 is of the text that moves
	Delete   Op = "delete"   // SHA256 is empty
	Undelete Op = "undelete" // SHA256 is of the text that is current afterwards
	Merge    Op = "merge"    // SHA256 is of the target's text; for the page merged away it is not looked at
)

// Change is one page and what may become of it.
type Change struct {
	Op     Op
	Title  wiki.Title
	To     wiki.Title // of a move
	SHA256 string     // [Hash] of the whole text
}

// Hash is the SHA-256 of a text in hexadecimal digits, as the wiki compares it.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Grant allows one request what is approved, once.
type Grant struct {
	Wiki    string // wikiid
	User    string // the account whose session the request has
	Expires time.Time
	Nonce   string // 128 random bits or more; the wiki takes each once
	Changes []Change
}

type changeRow struct {
	Op      Op     `json:"op"`
	NS      int    `json:"ns"`
	Title   string `json:"title"`
	ToNS    int    `json:"to_ns"`
	ToTitle string `json:"to_title"`
	SHA256  string `json:"sha256"`
}

type payload struct {
	Wiki    string      `json:"wiki"`
	User    string      `json:"user"`
	Expires int64       `json:"expires"`
	Nonce   string      `json:"nonce"`
	Changes []changeRow `json:"changes"`
}

// Sign writes the grant as the value of [Header].
func (g Grant) Sign(key ed25519.PrivateKey) (string, error) {
	p := payload{Wiki: g.Wiki, User: g.User, Expires: g.Expires.Unix(), Nonce: g.Nonce, Changes: []changeRow{}}
	for _, c := range g.Changes {
		p.Changes = append(p.Changes, changeRow{c.Op, c.Title.NS, c.Title.Key, c.To.NS, c.To.Key, c.SHA256})
	}
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	signature := ed25519.Sign(key, append([]byte("sallyport grant 1\n"), text...))
	header := base64.RawURLEncoding.EncodeToString(text) + "." + base64.RawURLEncoding.EncodeToString(signature)
	if len(header) > MaxHeader {
		return "", fmt.Errorf("%w: %d pages", ErrTooLong, len(g.Changes))
	}
	return header, nil
}

//go:embed SallyportSeal.php
var file []byte

// Seal says what the file holds the wiki to.
type Seal struct {
	Key ed25519.PublicKey
	// OwnCode seals people's own scripts as well.
	OwnCode bool
	// Interface seals every page of the MediaWiki namespace, not scripts and raw HTML alone.
	Interface bool
	// Definitions are endings of user pages that define user gadgets, for instance ".gadget".
	Definitions []string
}

// File is SallyportSeal.php for one wiki.
func (s Seal) File() ([]byte, error) {
	if len(s.Key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("seal: a key of %d bytes is needed, not %d", ed25519.PublicKeySize, len(s.Key))
	}
	endings := make([]string, len(s.Definitions))
	for i, ending := range s.Definitions {
		if strings.ContainsAny(ending, `'\`) || ending == "" {
			return nil, fmt.Errorf("seal: %q cannot be the ending of a title", ending)
		}
		endings[i] = "'" + ending + "'"
	}
	out := file
	for mark, text := range map[string]string{
		"@KEY@": base64.StdEncoding.EncodeToString(s.Key), "@OWN@": strconv.FormatBool(s.OwnCode), "@INTERFACE@": strconv.FormatBool(s.Interface),
		"'@DEFINITIONS@'": strings.Join(endings, ", "),
	} {
		out = bytes.ReplaceAll(out, []byte(mark), []byte(text))
	}
	return out, nil
}
