package risk

// Names of reasons that are neither a rule's nor a capability's, so that pages can say them in the reader's language.
const (
	NotRead  = "not-read" // of kind [ByFinding]
	Smuggles = "smuggles" // of kind [ByCapability]

	OriginAuthorUnknown  = "author-unknown"
	OriginBlocked        = "author-blocked"
	OriginTemporary      = "author-temporary"
	OriginNew            = "author-new" // Count: days
	OriginPageUnknown    = "page-unknown"
	OriginHands          = "page-hands" // Count: days
	OriginKeepersUnknown = "keepers-unknown"
	OriginKeepers        = "keepers" // Count: people
	OriginOpen           = "keepers-everybody"

	ReachUnknown = "audience-unknown"
	ReachPeople  = "people" // Count: people
	ReachPower   = "power"  // Count: people with power
	ReachWikis   = "wikis"  // Count: wikis
)

// FactNames are all of them.
func FactNames() []string {
	return []string{
		NotRead, Smuggles, OriginAuthorUnknown, OriginBlocked, OriginTemporary, OriginNew, OriginPageUnknown, OriginHands,
		OriginKeepersUnknown, OriginKeepers, OriginOpen, ReachUnknown, ReachPeople, ReachPower, ReachWikis,
	}
}
