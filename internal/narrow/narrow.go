// Package narrow makes content security policies smaller: it judges one, compares two, replays what browsers reported
// against a draft, derives the smallest policy that breaks nobody, and says which permissions nobody uses any more.
//
//	rows of reports ──Remember──► History ──Simulate(draft)──► who would lose what
//	                                 └──────Derive(base)─────► a policy, and for every host why it is in or out
//
// An allowlist does not stop injected code: a wiki's own pages need 'unsafe-inline'. What it does is keep code on the wiki
// and what code learns at home, so [Judge] grades those two apart.
package narrow
