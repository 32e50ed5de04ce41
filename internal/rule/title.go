package rule

import (
	"strings"

	"sallyport/internal/flow"
)

// titleKind says what sort of page a title pattern names.
type titleKind int

const (
	somePage   titleKind = iota
	siteCode             // runs for everybody
	siteText             // an interface message: shown to everybody
	ownCode              // a script or style sheet of the person's own
	ownPage              // another page of the person's own
	otherCode            // a script or style sheet of somebody else
	anyPage              // nothing is known
	randomPage           // drawn by lot
)

// userNames are the names and aliases of the User namespace on large wikis, lower case (languages/messages/Messages*.php).
var userNames = words("user benutzer benutzerin utilisateur utilisatrice usuario usuaria utente usuário usuária gebruiker " +
	"użytkownik użytkowniczka wikipedysta wikipedystka участник участница користувач 利用者 用户 用戶 使用者 사용자 مستخدم " +
	"کاربر משתמש משתמשת kullanıcı användare bruker bruger käyttäjä uživatel uživatelka szerkesztő người_dùng thành_viên " +
	"pengguna utilizator χρήστης потребител ผู้ใช้ u usario редактор")

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// kindOf classifies a title pattern. Holes are judged by what they are.
func kindOf(t flow.Text) titleKind {
	if len(t) == 0 {
		return anyPage
	}
	pattern := strings.TrimLeft(strings.ReplaceAll(t.Pattern(), " ", "_"), "_:")
	space, rest, ok := strings.Cut(pattern, ":")
	if !ok || strings.Contains(space, "<") {
		if lower := strings.ToLower(rest); ok && len(t) > 1 && isCodeName(lower) && !strings.ContainsAny(lower, "/<") {
			return siteCode // in no other namespace is a page code whose name has no owner in it
		}
		return openKind(t)
	}
	switch space = strings.Trim(strings.ToLower(space), "_"); {
	case space == "mediawiki":
		return siteKind(rest)
	case space == "special":
		return specialKind(rest)
	case userNames[space]:
		return userKind(rest)
	}
	return somePage
}

// openKind is for patterns that begin with a hole.
func openKind(t flow.Text) titleKind {
	switch t[0].Hole {
	case flow.Random:
		return randomPage
	case "", flow.ThisPage:
		return somePage
	}
	return anyPage
}

func siteKind(key string) titleKind {
	switch lower := strings.ToLower(key); {
	case isCodeName(lower), strings.HasSuffix(lower, ".json"), strings.HasPrefix(lower, "gadgets-definition"):
		return siteCode
	case strings.HasPrefix(lower, "gadget-") && strings.HasSuffix(lower, ">"):
		return siteCode
	}
	return siteText
}

func specialKind(key string) titleKind {
	lower := strings.ToLower(key)
	switch {
	case strings.HasPrefix(lower, "random"):
		return randomPage
	case strings.HasPrefix(lower, "mypage/") && isCodeName(lower):
		return ownCode
	case strings.HasPrefix(lower, "mypage"):
		return ownPage
	}
	return somePage
}

func userKind(key string) titleKind {
	owner, sub, ok := strings.Cut(key, "/")
	own := owner == "<"+string(flow.OwnName)+">"
	switch {
	case ok && isCodeName(strings.ToLower(sub)):
		if own {
			return ownCode
		}
		return otherCode
	case own:
		return ownPage
	}
	return somePage
}

// userPage says whether a title is in somebody's user space.
func userPage(t flow.Text) bool {
	space, rest, _ := strings.Cut(strings.TrimLeft(strings.ReplaceAll(t.Pattern(), " ", "_"), "_:"), ":")
	return userNames[strings.Trim(strings.ToLower(space), "_")] && strings.Contains(rest, "/")
}

// isCodeName knows the ends of titles whose text runs. Of a pattern that ends in a hole, nothing is known.
func isCodeName(lower string) bool {
	return strings.HasSuffix(lower, ".js") || strings.HasSuffix(lower, ".css") || strings.HasSuffix(lower, ".vue")
}

// written is what of a text stands in the script, with a mark for the rest.
func written(t flow.Text) string {
	var b strings.Builder
	for _, piece := range t {
		if piece.Hole != "" {
			b.WriteRune('…')
		}
		b.WriteString(piece.Text)
	}
	return b.String()
}

// loads says whether a text would load or run a script where it is run.
func loads(s string) bool {
	for _, word := range loaders {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

var loaders = []string{
	"importScript", "mw.loader.load", "mw.loader.getScript", "mediaWiki.loader", "getScript(", "createElement('script", `createElement("script`, "<script",
	"import(", "eval(", "new Function(",
}
