// Package accounts finds out who holds power on a wiki, when each right was last used, and whose scripts run while it is
// held: what [incident.Audit] then weighs.
//
// Who holds which rights, the logs and the contributions are public, and the wiki is asked for them. Which scripts an
// account loads is read from its own script pages, and on from there, and from the gadgets it has switched on. What the
// gateway itself sees is noted in a [Ledger], which outlives the process.
package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sallyport/internal/finding"
	"sallyport/internal/incident"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Bounds of a survey.
const (
	maxAccounts = 2000
	maxRounds   = 100 // of one question
)

// hidden are rights whose use leaves no trace that tells it from others'. Most leave that of another right: who deletes a
// page of many revisions has deleted a page.
var hidden = []string{"bigdelete", "siteadmin", "replacetext", "nuke", "massmessage", "globalgrouppermissions", "globalgroupmembership",
	"userrights-interwiki", "importupload"}

// Store is what a survey needs of a store.
type Store interface {
	Keys(ctx context.Context, wiki string, userID int64) ([]store.Key, error)
	Choices(ctx context.Context, wiki string, userID int64) ([]store.Choice, error)
	Gadgets(ctx context.Context, wiki string, ids []int64) (map[int64]store.Gadget, error)
	Acceptances(ctx context.Context, wiki string, userID int64) ([]store.Acceptance, error)
	Text(ctx context.Context, d store.Digest) (string, error)
}

// Wiki is what is asked; a mediawiki.Client answers.
type Wiki interface {
	Raw(ctx context.Context, params map[string]string, cookies string) ([]byte, error)
	Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
}

// Survey goes through the accounts of one wiki. All but Tell is required.
type Survey struct {
	Site    *wiki.Site
	Wiki    Wiki
	Store   Store
	Analyse func(path string, text []byte) *finding.Script // for what a script loads
	Usage   *incident.Usage
	Now     func() time.Time
	Tell    func(done, all int) // progress, by account; nil: nobody is told
}

// Report is what a survey found.
type Report struct {
	Made     time.Time          `json:"made"`
	Since    time.Time          `json:"since"` // from when on every use of a right that leaves a trace was seen
	Accounts []incident.Account `json:"accounts"`
	More     bool               `json:"more,omitempty"` // there are more accounts than are looked at
}

// power are the rights that count.
func power() []string { return append(writedoor.DefaultPower(), "block") }

// Run looks at everybody who holds power: history says whether the wiki's logs are read, too.
func (s *Survey) Run(ctx context.Context, history bool) (*Report, error) {
	groups, err := s.groups(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask which groups give which rights: %w", err)
	}
	users, more, err := s.people(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask who holds rights: %w", err)
	}
	now := s.Now()
	whole := history
	loads := &loader{Survey: s, read: map[wiki.Title]*script{}, kept: map[earlier]*script{}}
	for i, u := range users {
		if history {
			all, err := s.history(ctx, u, now.Add(-incident.Unused))
			if err != nil {
				return nil, fmt.Errorf("read what %s did: %w", u.Name, err)
			}
			whole = whole && all
		}
		if err := loads.of(ctx, u, now); err != nil {
			return nil, fmt.Errorf("read which scripts %s loads: %w", u.Name, err)
		}
		if s.Tell != nil {
			s.Tell(i+1, len(users))
		}
	}
	if edge := now.Add(-incident.Unused - time.Second); whole && s.Usage.Since().After(edge) {
		s.Usage.Restore(nil, edge)
	}
	keys, err := s.keys(ctx, now)
	if err != nil {
		return nil, err
	}
	all := incident.Audit(incident.Survey{
		Users: users, Keys: keys, Groups: groups, Owner: s.owner, Usage: s.Usage, Now: now, Hidden: hidden,
	})
	return &Report{Made: now, Since: s.Usage.Since(), Accounts: all, More: more}, nil
}

// ask puts a question and those that continue it, and hands over the "query" of each answer, as long as more wants it.
func ask[T any](ctx context.Context, s *Survey, params map[string]string, more func(*T) bool) (whole bool, err error) {
	params = maps.Clone(params)
	params["action"] = "query"
	for range maxRounds {
		body, err := s.Wiki.Raw(ctx, params, "")
		if err != nil {
			return false, err
		}
		var answer struct {
			Query    T
			Continue map[string]any
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return false, err
		}
		if !more(&answer.Query) || len(answer.Continue) == 0 {
			return true, nil
		}
		for name, value := range answer.Continue {
			params[name] = fmt.Sprint(value)
		}
	}
	return false, nil
}

// groups are the rights by group.
func (s *Survey) groups(ctx context.Context) (map[string][]string, error) {
	type answer struct {
		UserGroups []struct {
			Name   string
			Rights []string
		}
	}
	groups := map[string][]string{}
	_, err := ask(ctx, s, map[string]string{"meta": "siteinfo", "siprop": "usergroups"}, func(a *answer) bool {
		for _, g := range a.UserGroups {
			groups[g.Name] = g.Rights
		}
		return true
	})
	return groups, err
}

// people are the accounts whose groups give them power, by name.
func (s *Survey) people(ctx context.Context) (users []wiki.User, more bool, err error) {
	type answer struct {
		AllUsers []struct {
			UserID         int64
			Name           string
			Groups, Rights []string
		}
	}
	params := map[string]string{"list": "allusers", "auprop": "groups|rights", "aulimit": "500", "aurights": strings.Join(power(), "|")}
	whole, err := ask(ctx, s, params, func(a *answer) bool {
		for _, row := range a.AllUsers {
			u := wiki.User{ID: row.UserID, Name: row.Name, Groups: row.Groups, Rights: row.Rights}
			if len(users) < maxAccounts && slices.ContainsFunc(power(), u.Has) {
				users = append(users, u)
			} else if len(users) == maxAccounts {
				more = true
			}
		}
		return !more
	})
	return users, more || !whole, err
}

// keys counts the good passkeys of each account.
func (s *Survey) keys(ctx context.Context, now time.Time) (map[int64]int, error) {
	all, err := s.Store.Keys(ctx, s.Site.ID, 0)
	if err != nil {
		return nil, err
	}
	count := map[int64]int{}
	for _, k := range all {
		if k.Kind == "passkey" && k.Good(now) {
			count[k.UserID]++
		}
	}
	return count, nil
}

// owner says whose a script is: a person on the wiki, or another host.
func (s *Survey) owner(page string) string {
	if host, ok := strings.CutPrefix(page, "//"); ok {
		host, _, _ = strings.Cut(host, "/")
		return host
	}
	t, err := s.Site.Parse(page)
	if err != nil {
		return ""
	}
	name, _ := s.Site.Owner(t)
	return name
}
