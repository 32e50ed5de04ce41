package risk

import "slices"

// Origin is who keeps a script.
type Origin struct {
	Author  Author
	Page    Page
	Keepers Keepers
}

// Author is who saved the revision that runs.
type Author struct {
	Known     bool `json:"known"`
	Days      int  `json:"days"`      // since the account was made
	Trusted   bool `json:"trusted"`   // may edit everybody's code anyway: age says nothing
	Temporary bool `json:"temporary"` // or not logged in
	Blocked   bool `json:"blocked"`
}

// Page is what the wiki says of the page that the script is kept on.
type Page struct {
	Known     bool `json:"known"`
	Open      bool `json:"open"`      // anybody can edit it, as a definition page that is not code to MediaWiki
	NewHands  bool `json:"new_hands"` // somebody else keeps it than before
	HandsDays int  `json:"hands_days"`
}

// Audience is who runs a script. For one reader it is that reader: one person, with their power.
type Audience struct {
	Known    bool  `json:"known"`
	People   int   `json:"people"`
	Powerful int   `json:"powerful"` // of them, how many have power
	Power    Power `json:"power"`    // the greatest that one of them has
	Wikis    int   `json:"wikis"`
}

// Power is what somebody's rights let a script do that runs as them.
type Power int

// Powers, least first.
const (
	NoPower     Power = iota
	Patrols           // rollback, patrol
	Deletes           // delete, block, protect
	EditsCode         // the wiki's code, its messages, other people's scripts
	GivesRights       // rights, and what is hidden: bureaucrats, checkusers, stewards
)

func (p Power) String() string {
	return [...]string{"none", "patrols", "deletes", "edits code", "gives rights"}[min(max(p, NoPower), GivesRights)]
}

// PowerOf is the greatest power among rights, as meta=userinfo names them (MediaWiki's PermissionManager).
func PowerOf(rights []string) Power {
	for _, one := range []struct {
		power Power
		any   []string
	}{
		{GivesRights, []string{"userrights", "userrights-interwiki", "globalgrouprights", "globalgroupmembership", "checkuser", "suppressrevision", "viewsuppressed", "siteadmin"}},
		{EditsCode, []string{"editsitejs", "editsitecss", "editsitejson", "edituserjs", "editusercss", "editinterface"}},
		{Deletes, []string{"delete", "block", "protect", "import", "importupload", "nuke", "massmessage", "deleterevision", "abusefilter-modify"}},
		{Patrols, []string{"rollback", "patrol", "autopatrol", "suppressredirect"}},
	} {
		if slices.ContainsFunc(rights, func(r string) bool { return slices.Contains(one.any, r) }) {
			return one.power
		}
	}
	return NoPower
}
