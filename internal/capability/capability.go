// Package capability is the vocabulary of what a script can do to the person running it. Static analysis, the sandbox, risk
// scores and every page speak it.
package capability

// Name is one word of the vocabulary. Names are stable: they stand in JSON, in rules and in documents.
type Name string

// The vocabulary.
const (
	WriteSiteCode  Name = "write:site-code"
	WriteOtherCode Name = "write:other-code"
	WriteOwnCode   Name = "write:own-code"
	WritePage      Name = "write:page"
	Delete         Name = "delete"
	Block          Name = "block"
	Protect        Name = "protect"
	Move           Name = "move"
	Upload         Name = "upload"
	ImportPages    Name = "import-pages"
	Rights         Name = "rights"
	Account        Name = "account"
	CredentialRead Name = "credential-read"
	TokenRead      Name = "token-read"
	CookieRead     Name = "cookie-read"
	Keys           Name = "keys"
	Network        Name = "network"
	Import         Name = "import"
	Eval           Name = "eval"
	DOMHTML        Name = "dom-html"
	Persist        Name = "persist"
	Storage        Name = "storage"
	HideUI         Name = "hide-ui"
	Navigate       Name = "navigate"
	Dormant        Name = "dormant"
	Opaque         Name = "opaque"
)

// Certainty says how sure an analysis is that the script can do it.
type Certainty string

// Certainties, from a suspicion to a sighting.
const (
	Possible Certainty = "possible"
	Likely   Certainty = "likely"
	Certain  Certainty = "certain"
)

// Trigger says what makes it happen, where that is known.
type Trigger string

// Triggers. The empty trigger is an unknown one.
const (
	OnLoad         Trigger = "on load"
	OnTimer        Trigger = "on a timer"
	OnClick        Trigger = "on your click"
	OnConfirmation Trigger = "on your confirmation"
)

// Capability is one thing a script can do, with its target and where that stands in the text.
type Capability struct {
	Name      Name      `json:"name"`
	Target    string    `json:"target"`        // a title pattern, a host, a page: what the vocabulary says for this name; "" for none
	How       string    `json:"how,omitempty"` // for network: script, style, fetch, beacon, socket, image, frame, form, font, worker, hint, ping
	Certainty Certainty `json:"certainty"`
	Trigger   Trigger   `json:"trigger,omitempty"`
	Through   string    `json:"through,omitempty"` // the other script that does it, when this one only leads to it
	Line      int       `json:"line"`              // 1-based, where the evidence stands; 0 when it stands nowhere in particular
}
