package pending

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor/hook"
)

// ByBroker says whether the gateway's own account makes a change, not its sender's session.
func (d *Desk) ByBroker(c *Change) bool { return d.brokered(c.Kind, c.Tiers) }

// mayMake says whether somebody may have an approved change made: who sent it; and where no session of theirs is needed for
// it, whoever approved it.
func (d *Desk) mayMake(c *Change, actor wiki.User) bool {
	if actor.ID == 0 || actor.ID == c.UserID || !d.ByBroker(c) {
		return actor.ID != 0 && actor.ID == c.UserID
	}
	for _, a := range c.Told.Approvals {
		if a.UserID == actor.ID {
			return true
		}
	}
	return false
}

// mayStill asks again, right before a change is made, whether everybody who stands behind it may let it be made.
func (d *Desk) mayStill(ctx context.Context, c *Change) error {
	if !d.ByBroker(c) {
		return nil
	}
	people := map[int64]string{c.UserID: c.User}
	for _, a := range c.Told.Approvals {
		people[a.UserID] = a.User
	}
	err := d.o.Broker.listed(ctx, c.Tiers, people)
	if errors.Is(err, ErrBroker) {
		err = fmt.Errorf("%w: %w", ErrNotNow, err)
	}
	return err
}

// sender is the account whose session the wiki sees.
func (d *Desk) sender(c *Change) string {
	if d.ByBroker(c) {
		return d.o.Broker.Account.Name()
	}
	return c.User
}

// wrote says whether a revision is a change's. The broker saves for many people: its edits say which change each one is.
func (d *Desk) wrote(c *Change, r *revision) bool {
	return r.User == d.sender(c) && (!d.ByBroker(c) || strings.HasSuffix(r.Comment, Mark(c.ID)))
}

// Commit has the gateway's own account make a change that [Desk.Begin] gave out, and asks the wiki what came of it. The
// answer is the one of action=edit, nil when there is none.
func (d *Desk) Commit(ctx context.Context, s *Sending) (answer []byte, err error) {
	answer, err = d.o.Broker.save(ctx, d.o.Site, s)
	var refused *mediawiki.Error
	reply := Reply{Status: http503}
	switch {
	case err == nil:
		reply = Reply{Status: 200, Refusal: notSaved(answer)}
	case errors.As(err, &refused) && !errors.Is(err, mediawiki.ErrUnavailable):
		reply = Reply{Status: 200, Refusal: refused.Error()}
	default:
		d.o.Log.Warn("approved change not sent", "change", s.ID, "err", err)
	}
	return answer, d.Finish(ctx, s, reply, d.o.Broker.Account.Ask)
}

// http503 stands for a wiki that gave no answer: whether it made the change is found out later.
const http503 = 503

// notSaved is why an edit that was answered was not saved, for instance by an extension; empty when it was.
func notSaved(answer []byte) string {
	var a struct {
		Edit struct{ Result, Info, Code string }
	}
	if err := json.Unmarshal(answer, &a); err != nil || a.Edit.Result == "Success" {
		return ""
	}
	return strings.TrimSpace("the wiki did not save it: " + a.Edit.Result + " " + a.Edit.Code + " " + a.Edit.Info)
}

// save is the one edit. It says which revision it began from, so that the wiki refuses it when the page has changed, was
// deleted, or was made meanwhile. The time of that revision is not said: MediaWiki would forgive an account a conflict
// with itself then (ApiEditPage), and this account saves for many people. For the same reason there is one edit at a time.
func (b *Broker) save(ctx context.Context, site *wiki.Site, s *Sending) ([]byte, error) {
	if s.State != store.Sending || len(s.Changes) != 1 {
		return nil, fmt.Errorf("%w: it is %s, with %d pages", ErrNotNow, s.State, len(s.Changes))
	}
	b.one.Lock()
	defer b.one.Unlock()
	change := &s.Changes[0]
	title := site.PrefixedText(change.Title)
	rev, now, err := b.current(ctx, title)
	if err != nil {
		return nil, err
	}
	if rev != change.Rev {
		return nil, &mediawiki.Error{Code: "editconflict", Info: fmt.Sprintf("%s is at revision %d now, it was at %d", title, rev, change.Rev)}
	}
	v := map[string]string{
		"action": "edit", "title": title, "text": change.New, "contentmodel": change.After, "summary": attribution(s.Change),
		"starttimestamp": now, "watchlist": "nochange", "createonly": "1",
	}
	if rev != 0 {
		delete(v, "createonly")
		v["nocreate"], v["baserevid"] = "1", strconv.FormatInt(rev, 10)
	}
	if b.Tag != "" {
		v["tags"] = b.Tag
	}
	if now == "" {
		delete(v, "starttimestamp")
	}
	return b.Account.Write(ctx, v, hook.Header, s.Grant)
}

// current is the page's revision, 0 when there is none, and the wiki's own time.
func (b *Broker) current(ctx context.Context, title string) (rev int64, now string, err error) {
	var answer struct {
		CurTimestamp string
		Query        struct{ Pages []page }
	}
	err = into(ctx, b.Account.Ask, &answer, map[string]string{
		"action": "query", "prop": "info", "titles": title, "curtimestamp": "1",
	})
	if err == nil && len(answer.Query.Pages) != 1 {
		err = fmt.Errorf("the wiki says nothing about %s", title)
	}
	if err != nil {
		return 0, "", err
	}
	return answer.Query.Pages[0].LastRevID, answer.CurTimestamp, nil
}
