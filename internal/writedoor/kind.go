package writedoor

// Kind is what a request does.
type Kind string

// Kinds.
const (
	Read          Kind = "read"  // writes nothing
	Minor         Kind = "minor" // writes nothing of moment: watchlists, patrol marks, uploads, logging in
	Edit          Kind = "edit"
	Rollback      Kind = "rollback"
	Undo          Kind = "undo" // mcrundo, mcrrestore
	Move          Kind = "move"
	Delete        Kind = "delete"
	Undelete      Kind = "undelete"
	HideRevisions Kind = "hide revisions"
	Merge         Kind = "merge histories"
	Import        Kind = "import"
	ContentModel  Kind = "content model"
	Protect       Kind = "protect"
	RenameUser    Kind = "rename user"
	Rights        Kind = "rights"
	Block         Kind = "block"
	Unblock       Kind = "unblock"
	Options       Kind = "options"
	Credentials   Kind = "credentials" // password, e-mail, second factor, bot passwords, connected applications
	Mass          Kind = "mass change" // many pages at once
	Strange       Kind = "strange"     // a write that is not understood
)
