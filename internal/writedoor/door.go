package writedoor

import (
	"context"
	"fmt"

	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// Door classifies requests to one wiki. It is safe for concurrent use when its parts are.
type Door struct {
	Wiki    Resolver
	Limits  phpform.Limits // the wiki's PHP settings
	Options Settings
}

// Settings say what a wiki holds dear beyond what MediaWiki itself protects. The zero value is fine.
type Settings struct {
	// RawHTML are further messages shown as HTML ($wgRawHtmlMessages), by database key of the root page.
	RawHTML []string
	// Definitions are suffixes of user pages that define user gadgets, for instance ".gadget".
	Definitions []string
	// Power are the rights that make an account's unknown writes wait. Nil means [DefaultPower].
	Power []string
	// ActionPaths is $wgActionPaths: action names to paths with $1.
	ActionPaths map[string]string
	// Gadgets says of a page whether it belongs to a site gadget, and whether that is on by default. Nil means that every
	// page called MediaWiki:Gadget-… is a gadget's, and nothing is known about defaults.
	Gadgets func(ctx context.Context, t wiki.Title) (gadget, isDefault bool, err error)
	// Popular says of a page in user space whether it belongs to a user gadget that many people have switched on. Nil: none does.
	Popular func(ctx context.Context, t wiki.Title) (bool, error)
}

// DefaultPower are the rights of core that reach code, other people's accounts or many pages.
func DefaultPower() []string {
	return []string{"editinterface", "editsitejs", "editsitecss", "editsitejson", "edituserjs", "editusercss", "edituserjson",
		"import", "importupload", "userrights", "userrights-interwiki", "undelete", "mergehistory", "delete", "bigdelete", "protect",
		"renameuser", "siteadmin", "replacetext", "nuke", "massmessage", "globalgrouppermissions", "globalgroupmembership"}
}

// Classify says what a request does. It asks the wiki about names only where the answer matters.
func (d *Door) Classify(ctx context.Context, req Request) (*Operation, error) {
	site, err := d.Wiki.Site(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the wiki what it is: %w", err)
	}
	r, err := d.read(site, req)
	if err != nil {
		return nil, err
	}
	c := &classifier{Door: d, ctx: ctx, reading: r, op: &Operation{Kind: Read, Via: r.entry.String(), Apart: req.Apart}}
	if err := c.classify(); err != nil {
		return nil, fmt.Errorf("%s %s: %w", req.Method, r.path, err)
	}
	if err := c.judge(); err != nil {
		return nil, err
	}
	c.write()
	return c.op, nil
}

// classifier is one request on its way.
type classifier struct {
	*Door
	*reading
	ctx context.Context
	op  *Operation

	target   wiki.Title // of index.php: what the canonical request names
	asCame   bool       // nothing can be written: the request need not be written again
	restBody []byte
	restPath string
}

func (c *classifier) classify() error {
	switch c.entry {
	case indexPHP:
		return c.index()
	case apiPHP:
		return c.api()
	case restPHP:
		return c.rest()
	case readOnlyPHP:
		c.asCame = true
		return nil
	default:
		return c.elsewhere()
	}
}

// elsewhere judges addresses that are none of MediaWiki's known ones. Reading from them is nobody's business here, unless
// the words of a rollback stand in the address: then a rewrite rule may lead to index.php.
func (c *classifier) elsewhere() error {
	c.asCame = true
	if c.reads() && !c.isRollback() {
		return nil
	}
	c.op.Kind, c.op.Action, c.op.Via = Strange, c.method, c.path
	return nil
}

func unclear(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnclear, fmt.Sprintf(format, args...))
}
