package fakewiki

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sallyport/internal/wiki"
)

// account is a registered person.
type account struct {
	ID           int64
	Name         string
	Groups       []string // explicit ones; see [account.effective]
	Registration time.Time
	Touched      time.Time // last log-in or change of preferences
	Edits        int
	Options      map[string]string
	Salt, Hash   []byte
	Email        string   `json:",omitempty"`
	GlobalGroups []string `json:",omitempty"`
	Temp         bool     `json:",omitempty"`
}

// AddUser registers somebody, or gives somebody who is registered that password and those groups. Names are taken as
// MediaWiki canonicalises them. A name that cannot be one registers nobody and returns the zero User.
func (w *Wiki) AddUser(name, password string, groups ...string) wiki.User {
	w.mu.Lock()
	defer w.mu.Unlock()
	name, ok := w.userName(name)
	if !ok {
		return wiki.User{}
	}
	a := w.db.byName[name]
	if a == nil {
		w.db.LastUser++
		a = &account{ID: w.db.LastUser, Name: name, Registration: w.now().UTC(), Options: map[string]string{}}
		w.db.Accounts[a.ID], w.db.byName[name] = a, a
		w.db.recordLog("newusers", "create", change{Title: userPage(name), User: name, Time: a.Registration,
			LogParams: map[string]any{"userid": a.ID}})
	}
	a.Groups = slices.Clone(groups)
	a.Salt = w.bytes(8)
	a.Hash = derive(password, a.Salt)
	return a.word()
}

// derive keeps passwords out of dumps. The wiki is a pretence, so the work factor is low.
func derive(password string, salt []byte) []byte {
	key, err := pbkdf2.Key(sha256.New, password, salt, 1000, 32)
	if err != nil { // only where FIPS mode forbids the sizes
		return nil
	}
	return key
}

func (a *account) checks(password string) bool {
	return len(a.Hash) > 0 && hmac.Equal(a.Hash, derive(password, a.Salt))
}

// word turns the account into the word the other packages speak.
func (a *account) word() wiki.User {
	groups := a.effective()
	return wiki.User{ID: a.ID, Name: a.Name, Groups: groups, Rights: rightsOf(groups)}
}

// effective adds the groups MediaWiki gives implicitly. A default MediaWiki confirms everybody at once.
func (a *account) effective() []string {
	groups := slices.Clone(a.Groups)
	slices.Sort(groups)
	if a.Temp {
		return append(groups, "*", "temp")
	}
	return append(groups, "*", "user", "autoconfirmed")
}

// anonymous is who asks when nobody is logged in. MediaWiki names such people by their address.
func anonymous(address string) wiki.User {
	name := "127.0.0.1"
	if at, err := netip.ParseAddrPort(address); err == nil {
		name = at.Addr().Unmap().String()
	}
	return wiki.User{Name: name, Groups: []string{"*"}, Rights: rightsOf([]string{"*"})}
}

func userPage(name string) wiki.Title {
	return wiki.Title{NS: wiki.NSUser, Key: strings.ReplaceAll(name, " ", "_")}
}

// userName canonicalises a user name as UserNameUtils::getCanonical does: it must be a title without a subpage.
func (w *Wiki) userName(name string) (string, bool) {
	t, err := w.site.Parse("User:" + name)
	if err != nil || t.NS != wiki.NSUser || strings.ContainsAny(t.Key, "/@:") {
		return "", false
	}
	if _, err := netip.ParseAddr(t.Key); err == nil {
		return "", false
	}
	return t.Text(), true
}

func (w *Wiki) accountNamed(name string) *account {
	if name, ok := w.userName(name); ok {
		return w.db.byName[name]
	}
	return nil
}

// accounts lists everybody by name.
func (w *Wiki) accounts() []*account {
	return slices.SortedFunc(maps.Values(w.db.Accounts), func(a, b *account) int { return strings.Compare(a.Name, b.Name) })
}

func (w *Wiki) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(w.random, b); err != nil {
		// A wiki without randomness would hand out tokens anybody can guess, so there is nothing sensible left to do.
		panic(fmt.Sprintf("fakewiki: read randomness: %v", err))
	}
	return b
}
