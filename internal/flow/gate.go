package flow

import "sallyport/internal/js"

// GateKind says what a condition asks about.
type GateKind string

// What conditions ask about.
const (
	GateDate     GateKind = "date"
	GateUser     GateKind = "user"  // user name or id
	GateGroup    GateKind = "group" // groups and rights
	GateWiki     GateKind = "wiki"  // database name, host, language of the wiki
	GateRandom   GateKind = "random"
	GateReferrer GateKind = "referrer"
	GatePage     GateKind = "page"    // page, namespace, action, skin: what honest gadgets ask
	GateConfirm  GateKind = "confirm" // asks the person
	GateStorage  GateKind = "storage"
	GateOther    GateKind = "other"
)

// Gate is a condition that must hold, or must not, for something to happen.
type Gate struct {
	Kind    GateKind
	Node    js.Node // the condition
	Negated bool    // it must not hold
}
