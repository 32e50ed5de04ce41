package rule

// All are the rules, in the order in which they are explained: worst first.
var All = []*Rule{
	// what it does as you
	siteCodeRule,
	otherCodeRule,
	selfPropagation,
	ownCodeRule,
	massAction,
	randomPageRule,
	rights,
	account,
	unaskedRule,
	// what it takes, keeps and hides
	leak,
	secrets,
	persist,
	conceal,
	dormant,
	// code that is not here
	eval,
	obfuscation,
	imports,
	hosts,
	cssLeak,
	// text that becomes something else
	domHTML,
	urls,
	outsideHost,
	styleText,
	markupRule,
	stripTags,
	regexpRule,
	prototypeRule,
	noToken,
	// what could not be read
	opaque,
	notAnalysed,
	// what to write instead
	deprecated,
	syncXHR,
	documentWrite,
	dependencies,
}
