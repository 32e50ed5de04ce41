package approved

import "context"

// floor is how few people are too few for what has been popular: fewer than three quarters of those that made it so. People come and
// go, and at the threshold one of them would decide each day whether texts wait; a quarter of them does not leave by chance.
func (b *Book) floor() int { return (3*b.o.Least + 3) / 4 }

// letGo ends the name under which it is kept that something which was popular is so no more.
const letGo = " let go"

// held says whether something that so many people run counts as popular. It begins to when there are enough, and goes on until there
// are fewer than [Book.floor]. name is the one under which it is kept that its texts are looked after.
func (b *Book) held(ctx context.Context, name string, people int) (bool, error) {
	enough := people >= b.o.Least
	if !enough {
		if begun, err := b.noted(ctx, name); err != nil || !begun {
			return false, err
		}
	}
	gone, err := b.noted(ctx, name+letGo)
	switch {
	case err != nil:
		return false, err
	case enough && gone:
		return true, b.o.Store.SetCursor(ctx, b.o.Site.ID, name+letGo, "")
	case enough, !gone && people >= b.floor():
		return true, nil
	case gone:
		return false, nil
	}
	b.o.Log.Info("fewer people run it than were enough: its texts are served as they are", "wiki", b.o.Site.ID, "what", name, "people", people)
	return false, b.note(ctx, name+letGo)
}
