package writedoor

import (
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// judge says how sensitive an operation is: by what it is, and by the pages it changes.
func (c *classifier) judge() error {
	c.op.Tiers = append(c.op.Tiers, kindTiers[c.op.Kind]...)
	if c.op.Kind == Strange && c.powerful() {
		c.op.Tiers = append(c.op.Tiers, Unknown)
	}
	for _, p := range c.op.Pages {
		tier, err := c.pageTier(p)
		if err != nil {
			return err
		}
		if tier != None {
			c.op.Tiers = append(c.op.Tiers, tier)
		}
	}
	c.op.Tiers = sortTiers(c.op.Tiers)
	return nil
}

var kindTiers = map[Kind][]Tier{
	Rights: {RightsTier}, Credentials: {CredentialsTier}, Import: {ImportTier}, Options: {OptionsTier}, Mass: {MassTier},
	Delete: {DeletionTier}, HideRevisions: {DeletionTier}, Protect: {ProtectionTier}, RenameUser: {MassTier, OthersCode},
}

// powerful says whether the account, or whoever else a token may stand for, could reach code.
func (c *classifier) powerful() bool {
	power := c.Options.Power
	if power == nil {
		power = DefaultPower()
	}
	return c.op.Apart || slices.ContainsFunc(power, c.actor.Has)
}

func (c *classifier) pageTier(p Page) (Tier, error) {
	switch {
	case p.Title.NS == wiki.NSMediaWiki:
		return c.siteTier(p)
	case c.gadgetSpace(p.Title):
		return Gadget, nil
	case p.Title.NS == wiki.NSUser:
		return c.userTier(p)
	case isScript(p.Before) || isScript(p.After):
		return Script, nil
	default:
		return None, nil
	}
}

// siteTier grades the MediaWiki namespace. Whatever a page there is called, action=raw serves it as a script.
func (c *classifier) siteTier(p Page) (Tier, error) {
	root, _, _ := strings.Cut(p.Title.Key, "/")
	if root == "Gadgets-definition" || root == "Gadgets" { // the definitions decide what runs by default
		return SiteCode, nil
	}
	if gadget, isDefault, err := c.gadget(p.Title); err != nil || gadget {
		if isDefault {
			return DefaultGadget, err
		}
		return Gadget, err
	}
	tier := Interface
	for _, model := range []string{p.Before, p.After} {
		switch wiki.Code(p.Title, model) {
		case wiki.SiteJS, wiki.SiteCSS, wiki.SiteVue:
			return SiteCode, nil
		case wiki.SiteHTML:
			tier = RawHTML
		case wiki.SiteJSON:
			tier = SiteJSON
		}
	}
	if slices.Contains(c.Options.RawHTML, root) {
		tier = RawHTML
	}
	return tier, nil
}

func (c *classifier) gadget(t wiki.Title) (gadget, isDefault bool, err error) {
	if c.Options.Gadgets != nil {
		gadget, isDefault, err = c.Options.Gadgets(c.ctx, t)
	}
	return gadget || strings.HasPrefix(t.Key, "Gadget-"), isDefault, err
}

func (c *classifier) userTier(p Page) (Tier, error) {
	t := p.Title
	code := wiki.Code(t, p.Before).User() || wiki.Code(t, p.After).User() || p.Role == Restored && t.IsSubpage()
	owner, ok := c.site.Wiki.Owner(t)
	own := ok && owner == c.actor.Name && c.actor.ID != 0 && !c.op.Apart
	tier := None
	switch {
	case code && !own:
		return OthersCode, nil
	case c.isDefinition(t):
		tier = Definition
	case code:
		tier = OwnCode
	}
	if tier == None || c.Options.Popular == nil {
		return tier, nil
	}
	popular, err := c.Options.Popular(c.ctx, t)
	if err != nil {
		return tier, fmt.Errorf("ask who runs %s: %w", c.site.Wiki.PrefixedText(t), err)
	}
	if popular {
		tier = PopularGadget
	}
	return tier, nil
}

// isDefinition knows the pages that MediaWiki takes for wikitext and Sallyport for a user gadget's.
func (c *classifier) isDefinition(t wiki.Title) bool {
	suffixes := c.Options.Definitions
	if suffixes == nil {
		suffixes = []string{".gadget", ".gadget.json", ".vue"}
	}
	return t.IsSubpage() && slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(t.Key, s) })
}
