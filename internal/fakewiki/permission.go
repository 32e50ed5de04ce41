package fakewiki

import (
	"strings"

	"sallyport/internal/wiki"
)

// denial is MediaWiki's "no", with the code its API answers.
type denial struct{ code, info string }

func (d *denial) Error() string { return d.info }

func deny(code, info string) *denial { return &denial{code, info} }

// mayEdit asks for everything an edit that leaves t with model needs (PermissionManager::getPermissionErrors 'edit').
func (w *Wiki) mayEdit(u *wiki.User, t wiki.Title, model string) *denial {
	p := w.db.byTitle[t]
	create := "createpage"
	if isTalk(t) {
		create = "createtalk"
	}
	switch {
	case t.NS < 0:
		return deny("protectednamespace", "Pages in that namespace cannot be edited.")
	case !u.Has("edit"):
		return deny("permissiondenied", "You don't have permission to edit this page.")
	case p == nil && !u.Has(create):
		return deny("permissiondenied", "You don't have permission to create new pages.")
	case p != nil && p.Protected != "" && !u.Has(p.Protected):
		return deny("protectedpage", "This page has been protected to prevent editing or other actions.")
	case model != w.modelOf(t) && !u.Has("editcontentmodel"):
		return deny("cantchangecontentmodel", "You don't have permission to change the content model of a page.")
	}
	if d := w.mayTouchCode(u, t, w.modelOf(t)); d != nil {
		return d
	}
	return w.mayTouchCode(u, t, model)
}

// modelOf is the model a page has, or would have if it were made now.
func (w *Wiki) modelOf(t wiki.Title) string {
	if p := w.db.byTitle[t]; p != nil {
		return p.current().Model
	}
	return wiki.DefaultModel(t)
}

// mayTouchCode guards pages that run in somebody's browser (Title::isSiteConfigPage, isUserConfigPage and
// PermissionManager's checks of them): site code by name or model, a user's code by model alone.
func (w *Wiki) mayTouchCode(u *wiki.User, t wiki.Title, model string) *denial {
	if t.NS == wiki.NSMediaWiki {
		if !u.Has("editinterface") {
			return deny("protectednamespace-interface", "This page provides interface text for the software on this wiki, and is protected to prevent abuse.")
		}
		if wiki.Code(t, model) == wiki.SiteHTML && (!u.Has("editsitecss") || !u.Has("editsitejs")) {
			return deny("siterawhtmlprotected", "You do not have permission to edit this page because it contains raw HTML which can be modified to affect all visitors.")
		}
		for _, kind := range codeKinds(t, model) {
			if !u.Has("editsite" + kind) {
				return deny("site"+kind+"protected", "You do not have permission to edit this page because it may affect all visitors.")
			}
		}
		return nil
	}
	kind := modelKind(model)
	if t.NS != wiki.NSUser || kind == "" || !t.IsSubpage() {
		return nil
	}
	own := u.ID != 0 && t.Root() == u.Name
	if own && u.Has("editmyuser"+kind) || u.Has("edituser"+kind) {
		return nil
	}
	if own {
		return deny("mycustom"+kind+"protected", "You do not have permission to edit this page.")
	}
	return deny("custom"+kind+"protected", "You do not have permission to edit this page because it contains another user's personal settings.")
}

// codeKinds says which kinds of code a page of the MediaWiki namespace is: by model, by suffix, or both.
func codeKinds(t wiki.Title, model string) []string {
	var kinds []string
	for _, kind := range []string{"css", "json", "js"} {
		if modelKind(model) == kind || strings.HasSuffix(t.Key, "."+kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// modelKind is the word that rights use for a content model; "" for what is no code.
func modelKind(model string) string {
	switch model {
	case wiki.ModelJavaScript, wiki.ModelVue:
		return "js"
	case wiki.ModelCSS, "sanitized-css":
		return "css"
	case wiki.ModelJSON:
		return "json"
	}
	return ""
}

// mayMove needs the right to move and to edit at both ends (MovePage::checkPermissions).
func (w *Wiki) mayMove(u *wiki.User, from, to wiki.Title) *denial {
	model := w.modelOf(from)
	switch {
	case !u.Has("move") && u.ID == 0:
		return deny("cantmove-anon", "You must be logged in to move pages.")
	case !u.Has("move"):
		return deny("cantmove", "You don't have permission to move pages.")
	case from.NS == wiki.NSUser && !from.IsSubpage() && !u.Has("move-rootuserpages"):
		return deny("cantmove-user-page", "You don't have permission to move user pages (apart from subpages).")
	}
	if d := w.mayEdit(u, from, model); d != nil {
		return d
	}
	return w.mayEdit(u, to, w.modelOf(to))
}

// mayDelete: MediaWiki guards site code here too, and a user's code not.
func (w *Wiki) mayDelete(u *wiki.User, t wiki.Title) *denial {
	if !u.Has("delete") {
		return deny("permissiondenied", "You don't have permission to delete this page.")
	}
	if t.NS == wiki.NSMediaWiki {
		return w.mayTouchCode(u, t, w.modelOf(t))
	}
	return nil
}
