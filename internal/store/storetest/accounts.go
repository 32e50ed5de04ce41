package storetest

import (
	"fmt"

	"sallyport/internal/store"
)

func (s subject) account(name string, id int64) store.Account {
	return store.Account{
		Wiki: s.wiki, UserID: id, Name: name, Groups: []string{"user", "sysop"}, Rights: []string{"edit", "editinterface"},
		Checked: after(int(id)),
	}
}

func (s subject) saveAccounts(list ...store.Account) {
	s.t.Helper()
	for _, a := range list {
		s.ok(s.SaveAccount(s.ctx, a))
	}
}

// named wants a user id, or -1 for nothing known, under a name.
func (s subject) named(name string, want int64) {
	s.t.Helper()
	a, err := s.Account(s.ctx, s.wiki, name)
	if want < 0 {
		s.missing(name, err)
		return
	}
	s.ok(err)
	s.equal("id of "+name, a.UserID, want)
}

func accounts() []behaviour {
	return []behaviour{
		{"an account comes back as it was saved", func(s subject) {
			mara, bare := s.account("Mara Lind", 3), store.Account{Wiki: s.wiki, Name: "Noor", UserID: 4, Checked: epoch}
			s.saveAccounts(mara, bare)
			got, err := s.Account(s.ctx, s.wiki, "Mara Lind")
			s.ok(err)
			s.equal("account", got, mara)
			got, err = s.Account(s.ctx, s.wiki, "Noor")
			s.ok(err)
			s.equal("account without lists", got, bare)
		}},
		{"a name we never heard of is not found", func(s subject) {
			s.saveAccounts(s.account("Mara", 3))
			s.named("mara", -1)
			for _, name := range unkeepable() {
				s.named(name, -1)
			}
		}},
		{"names that nobody has are remembered side by side", func(s subject) {
			s.saveAccounts(s.account("Ghost", 0), s.account("Nobody", 0))
			s.named("Ghost", 0)
			s.named("Nobody", 0)
		}},
		{"a person who is renamed loses the old name", func(s subject) {
			s.saveAccounts(s.account("Old", 3), s.account("New", 3))
			s.named("Old", -1)
			s.named("New", 3)
		}},
		{"a name that passes to another person is theirs", func(s subject) {
			s.saveAccounts(s.account("Name", 3), s.account("Name", 4))
			s.named("Name", 4)
			s.saveAccounts(s.account("Elsewhere", 3))
			s.named("Name", 4)
			s.named("Elsewhere", 3)
			s.saveAccounts(s.account("Name", 0))
			s.named("Name", 0)
		}},
		{"two people who swap names have each other's", func(s subject) {
			s.saveAccounts(s.account("One", 3), s.account("Two", 4))
			s.together(2, func(i int) error {
				return s.SaveAccount(s.ctx, s.account([]string{"Two", "One"}[i], int64(3+i)))
			})
			s.named("Two", 3)
			s.named("One", 4)
		}},
		{"of many names heard at once for a person one is left", func(s subject) {
			name := func(i int) string { return fmt.Sprint("Name ", i) }
			s.together(8, func(i int) error { return s.SaveAccount(s.ctx, s.account(name(i), 3)) })
			left := 0
			for i := range 8 {
				if _, err := s.Account(s.ctx, s.wiki, name(i)); err == nil {
					left++
				}
			}
			s.equal("names", left, 1)
		}},
		{"wikis of a farm have people of the same name and id", func(s subject) {
			other := s.account("Mara", 9)
			other.Wiki = "other." + s.wiki
			renamed := s.account("Other", 3)
			renamed.Wiki = other.Wiki
			s.saveAccounts(s.account("Mara", 3), other, renamed)
			s.named("Mara", 3)
		}},
		{"an account with an impossible name is refused", func(s subject) {
			for why, name := range unkeepable() {
				s.refused(why, s.SaveAccount(s.ctx, s.account(name, 3)))
			}
			s.refused("no name", s.SaveAccount(s.ctx, s.account("", 3)))
		}},
	}
}
