package fakewiki

import (
	"net/http"
	"net/url"
	"strings"
)

// special is one special page.
type special struct {
	name    string // canonical
	aliases []string
	show    func(*Wiki, *visit) *reply
}

func specialPages() []special {
	all := []special{
		{"AllPages", nil, (*Wiki).specialAllPages},
		{"BlankPage", nil, (*Wiki).specialBlank},
		{"Block", []string{"BlockIP", "BlockUser"}, (*Wiki).specialBlock},
		{"Contributions", []string{"Contribs"}, (*Wiki).specialContributions},
		{"Gadgets", nil, (*Wiki).specialGadgets},
		{"Log", nil, (*Wiki).specialLog},
		{"Movepage", []string{"MovePage"}, (*Wiki).specialMove},
		{"Mycontributions", []string{"MyContributions"}, ownPage("Special:Contributions/")},
		{"Mypage", []string{"MyPage"}, ownPage("User:")},
		{"Mytalk", []string{"MyTalk"}, ownPage("User talk:")},
		{"Preferences", nil, (*Wiki).specialPreferences},
		{"Recentchanges", []string{"RecentChanges"}, (*Wiki).specialRecentChanges},
		{"Search", nil, (*Wiki).specialSearch},
		{"Specialpages", []string{"SpecialPages"}, (*Wiki).specialList},
		{"Userlogin", []string{"UserLogin", "Login"}, (*Wiki).specialLogin},
		{"Userlogout", []string{"UserLogout", "Logout"}, (*Wiki).specialLogout},
		{"Version", nil, (*Wiki).specialVersion},
		{"Watchlist", nil, (*Wiki).specialWatchlist},
		{"Whatlinkshere", []string{"WhatLinksHere"}, (*Wiki).specialLinks},
	}
	for _, name := range strings.Fields(plainSpecials) {
		all = append(all, special{name, nil, specialPlain(name)})
	}
	return all
}

// plainSpecials are special pages of which there is nothing but the name: scripts ask on which one they are (SpecialPageFactory).
const plainSpecials = `Activeusers BlockList Diff Emailuser Export Import Listfiles Listgrouprights Listusers Longpages MergeHistory Newimages Newpages Notifications Nuke
	Prefixindex Protectedpages Recentchangeslinked Statistics Tags Uncategorizedpages Unblock Undelete Upload Userrights AbuseLog AbuseFilter`

// aboutPeople are the special pages that are about somebody.
var aboutPeople = map[string]bool{"Userrights": true, "Emailuser": true, "Unblock": true}

// specialPlain shows a page with an empty list.
func specialPlain(name string) func(*Wiki, *visit) *reply {
	return func(w *Wiki, v *visit) *reply {
		b := body{heading: name, content: `<p>There are no results.</p><ul class="special"></ul>`}
		if aboutPeople[name] && w.accountNamed(v.param) != nil { // SpecialPage::getSkin()->setRelevantUser
			b.vars = map[string]any{"wgRelevantUserName": v.param}
		}
		return w.html(v, b)
	}
}

// specialPage finds a special page by any of its names, whatever their case.
func (w *Wiki) specialPage(v *visit) *reply {
	name, param, _ := strings.Cut(v.title.Text(), "/")
	v.param = param
	v.page, v.rev = nil, nil
	for _, s := range specialPages() {
		for _, alias := range append([]string{s.name}, s.aliases...) {
			if strings.EqualFold(strings.ReplaceAll(name, " ", ""), alias) {
				v.special, v.action = s.name, "view"
				return s.show(w, v)
			}
		}
	}
	return w.errorPage(v, http.StatusNotFound, "No such special page", "You have requested an invalid special page.")
}

func (w *Wiki) specialBlank(v *visit) *reply {
	return w.html(v, body{heading: "Blank page", content: "<p>This page is intentionally left blank.</p>"})
}

func (w *Wiki) specialVersion(v *visit) *reply {
	return w.html(v, body{heading: "Version", content: `<table class="wikitable" id="sv-software"><tbody><tr><th>Product</th><th>Version</th></tr><tr><td>A pretend MediaWiki</td><td>` +
		escape(w.site.Generator) + "</td></tr></tbody></table>"})
}

func (w *Wiki) specialList(v *visit) *reply {
	var rows strings.Builder
	for _, s := range specialPages() {
		rows.WriteString("<li>" + link(w.address(w.title("Special:"+s.name)), s.name) + "</li>")
	}
	return w.html(v, body{heading: "Special pages", content: `<ul class="mw-specialpages-list">` + rows.String() + "</ul>"})
}

func (w *Wiki) specialBlock(v *visit) *reply {
	if !v.user.Has("block") {
		return w.permissionError(v, deny("permissiondenied", "You do not have permission to block users."))
	}
	return w.html(v, body{heading: "Block user", content: `<form id="mw-block-form" class="mw-htmlform"><p>Nobody is blocked on a pretend wiki. Sending this form does nothing.</p>` +
		`<label for="mw-bi-target">Username or IP address</label> <input id="mw-bi-target" name="wpTarget" value="` + escape(v.param) + `"> <label for="mw-input-wpReason-other">Reason</label> <input id="mw-input-wpReason-other" name="wpReason-other"></form>`})
}

func (w *Wiki) specialWatchlist(v *visit) *reply {
	if v.account == nil {
		return w.loginFirst(v, "watchlistanontext")
	}
	return w.html(v, body{heading: "Watchlist", content: `<div class="mw-changeslist"><p class="mw-changeslist-empty">No pages are watched here.</p></div>`})
}

// ownPage shows the reader's own page in place, without a redirect, so that the address tells nobody's name
// (RedirectSpecialPage::personallyIdentifiableTarget). All other parameters count as they are, action=raw included.
func ownPage(prefix string) func(*Wiki, *visit) *reply {
	return func(w *Wiki, v *visit) *reply {
		title := prefix + v.user.Name
		if v.param != "" {
			title += "/" + v.param
		}
		own, err := w.visit(v.request, title)
		if err != nil {
			return w.errorPage(v, http.StatusNotFound, "Bad title", err.Error())
		}
		return w.dispatch(own)
	}
}

// loginFirst sends somebody who is not logged in to the form, and back afterwards.
func (w *Wiki) loginFirst(v *visit, warning string) *reply {
	return redirectTo(w.site.Server + w.site.ScriptPath + "/index.php?title=Special:UserLogin&returnto=" + url.QueryEscape(w.site.Prefixed(v.title)) + "&returntoquery=&warning=" + warning)
}
