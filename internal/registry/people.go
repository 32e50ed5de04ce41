package registry

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// How long an account is believed without asking. Ids change only through events that recent changes show.
const (
	idAge     = time.Hour
	rightsAge = 10 * time.Second
)

// maxPeople bounds the accounts kept in memory: the store has the rest.
const maxPeople = 50_000

// people answers who a user name is: from memory, then from the wiki, and when the wiki is down from the store.
type people struct {
	r     *Registry
	mu    sync.Mutex
	known map[string]store.Account
	asked singleflight.Group
}

func (p *people) init(r *Registry) {
	p.r = r
	p.known = map[string]store.Account{}
}

// forget makes the next question about anybody go to the wiki.
func (p *people) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.known)
	p.r.generation.Add(1)
}

// forgetOne does the same for one name. What was put together in memory stands only if nobody had asked for it.
func (p *people) forgetOne(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, asked := p.known[name]; asked {
		delete(p.known, name)
		p.r.generation.Add(1)
	}
}

// id returns the user id a name has now; 0 when nobody has it.
func (p *people) id(ctx context.Context, name string) (int64, error) {
	a, err := p.get(ctx, name, idAge)
	return a.UserID, err
}

// get returns what is known about a name and at most as old as age; older when the wiki does not answer.
func (p *people) get(ctx context.Context, name string, age time.Duration) (store.Account, error) {
	p.mu.Lock()
	a, ok := p.known[name]
	p.mu.Unlock()
	if ok && p.r.now().Sub(a.Checked) < age {
		return a, nil
	}
	v, err, _ := p.asked.Do(name, func() (any, error) { return p.ask(context.WithoutCancel(ctx), name) })
	if err == nil {
		return v.(store.Account), nil
	}
	if ok {
		return a, nil
	}
	a, kept := p.r.store.Account(ctx, p.r.Site.ID, name)
	if errors.Is(kept, store.ErrNotFound) {
		return a, err
	}
	return a, kept
}

func (p *people) ask(ctx context.Context, name string) (store.Account, error) {
	users, err := p.r.wiki.Users(ctx, []string{name})
	if err != nil {
		return store.Account{}, err
	}
	u := wiki.User{Name: name}
	if len(users) == 1 {
		u = users[0]
	}
	a := store.Account{
		Wiki: p.r.Site.ID, UserID: u.ID, Name: name, Groups: u.Groups, Rights: u.Rights, Checked: p.r.now(),
	}
	p.mu.Lock()
	if len(p.known) >= maxPeople {
		clear(p.known)
		p.r.generation.Add(1)
	}
	p.known[name] = a
	p.mu.Unlock()
	return a, p.r.store.SaveAccount(ctx, a)
}
