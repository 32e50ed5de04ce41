package pending

import (
	"fmt"
	"maps"
	"slices"

	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Policy says who decides about a change.
type Policy string

// Policies, in rising strictness.
const (
	Log       Policy = "log"        // it is made, and noted
	Approve   Policy = "approve"    // whoever sent it approves it
	TwoPeople Policy = "two-person" // and somebody else does, too
)

// Policies are per tier. A tier that is absent is not even noted.
type Policies map[writedoor.Tier]Policy

// DefaultPolicies let wait what runs for others, who may do what, and how accounts with power are entered.
func DefaultPolicies() Policies {
	p := Policies{}
	for _, t := range []writedoor.Tier{
		writedoor.SiteCode, writedoor.DefaultGadget, writedoor.RawHTML, writedoor.RightsTier, writedoor.ImportTier, writedoor.Gadget, writedoor.PopularGadget,
		writedoor.OthersCode, writedoor.SiteJSON, writedoor.CredentialsTier, writedoor.Unknown, writedoor.UnblockSelf,
		writedoor.Script, writedoor.MassTier,
	} {
		p[t] = Approve
	}
	for _, t := range []writedoor.Tier{writedoor.Definition, writedoor.Interface, writedoor.OwnCode, writedoor.DeletionTier, writedoor.ProtectionTier} {
		p[t] = Log
	}
	return p
}

// ReadPolicies reads tiers and policies as they stand in a settings file, over the default.
func ReadPolicies(settings map[string]string) (Policies, error) {
	p := DefaultPolicies()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		value := settings[name]
		tier, policy := writedoor.Tier(name), Policy(value)
		if !slices.Contains(writedoor.AllTiers(), tier) || tier == writedoor.None {
			return nil, fmt.Errorf("write_door.tiers has %q: there is no such tier; there are %q", name, writedoor.AllTiers())
		}
		if policy != Log && policy != Approve && policy != TwoPeople {
			return nil, fmt.Errorf("write_door.tiers: %s = %q: write \"log\", \"approve\" or \"two-person\"", name, value)
		}
		p[tier] = policy
	}
	return p, nil
}

// oneself are tiers that concern who acts alone. They wait only where the account holds power: an ordinary person who
// changes their password has no key, and needs none.
var oneself = []writedoor.Tier{writedoor.CredentialsTier, writedoor.OptionsTier, writedoor.UnblockSelf}

// For is the strictest policy of an operation's tiers; empty for an operation that nothing is said about.
func (p Policies) For(op *writedoor.Operation, actor wiki.User) Policy {
	strictest := Policy("")
	for _, tier := range op.Tiers {
		policy := p[tier]
		if slices.Contains(oneself, tier) && !slices.ContainsFunc(writedoor.DefaultPower(), actor.Has) && policy != "" {
			policy = Log
		}
		if policy.rank() > strictest.rank() {
			strictest = policy
		}
	}
	return strictest
}

func (p Policy) rank() int { return slices.Index([]Policy{Log, Approve, TwoPeople}, p) }

// Waits says whether somebody must approve.
func (p Policy) Waits() bool { return p == Approve || p == TwoPeople }

// needs is how many people must approve.
func (p Policy) needs() int {
	if p == TwoPeople {
		return 2
	}
	return 1
}
