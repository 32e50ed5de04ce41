// Package wiki holds the words every other package speaks: sites, titles, pages and people, as MediaWiki means them.
//
// Nothing here asks a wiki anything. A [Site] is filled from meta=siteinfo by package mediawiki (or by hand in a test),
// and from then on titles are read exactly as that wiki would read them.
package wiki

import (
	"slices"
	"time"
)

// Namespace numbers that MediaWiki fixes (includes/Defines.php).
const (
	NSSpecial   = -1
	NSMain      = 0
	NSTalk      = 1
	NSUser      = 2
	NSUserTalk  = 3
	NSProject   = 4
	NSMediaWiki = 8
	NSCategory  = 14
)

// Content models that MediaWiki core knows and Sallyport cares about (includes/Defines.php).
const (
	ModelWikitext   = "wikitext"
	ModelJavaScript = "javascript"
	ModelCSS        = "css"
	ModelJSON       = "json"
	ModelVue        = "vue"
	ModelText       = "text"
)

// Page is one revision of one page: the current one unless said otherwise.
type Page struct {
	Title   Title
	ID      int64 // page id; 0 when the page does not exist
	Rev     int64 // revision id
	Model   string
	Text    string
	Author  string    // user name of the person who saved this revision; empty when hidden
	Touched time.Time // when this revision was saved
}

// Exists says whether the page is there at all.
func (p *Page) Exists() bool { return p.ID != 0 }

// User is an account as a wiki describes it.
type User struct {
	ID     int64 // 0 for somebody who is not logged in, and for names nobody has registered
	Name   string
	Groups []string
	Rights []string
	Temp   bool // a temporary account (MediaWiki 1.42+)
}

// Has says whether the account holds a right.
func (u *User) Has(right string) bool { return slices.Contains(u.Rights, right) }
