package pending

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// ErrCompose refuses a text that cannot be written on the clean origin.
var ErrCompose = errors.New("this cannot be written here")

// Composer lets people write a page where no script of the wiki ever sees the text: what is approved is what was typed.
type Composer struct {
	Desk     *Desk
	Write    *writedoor.Door
	Policies Policies
	Ask      writedoor.Ask // as somebody who may read
	Users    func(ctx context.Context, names []string) ([]wiki.User, error)
}

// Draft is a page as it is being written.
type Draft struct {
	Title, Text, Summary string
	Base                 int64 // the revision it began from; 0 for a new page
}

// Read returns a page as it is now.
func (c *Composer) Read(ctx context.Context, title string) (Draft, error) {
	site := c.Desk.o.Site
	t, err := site.Parse(title)
	if err != nil || t.NS < 0 {
		return Draft{}, fmt.Errorf("%w: %q is not the title of a page", ErrCompose, title)
	}
	p, err := c.Desk.page(ctx, c.Ask, &writedoor.Change{Page: writedoor.Page{Title: t}}, map[string]string{
		"prop": "revisions", "rvslots": "main", "rvprop": "ids|user|content|contentmodel", "rvlimit": "1",
	})
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Title: site.PrefixedText(t)}
	if len(p.Revisions) > 0 {
		d.Text, d.Base = p.Revisions[0].Slots.Main.Content, p.Revisions[0].RevID
	}
	return d, nil
}

// Park keeps what somebody wrote until they approve it, as every change.
func (c *Composer) Park(ctx context.Context, userID int64, user string, d Draft) (*Change, error) {
	if strings.Contains(d.Text, "~~~") {
		return nil, fmt.Errorf("%w: the wiki would put a signature in the place of ~~~", ErrCompose)
	}
	users, err := c.Users(ctx, []string{user})
	if err != nil {
		return nil, err
	}
	if users[0].ID != userID {
		return nil, fmt.Errorf("%w: the key belongs to an account that is no longer called %s", ErrCompose, user)
	}
	form := url.Values{"action": {"edit"}, "format": {"json"}, "title": {d.Title}, "text": {d.Text}, "summary": {d.Summary}}
	if d.Base != 0 {
		form.Set("baserevid", strconv.FormatInt(d.Base, 10))
	} else {
		form.Set("createonly", "1")
	}
	op, err := c.Write.Classify(ctx, writedoor.Request{
		Method: "POST", Target: c.Desk.o.Site.ScriptPath + "/api.php", ContentType: []string{"application/x-www-form-urlencoded"},
		Body: []byte(form.Encode()), Actor: users[0],
	})
	if err != nil {
		return nil, err
	}
	policy := c.Policies.For(op, users[0])
	if !policy.Waits() {
		policy = Approve
	}
	return c.Desk.Park(ctx, Arrival{Operation: op, Policy: policy, Actor: users[0], Ask: c.Ask, Sent: Sender{Composed: true}})
}

// withToken adds the session's token to a request that was made without one.
func withToken(ctx context.Context, f *writedoor.Forward, ask writedoor.Ask) (*writedoor.Forward, error) {
	var answer struct {
		Query struct{ Tokens struct{ CSRFToken string } }
	}
	if err := into(ctx, ask, &answer, map[string]string{"action": "query", "meta": "tokens", "type": "csrf"}); err != nil {
		return nil, err
	}
	out := *f
	out.Body = append(bytes.Clone(f.Body), "&token="+url.QueryEscape(answer.Query.Tokens.CSRFToken)...)
	return &out, nil
}
