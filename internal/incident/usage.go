package incident

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Usage remembers when each account last used each right. It is safe for concurrent use.
type Usage struct {
	mu    sync.Mutex
	since time.Time // from when on everything was seen
	most  int
	last  map[int64]map[string]time.Time
	loads map[int64]map[string]time.Time // scripts by account, last served while it held power
}

// maxLoads bounds the scripts remembered of one account.
const maxLoads = 500

// NewUsage remembers at most so many accounts, which should be those that hold rights; since is from when on it sees
// everything.
func NewUsage(most int, since time.Time) *Usage {
	return &Usage{since: since, most: most, last: map[int64]map[string]time.Time{}, loads: map[int64]map[string]time.Time{}}
}

// Used notes an operation that was made.
func (u *Usage) Used(user int64, op *writedoor.Operation, at time.Time) {
	for _, right := range RightsOf(op) {
		u.note(user, right, at)
	}
}

// Right notes that an account used a right, as somebody found out who is not asked here how.
func (u *Usage) Right(user int64, right string, at time.Time) { u.note(user, right, at) }

// Logged notes an entry of the wiki's logs, for the time before Sallyport stood there. id is the account's.
func (u *Usage) Logged(id int64, c mediawiki.Change) {
	right := map[string]string{
		"delete": "delete", "block": "block", "protect": "protect", "rights": "userrights", "import": "import", "merge": "mergehistory",
		"renameuser": "renameuser", "move": "move",
	}[c.LogType]
	if c.LogType == "delete" && c.Action == "restore" {
		right = "undelete"
	}
	if right != "" {
		u.note(id, right, c.Time)
	}
	if c.Type != "log" {
		for _, right := range pageRights(c.Title, wiki.DefaultModel(c.Title), c.User) {
			u.note(id, right, c.Time)
		}
	}
}

// powerful says whether an account holds a right that the audit looks at.
func powerful(u wiki.User) bool {
	return u.ID != 0 && (u.Has("block") || slices.ContainsFunc(writedoor.DefaultPower(), u.Has))
}

// Loaded notes that an account that holds rights was served a script.
func (u *Usage) Loaded(user int64, page string, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	note(u.loads, u.most, user, page, at)
}

func (u *Usage) note(user int64, right string, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	note(u.last, u.most, user, right, at)
}

func note(all map[int64]map[string]time.Time, accounts int, user int64, name string, at time.Time) {
	if user == 0 || all[user] == nil && len(all) >= accounts {
		return
	}
	if all[user] == nil {
		all[user] = map[string]time.Time{}
	}
	if old, ok := all[user][name]; ok && old.After(at) || !ok && len(all[user]) >= maxLoads {
		return
	}
	all[user][name] = at
}

// Since is from when on everything was seen.
func (u *Usage) Since() time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.since
}

// Last is when an account used a right, or the zero time.
func (u *Usage) Last(user int64, right string) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.last[user][right]
}

// Loads are the scripts an account was served since a time.
func (u *Usage) Loads(user int64, since time.Time) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	var pages []string
	for page, at := range u.loads[user] {
		if !at.Before(since) {
			pages = append(pages, page)
		}
	}
	slices.Sort(pages)
	return pages
}

// Use is a row of what a [Usage] remembers, for a store to keep.
type Use struct {
	User int64
	Name string // a right, or a page that was served
	Page bool
	At   time.Time
}

// Rows are everything that is remembered.
func (u *Usage) Rows() []Use {
	u.mu.Lock()
	defer u.mu.Unlock()
	var rows []Use
	for page, all := range map[bool]map[int64]map[string]time.Time{false: u.last, true: u.loads} {
		for user, uses := range all {
			for name, at := range uses {
				rows = append(rows, Use{user, name, page, at})
			}
		}
	}
	slices.SortFunc(rows, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Name, b.Name))
	})
	return rows
}

// Restore takes rows back, with the time from which on everything was seen.
func (u *Usage) Restore(rows []Use, since time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.since = since
	for _, r := range rows {
		if r.Page {
			note(u.loads, u.most, r.User, r.Name, r.At)
		} else {
			note(u.last, u.most, r.User, r.Name, r.At)
		}
	}
}

// RightsOf are the rights, in MediaWiki's words, that an operation takes beyond those of any account
// (PermissionManager, and the special pages' own).
func RightsOf(op *writedoor.Operation) []string {
	var rights []string
	if right := map[writedoor.Kind]string{
		writedoor.Rollback: "rollback", writedoor.Delete: "delete", writedoor.Undelete: "undelete", writedoor.HideRevisions: "deleterevision",
		writedoor.Merge: "mergehistory", writedoor.Import: "import", writedoor.Protect: "protect", writedoor.RenameUser: "renameuser",
		writedoor.Rights: "userrights", writedoor.Block: "block", writedoor.Unblock: "block",
	}[op.Kind]; right != "" {
		rights = append(rights, right)
	}
	for _, p := range op.Pages {
		model := cmp.Or(p.After, p.Before, wiki.DefaultModel(p.Title))
		owner := ""
		if !slices.Contains(op.Tiers, writedoor.OthersCode) && p.Title.NS == wiki.NSUser {
			owner = p.Title.Root()
		}
		for _, right := range pageRights(p.Title, model, owner) {
			if !slices.Contains(rights, right) {
				rights = append(rights, right)
			}
		}
	}
	return rights
}

// pageRights are the rights that changing a page takes.
func pageRights(t wiki.Title, model, user string) []string {
	var rights []string
	if t.NS == wiki.NSMediaWiki {
		rights = append(rights, "editinterface")
	}
	code := wiki.Code(t, model)
	if code.User() && t.Root() == user {
		return nil
	}
	switch code {
	case wiki.SiteJS, wiki.SiteVue:
		rights = append(rights, "editsitejs")
	case wiki.SiteCSS:
		rights = append(rights, "editsitecss")
	case wiki.SiteJSON:
		rights = append(rights, "editsitejson")
	case wiki.SiteHTML:
		rights = append(rights, "editsitejs", "editsitecss")
	case wiki.UserJS, wiki.UserVue:
		rights = append(rights, "edituserjs")
	case wiki.UserCSS:
		rights = append(rights, "editusercss")
	case wiki.UserJSON:
		rights = append(rights, "edituserjson")
	}
	return rights
}
