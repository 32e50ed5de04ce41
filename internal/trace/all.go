package trace

// All are the rules, in the order in which they are explained: worst first. Those at the end look at what the others found.
var All = []*Rule{
	// what it does as you
	siteCodeRule,
	otherCodeRule,
	selfPropagation,
	ownCodeRule,
	massAction,
	rights,
	account,
	unasked,
	// what it takes, keeps and hides
	leak,
	keys,
	persist,
	conceal,
	secretsRule,
	// where it goes, and code that is not here
	navigate,
	imports,
	eval,
	hosts,
	// what it waits for
	dormant,
}
