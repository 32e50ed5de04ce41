package writedoor

import "strings"

// special is a form of a special page. Names are found as SpecialPageFactory::resolveAlias finds them.
func (c *classifier) special() error {
	name, par, _ := strings.Cut(c.target.Key, "/")
	own, ok := c.site.Special[strings.ToUpper(name)]
	if !ok {
		own = name
	}
	c.op.Action = "Special:" + own
	switch handle, ok := specialForms[own]; {
	case !c.posted(): // a rollback's words in the address of a special page roll nothing back
		c.asCame = true
		return nil
	case ok:
		return handle(c, par)
	case specialReads[own]:
		return c.minor()
	default:
		c.op.Kind = Strange
		return nil
	}
}

// specialForms are the special pages of core, and of extensions that many wikis have, whose forms matter.
var specialForms = map[string]func(*classifier, string) error{
	"Movepage": (*classifier).specialMove, "ChangeContentModel": (*classifier).specialModel,
	"Undelete": (*classifier).specialUndelete, "MergeHistory": (*classifier).specialMerge,
	"Import": (*classifier).specialImport, "Renameuser": (*classifier).specialRename, "RenameUser": (*classifier).specialRename,
	"Revisiondelete": form(HideRevisions), "Userrights": form(Rights),
	"Block": form(Block), "Unblock": (*classifier).specialUnblock, "BlockList": (*classifier).specialUnblock, // action=unblock
	"Preferences": form(Options), "ResetTokens": form(Credentials),
	"ChangePassword": form(Credentials), "ChangeEmail": form(Credentials), "ChangeCredentials": form(Credentials),
	"RemoveCredentials": form(Credentials), "LinkAccounts": form(Credentials), "UnlinkAccounts": form(Credentials),
	"PasswordReset": form(Credentials), "BotPasswords": form(Credentials), "Confirmemail": form(Credentials),
	"Invalidateemail": form(Credentials),
	"OATH":            form(Credentials), "OATHManage": form(Credentials), "AccountSecurity": form(Credentials),
	"DisableOATHForUser": form(Credentials), "VerifyOATHForUser": form(Credentials),
	"OAuth": form(Credentials), "OAuthConsumerRegistration": form(Credentials), "OAuthManageMyGrants": form(Credentials),
	"OAuthManageConsumers": form(Rights), "GlobalGroupMembership": form(Rights), "GlobalGroupPermissions": form(Rights),
	"CreateAccount": form(Minor), "Upload": form(Minor), "EditTags": form(Minor), "PageLanguage": form(Minor),
	"ReplaceText": form(Mass), "Nuke": form(Mass), "MassMessage": form(Mass), "UserMerge": form(Mass),
	"GlobalRenameUser": form(Mass), "MergeAccount": form(Credentials),
}

func form(k Kind) func(*classifier, string) error {
	return func(c *classifier, _ string) error {
		c.op.Kind = k
		c.op.Open = k == Mass
		return nil
	}
}

// specialReads are special pages whose forms write nothing of moment: those of core that only list, lead elsewhere (a
// redirect keeps no body) or keep a reader's own lists.
var specialReads = wordSet(`BrokenRedirects Deadendpages DoubleRedirects Longpages Ancientpages Lonelypages Fewestrevisions
	Withoutinterwiki Protectedpages Protectedtitles Shortpages Uncategorizedcategories Uncategorizedimages Uncategorizedpages
	Uncategorizedtemplates Unusedcategories Unusedimages Unusedtemplates Unwatchedpages Wantedcategories Wantedfiles Wantedpages
	Wantedtemplates Allpages Prefixindex Categories Listredirects PagesWithProp TrackingCategories Userlogin Userlogout
	Activeusers AutoblockList DeletedContributions Contributions Contribute Listgrouprights Listgrants Listusers Listadmins Listbots
	EditWatchlist PasswordPolicies Newimages Log Watchlist Newpages Recentchanges Recentchangeslinked Tags Listfiles Filepath
	MediaStatistics MIMEsearch FileDuplicateSearch UploadStash ListDuplicatedFiles ApiSandbox RestSandbox Statistics Allmessages Version
	LinkSearch Randompage RandomInCategory Randomredirect Randomrootpage GoToInterwiki Mostlinkedcategories Mostimages
	Mostinterwikis Mostlinked Mostlinkedtemplates Mostcategories Mostrevisions ComparePages Export Whatlinkshere ExpandTemplates
	Booksources ApiHelp Blankpage DeletePage Diff EditPage Emailuser Mycontributions MyLanguage Mypage Mytalk PageHistory PageInfo
	ProtectPage Purge Myuploads AllMyUploads NewSection PermanentLink Redirect RunJobs Specialpages PageData Search Mute
	Gadgets GadgetUsage CategoryTree CiteThisPage Captcha AbuseLog Notifications NotificationsMarkRead ContentTranslation`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
