package fakewiki

import "slices"

// groupRights are MediaWiki's defaults ($wgGroupPermissions, MainConfigSchema), plus the steward group of a wiki farm.
var groupRights = map[string][]string{
	"*": {"createaccount", "read", "edit", "createpage", "createtalk", "viewmywatchlist", "editmywatchlist",
		"viewmyprivateinfo", "editmyprivateinfo", "editmyoptions"},
	"user": {"move", "move-subpages", "move-rootuserpages", "move-categorypages", "movefile", "read", "edit", "createpage",
		"createtalk", "upload", "reupload", "reupload-shared", "minoredit", "editmyusercss", "editmyuserjson", "editmyuserjs",
		"editmyuserjsredirect", "sendemail", "applychangetags", "changetags", "editcontentmodel"},
	"autoconfirmed": {"autoconfirmed", "editsemiprotected"},
	"bot":           {"bot", "autoconfirmed", "editsemiprotected", "nominornewtalk", "autopatrol", "suppressredirect", "apihighlimits"},
	"sysop": {"block", "createaccount", "delete", "bigdelete", "deletedhistory", "deletedtext", "undelete", "editcontentmodel",
		"editinterface", "editsitejson", "edituserjson", "import", "importupload", "move", "move-subpages",
		"move-rootuserpages", "move-categorypages", "patrol", "autopatrol", "protect", "editprotected", "rollback", "upload",
		"reupload", "reupload-shared", "unwatchedpages", "autoconfirmed", "editsemiprotected", "ipblock-exempt", "blockemail",
		"markbotedits", "apihighlimits", "browsearchive", "noratelimit", "movefile", "unblockself", "suppressredirect",
		"mergehistory", "managechangetags", "deletechangetags"},
	"interface-admin": {"editinterface", "editsitecss", "editsitejson", "editsitejs", "editusercss", "edituserjson", "edituserjs"},
	"bureaucrat":      {"userrights", "noratelimit", "renameuser"},
	"suppress":        {"hideuser", "suppressrevision", "viewsuppressed", "suppressionlog", "deleterevision", "deletelogentry"},
	"steward":         {"userrights", "userrights-interwiki", "renameuser"},
}

// rightsOf unites what groups give, each right once, in the groups' order.
func rightsOf(groups []string) []string {
	var rights []string
	seen := map[string]bool{}
	for _, g := range groups {
		for _, r := range groupRights[g] {
			if !seen[r] {
				seen[r] = true
				rights = append(rights, r)
			}
		}
	}
	slices.Sort(rights)
	return rights
}
