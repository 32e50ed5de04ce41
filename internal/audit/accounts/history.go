package accounts

import (
	"context"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// logged are the log entries that show the use of a right, by what list=logevents calls them. The newest of each tells when
// the right was last used, however long ago.
var logged = []struct{ parameter, value, right string }{
	{"leaction", "delete/delete", "delete"}, {"leaction", "delete/restore", "undelete"}, {"letype", "block", "block"},
	{"letype", "protect", "protect"}, {"letype", "rights", "userrights"}, {"letype", "import", "import"}, {"letype", "merge", "mergehistory"},
	{"letype", "renameuser", "renameuser"},
}

// history notes what the wiki says an account did. whole says that nothing since a moment was left out.
func (s *Survey) history(ctx context.Context, u wiki.User, since time.Time) (whole bool, err error) {
	for _, l := range logged {
		if !u.Has(l.right) {
			continue
		}
		if err := s.lastLogged(ctx, u, l.parameter, l.value, l.right); err != nil {
			return false, err
		}
	}
	return s.edits(ctx, u, since)
}

func (s *Survey) lastLogged(ctx context.Context, u wiki.User, parameter, value, right string) error {
	type answer struct {
		LogEvents []struct{ Timestamp time.Time }
	}
	params := map[string]string{"list": "logevents", "leuser": u.Name, parameter: value, "lelimit": "1", "leprop": "timestamp"}
	_, err := ask(ctx, s, params, func(a *answer) bool {
		for _, e := range a.LogEvents {
			s.Usage.Right(u.ID, right, e.Timestamp)
		}
		return false
	})
	if mediawiki.Refused(err, "badvalue") || mediawiki.Refused(err, "unknown_letype") { // the wiki has no such log
		return nil
	}
	return err
}

// edits notes which pages an account changed that take a right: those of the MediaWiki namespace, and other people's code.
func (s *Survey) edits(ctx context.Context, u wiki.User, since time.Time) (whole bool, err error) {
	type answer struct {
		UserContribs []struct {
			NS        int
			Title     string
			Timestamp time.Time
		}
	}
	params := map[string]string{
		"list": "usercontribs", "ucuser": u.Name, "ucnamespace": "2|8", "ucprop": "title|timestamp", "uclimit": "500",
		"ucend": since.UTC().Format(time.RFC3339),
	}
	return ask(ctx, s, params, func(a *answer) bool {
		for _, e := range a.UserContribs {
			if t, err := s.Site.Parse(e.Title); err == nil {
				s.Usage.Logged(u.ID, mediawiki.Change{Type: "edit", Title: t, User: u.Name, Time: e.Timestamp})
			}
		}
		return true
	})
}
