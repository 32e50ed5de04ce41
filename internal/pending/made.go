package pending

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

const (
	logBatch = 500
	// sendWindow is how far apart a change's time on the wiki and in the log may be.
	sendWindow = 5 * time.Minute
)

// Made knows from the log which changes of the wiki were approved, and made by this desk or another process's. It is safe
// for concurrent use.
type Made struct {
	desk *Desk

	mu        sync.Mutex
	seq       int64                   // of the log, read so far
	revisions map[int64]bool          // that approved changes became
	others    map[wiki.Title]made     // pages of approved changes that have no revision of their own
	sending   map[string][]wiki.Title // by id: on their way to the wiki
}

type made struct {
	at   time.Time
	kind writedoor.Kind
}

// Made reads the log from its beginning, as far as it is asked.
func (d *Desk) Made() *Made {
	return &Made{desk: d, revisions: map[int64]bool{}, others: map[wiki.Title]made{}, sending: map[string][]wiki.Title{}}
}

// Approved says whether somebody approved what a change of the wiki says. open means that this cannot be said yet: a change
// of the page is on its way to the wiki, and the log does not know what came of it.
func (m *Made) Approved(ctx context.Context, c mediawiki.Change) (yes, open bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.read(ctx); err != nil {
		return false, false, err
	}
	title := c.Title
	if c.Target != nil {
		title = *c.Target
	}
	if c.Type != "log" {
		yes = m.revisions[c.Rev]
	} else if was, ok := m.others[title]; ok {
		yes = was.at.Sub(c.Time).Abs() < sendWindow && (c.LogType != "delete" || !hasRevision(was.kind))
	}
	for _, titles := range m.sending {
		open = open || !yes && (slices.Contains(titles, c.Title) || slices.Contains(titles, title))
	}
	return yes, open, nil
}

// hasRevision knows the changes that become a revision of their page.
func hasRevision(k writedoor.Kind) bool {
	switch k {
	case writedoor.Edit, writedoor.Rollback, writedoor.Undo, writedoor.ContentModel:
		return true
	default:
		return false
	}
}

// read takes in what was logged since the last time.
func (m *Made) read(ctx context.Context) error {
	for {
		entries, err := m.desk.o.Store.Entries(ctx, m.desk.o.Site.ID, m.seq, logBatch)
		if err != nil {
			return err
		}
		for i := range entries {
			m.seq = entries[i].Seq
			m.take(&entries[i])
		}
		if len(entries) < logBatch {
			return nil
		}
	}
}

func (m *Made) take(e *store.Entry) {
	switch e.Kind {
	case unapprovedKind:
		var u unapproved
		if json.Unmarshal([]byte(e.Body), &u) == nil && u.Undone != 0 {
			m.revisions[u.Undone] = true
		}
	case "sending", "not made", string(store.Done), string(store.Failed), string(store.Unclear):
		var s summary
		if json.Unmarshal([]byte(e.Body), &s) == nil {
			m.change(e, &s)
		}
	}
}

func (m *Made) change(e *store.Entry, s *summary) {
	var titles []wiki.Title
	for _, p := range s.Pages {
		titles = append(titles, wiki.Title{NS: p.NS, Key: p.Title})
	}
	delete(m.sending, s.ID)
	switch e.Kind {
	case "sending":
		m.sending[s.ID] = titles
	case string(store.Done):
		m.revisions[s.Revision] = true
		for _, t := range titles {
			m.others[t] = made{e.At, writedoor.Kind(s.Operation)}
		}
	}
}

// unapprovedKind is the log's word for a change that nobody approved.
const unapprovedKind = "unapproved"

// unapproved is what the log says of one.
type unapproved struct {
	What     string `json:"what"`
	Title    string `json:"title"`
	User     string `json:"user"`
	Revision int64  `json:"revision,omitempty"`
	Type     string `json:"type"`
	Log      string `json:"log,omitempty"`
	Undone   int64  `json:"undone,omitempty"` // the revision that put the page back
	Why      string `json:"why,omitempty"`    // it stands
}

// Unapproved writes into the log that code changed which nobody approved, and what was done about it.
func (d *Desk) Unapproved(ctx context.Context, c mediawiki.Change, what string, undone int64, why string) error {
	entry, err := d.entry(unapprovedKind, unapproved{what, d.o.Site.Prefixed(c.Title), c.User, c.Rev, c.Type, c.LogType, undone, why})
	if err != nil {
		return err
	}
	return d.o.Store.Append(ctx, d.o.Site.ID, entry)
}
