package confirm

import (
	"testing"

	"sallyport/internal/finding"
	"sallyport/internal/message/messagetest"
	"sallyport/internal/notice"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

// said is every message of this origin.
func said() messagetest.Set {
	s := messagetest.Set{
		Files: messages, Templates: files,
		Calls: map[string][]string{
			`v\.say\("([^"]+)"[,)]`: {"*"},
			`(?:words\.Text\(v\.lang, |return |why = )"((?:guard|error)-[a-z-]+|approvals-for)"`: {"*"},
			`c\.tell\(v, "([^"]+)"[,)]`:                       {"*", "*-do"},
			`oops\(http\.Status\w+, "([^"]+)"\)`:              {"error-*", "error-*-do"},
			`c\.show\(v, http\.StatusOK, "[a-z]+", "([^"]+)"`: {"*"},
			`c\.askWho\(v, "([^"]+)"\)`:                       {"*-title", "*-ask"},
		},
	}
	add := func(kind, word string) { s.More = append(s.More, kind+"-"+slug(word)) }
	for _, k := range []writedoor.Kind{
		writedoor.Edit, writedoor.Rollback, writedoor.Undo, writedoor.Move, writedoor.Delete, writedoor.Undelete, writedoor.HideRevisions,
		writedoor.Merge, writedoor.Import, writedoor.ContentModel, writedoor.Protect, writedoor.RenameUser, writedoor.Rights,
		writedoor.Block, writedoor.Unblock, writedoor.Options, writedoor.Credentials, writedoor.Mass, writedoor.Strange,
	} {
		add("kind", string(k))
	}
	for _, r := range []writedoor.Role{
		writedoor.Edited, writedoor.MovedFrom, writedoor.MovedTo, writedoor.Deleted, writedoor.Restored, writedoor.Protected, writedoor.Merged,
	} {
		add("role", string(r))
	}
	for _, t := range []writedoor.Tier{
		writedoor.SiteCode, writedoor.DefaultGadget, writedoor.RawHTML, writedoor.RightsTier, writedoor.ImportTier, writedoor.Gadget,
		writedoor.OthersCode, writedoor.SiteJSON, writedoor.CredentialsTier, writedoor.Unknown, writedoor.UnblockSelf, writedoor.PopularGadget, writedoor.Definition,
		writedoor.Script, writedoor.Interface, writedoor.OwnCode, writedoor.MassTier, writedoor.DeletionTier, writedoor.ProtectionTier, writedoor.OptionsTier,
	} {
		add("tier", string(t))
	}
	for _, st := range []store.State{
		store.Parked, store.Approved, store.Sending, store.Done, store.Rejected, store.Reported, store.Failed, store.Unclear,
	} {
		add("state", string(st))
	}
	for _, st := range []store.RecoveryState{store.Asked, store.Vouched, store.Stopped} {
		add("recovery", string(st))
	}
	for severity := finding.Note; severity <= finding.Critical; severity++ {
		add("severity", severity.String())
	}
	for _, kind := range notice.Kinds() {
		add("notice", string(kind))
	}
	for _, kind := range []string{"passkey", "ssh", "code"} {
		add("key", kind)
	}
	return s
}

func TestEveryMessageIsThereInEveryLanguageAndUsed(t *testing.T) { messagetest.Check(t, said()) }

func TestNoTemplateHasWordsOfItsOwn(t *testing.T) { said().NoLooseWords(t) }
