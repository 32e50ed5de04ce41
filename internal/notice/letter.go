package notice

import (
	"fmt"
	"strings"
	"unicode"
)

// letter writes a notice as mail: plain text, whose only addresses are of the confirm origin, and nothing of a change but
// which page it is about. No header has anything in it that a stranger typed.
func (o *Office) letter(n *Notice) (subject, text string) {
	says := o.says(n)
	var b strings.Builder
	if n.UserID != 0 {
		fmt.Fprintf(&b, "To %s on %s:\n\n", clean(n.User), o.o.Site.Name)
	} else {
		fmt.Fprintf(&b, "To the operators of %s:\n\n", o.o.Site.Name)
	}
	fmt.Fprintf(&b, "%s\n", says.text)
	for _, f := range n.facts() {
		fmt.Fprintf(&b, "\n%s: %s", f[0], f[1])
	}
	if n.Page != "" || n.Reason != "" || n.What != "" {
		b.WriteString("\n")
	}
	if path := n.Path(); path != "" {
		fmt.Fprintf(&b, "\nLook at it: %s%s\n", o.o.Confirm, path)
	}
	if says.otherwise != "" {
		fmt.Fprintf(&b, "\n%s\n", says.otherwise)
	}
	if n.Last {
		fmt.Fprintf(&b, "\nThis is number %d of its kind within an hour. More of them are not mailed; they are all at %s/notices\n", mostMail, o.o.Confirm)
	}
	b.WriteString(o.foot(n))
	return says.subject + " – " + clean(o.o.Site.Name), b.String()
}

// facts are what strangers typed, each on a line of its own.
func (n *Notice) facts() (list [][2]string) {
	add := func(name, text string) {
		if text != "" {
			list = append(list, [2]string{name, text})
		}
	}
	page := clean(n.Page)
	if page != "" && n.More > 0 {
		page += fmt.Sprintf(" and %d more", n.More)
	}
	add("Page", page)
	add("What", clean(n.What))
	add("Reason", clean(n.Reason))
	return list
}

type saying struct{ subject, text, otherwise string }

const notYou = "If that was not you, tell the operators of the wiki at once, and look at your keys."

// says finds the words.
func (o *Office) says(n *Notice) saying {
	by, whose := clean(n.By), clean(n.For)
	switch n.Kind() {
	case Waits:
		return saying{"A change of yours waits", "A change sent by your account waits for your approval.",
			"If you did not send it, press “This was not me” there."}
	case Second:
		return saying{"A change waits for a second person", by + " wants to change code, has approved it, and a second person has to.", ""}
	case Approved:
		return saying{"Your change was approved", by + " approved a change sent by your account.", ""}
	case Made:
		return saying{"Your change was made", fmt.Sprintf("The wiki has made a change that you sent and approved%s.", revision(n.Revision)), notYou}
	case Rejected:
		return saying{"Your change was rejected", "A change sent by your account was rejected. Its text can still be fetched for a week.", ""}
	case Said:
		return saying{"Somebody has said something about your change", by + " has said something about a change sent by your account.", ""}
	case Failed:
		return saying{"Your change was not made", "A change sent by your account was approved, and was not made. Its text can still be fetched for a week.", ""}
	case NotMe:
		return saying{"Somebody says: this was not me", by + " says that a change sent by their account is not theirs. Everything that waited in their name is rejected, and the account's changes of code are held. Something may run in their browser that should not.", ""}
	case KeyAdded:
		text := "A key was added with which " + whose + " approves changes of code."
		if !n.Counts.IsZero() {
			text += " It counts from " + n.Counts.UTC().Format("2 January 2006, 15:04 UTC") + "."
		}
		return saying{"A key was added", text, notYou + " A key that does not count yet can still be revoked in time."}
	case KeyRevoked:
		return saying{"A key was revoked", "A key of " + whose + " approves nothing any more.", notYou}
	case Recovery:
		return saying{"Somebody asks for a new key", "Somebody who says they are " + whose + " has no key any more and asks for a new one. It counts only when two others vouch for them, and after a delay.",
			"Vouch for nobody whom you have not spoken to. If you are " + whose + " and did not ask, stop it there."}
	case Vouched:
		return saying{"Somebody has vouched for a key", "Somebody who says they are " + whose + " asked for a new key, and " + by + " has vouched for them. When two have, it counts after a delay.",
			"If you are " + whose + " and did not ask, stop it there."}
	case Stopped:
		return saying{"A new key was stopped", "Somebody asked for a key as " + whose + ", and " + by + " has stopped it.", ""}
	case PastDoor:
		if n.Undone {
			return saying{"ALARM: code changed that nobody approved", "Code of the wiki changed, and no approval explains it. The page was put back as it was.", "Look at the page's history on the wiki."}
		}
		return saying{"ALARM: code changed that nobody approved", "Code of the wiki changed, and no approval explains it.", "Look at the page's history on the wiki, and take the change back unless you know it."}
	case Breaker:
		return saying{"ALARM: the outbreak breaker tripped", "Writes to the wiki look like an outbreak. Changes of code are held.", "Operators: sallyport breaker status says what it saw and what is held; sallyport breaker reset lets changes through again."}
	case BreakerReset:
		return saying{"The outbreak breaker was reset", by + " says that changes of code may go through again.", ""}
	case HostAsked:
		return saying{"Somebody asks for a server", by + " asks that a script may contact a server which the wiki's policy keeps it from. Look under Requests, on the wiki.", ""}
	case HostGranted:
		return saying{"A server was granted", by + " has decided that a script may contact a server. You asked for it, or the gadget is yours. Reload open pages.", ""}
	case HostRefused:
		return saying{"A server was not granted", by + " has decided that a script may not contact a server. You asked for it, or the gadget is yours.", ""}
	case SwitchedOff:
		return saying{"Code was switched off for everybody", by + " has switched off code that people run.", "Look at it under Switches, on the wiki, where it can be switched on again; or with sallyport switch list."}
	case AddressChanged:
		return saying{"Your notices go elsewhere now", whose + " gave another address for notices, or none, and showed a key for it.", notYou}
	}
	return saying{"Something happened", "See your notices.", ""}
}

func revision(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (revision %d)", n)
}

// foot says where the mail comes from. Operators are told where the log ends, so that their mailbox is a witness of it.
func (o *Office) foot(n *Notice) string {
	var b strings.Builder
	b.WriteString("\n-- \n")
	if n.UserID == 0 {
		fmt.Fprintf(&b, "Entry %d of the log has the hash %s.\nKeep this mail: sallyport audit verify --head %s says whether the log still holds it.\n", n.Entry, n.Hash, n.Hash)
		return b.String()
	}
	fmt.Fprintf(&b, "Every address in this mail begins with %s/; anything else that looks like it is a trap.\nWhere notices go, and which: %s/notices\n", o.o.Confirm, o.o.Confirm)
	return b.String()
}

// mostRunes is how much of what a stranger typed is shown.
const mostRunes = 200

// clean makes what a stranger typed safe to read in a mail: one line, nothing invisible, nothing that a mail program makes a
// link of. What is taken away leaves a mark.
func clean(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(text, "�") {
		if n++; n > mostRunes {
			b.WriteString("…")
			break
		}
		switch {
		case r == ' ', unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Co, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	safe := b.String()
	for _, mark := range []string{"://", "www.", "@", "mailto:"} {
		if at := strings.Index(strings.ToLower(safe), mark); at >= 0 {
			return "(not shown here: it looks like an address)"
		}
	}
	return safe
}
