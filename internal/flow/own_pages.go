package flow

import (
	"slices"
	"strings"
)

// ownPages are special pages that show each reader what is nobody else's business.
var ownPages = []string{"special:preferences", "special:watchlist", "special:editwatchlist", "special:notifications", "special:changeemail"}

// ForOneself says whether an address leads to such a page.
func (t Text) ForOneself() bool {
	at := strings.ToLower(t.Pattern())
	return slices.ContainsFunc(ownPages, func(page string) bool { return strings.Contains(at, page) })
}
