package writedoor

import "slices"

// Tier is how sensitive a change is. Policies are per tier.
type Tier string

// Tiers, worst first. A change of several kinds has several.
const (
	SiteCode        Tier = "site-code"         // runs for everybody, or decides what does
	DefaultGadget   Tier = "default-gadget"    // runs for everybody until they switch it off
	RawHTML         Tier = "raw-html"          // a message shown as HTML
	RightsTier      Tier = "rights"            // who may do what
	ImportTier      Tier = "import"            // pages of any name
	Gadget          Tier = "gadget"            // runs for whoever ticked it
	PopularGadget   Tier = "popular-gadget"    // a page of a user gadget that many people have switched on
	OthersCode      Tier = "others-code"       // runs for another person
	SiteJSON        Tier = "site-json"         // settings that code reads
	CredentialsTier Tier = "credentials"       // how an account is entered
	Unknown         Tier = "unknown"           // a write nobody here understands
	UnblockSelf     Tier = "unblock-self"      // taking back one's own block
	Definition      Tier = "gadget-definition" // a user gadget's definition
	Script          Tier = "script"            // a script or style sheet outside the usual places
	Interface       Tier = "interface"         // any other page of the MediaWiki namespace: action=raw serves it as a script
	OwnCode         Tier = "own-code"          // runs for who changes it
	MassTier        Tier = "mass"              // many pages at once
	DeletionTier    Tier = "deletion"          // counted: a burst of them is not ordinary
	ProtectionTier  Tier = "protection"
	OptionsTier     Tier = "options" // may switch gadgets on
	None            Tier = "none"
)

// AllTiers lists the tiers, worst first.
func AllTiers() []Tier {
	return []Tier{SiteCode, DefaultGadget, RawHTML, RightsTier, ImportTier, Gadget, PopularGadget, OthersCode, SiteJSON, CredentialsTier, Unknown, UnblockSelf,
		Definition, Script, Interface, OwnCode, MassTier, DeletionTier, ProtectionTier, OptionsTier, None}
}

// sortTiers puts the worst first and drops repetitions.
func sortTiers(tiers []Tier) []Tier {
	order := AllTiers()
	slices.SortFunc(tiers, func(a, b Tier) int { return slices.Index(order, a) - slices.Index(order, b) })
	return slices.Compact(tiers)
}
