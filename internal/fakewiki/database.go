package fakewiki

import (
	"time"

	"sallyport/internal/wiki"
)

// database is everything the wiki remembers across a restart. Its fields are exported for encoding/json alone.
type database struct {
	Pages    map[int64]*page
	Deleted  map[int64]*page // as MediaWiki's archive table: what undelete could bring back
	Accounts map[int64]*account
	Changes  []change // oldest first
	LastPage int64
	LastRev  int64
	LastUser int64
	LastLog  int64
	// LastChange is the id of the newest change: some may have gone.
	LastChange int64

	byTitle map[wiki.Title]*page
	byName  map[string]*account
	byRev   map[int64]*page
}

type page struct {
	ID        int64
	Title     wiki.Title
	Touched   time.Time
	Protected string     // the right that editing needs ("" for none): what action=protect would have set
	Revisions []revision // oldest first, never empty
}

type revision struct {
	ID      int64
	Parent  int64 `json:",omitempty"`
	Time    time.Time
	User    string
	Comment string
	Model   string
	Text    string
	Minor   bool `json:",omitempty"`
}

// change is one row of recentchanges: an edit, a new page or a log entry.
type change struct {
	ID       int64
	Type     string // "edit", "new" or "log"
	Title    wiki.Title
	Page     int64
	Rev, Old int64
	OldLen   int
	NewLen   int
	User     string
	Time     time.Time
	Comment  string
	Minor    bool
	Bot      bool

	Log       int64 // log id; 0 for edits
	LogType   string
	LogAction string
	LogParams map[string]any
}

func newDatabase() database {
	return database{
		Pages: map[int64]*page{}, Deleted: map[int64]*page{}, Accounts: map[int64]*account{},
		byTitle: map[wiki.Title]*page{}, byName: map[string]*account{}, byRev: map[int64]*page{},
	}
}

// index rebuilds what is derived, after reading a dump.
func (d *database) index() {
	d.byTitle, d.byName, d.byRev = map[wiki.Title]*page{}, map[string]*account{}, map[int64]*page{}
	for _, p := range d.Pages {
		d.byTitle[p.Title] = p
		for _, r := range p.Revisions {
			d.byRev[r.ID] = p
		}
	}
	for _, a := range d.Accounts {
		d.byName[a.Name] = a
	}
}

func (p *page) current() *revision { return &p.Revisions[len(p.Revisions)-1] }

// revision finds one of the page's revisions; nil when it is not there.
func (p *page) revision(id int64) *revision {
	for i := range p.Revisions {
		if p.Revisions[i].ID == id {
			return &p.Revisions[i]
		}
	}
	return nil
}

// word turns a page and a revision of it into the word the other packages speak.
func (p *page) word(r *revision) wiki.Page {
	return wiki.Page{Title: p.Title, ID: p.ID, Rev: r.ID, Model: r.Model, Text: r.Text, Author: r.User, Touched: r.Time}
}

func (d *database) record(c change) {
	d.LastChange++
	c.ID = d.LastChange
	d.Changes = append(d.Changes, c)
}

// recordLog writes a log entry, which is also a recent change.
func (d *database) recordLog(kind, action string, c change) {
	d.LastLog++
	c.Type, c.LogType, c.LogAction, c.Log = "log", kind, action, d.LastLog
	d.record(c)
}
