package fakewiki

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// siteInfo is meta=siteinfo (ApiQuerySiteinfo).
func (q *query) siteInfo() error {
	for name, part := range map[string]func() any{
		"general": func() any { return q.general() }, "namespaces": func() any { return q.namespaces() },
		"namespacealiases": func() any { return q.namespaceAliases() }, "specialpagealiases": func() any { return specialAliases() },
		"interwikimap": func() any { return q.interwikiMap() }, "usergroups": func() any { return userGroups() },
		"extensions": func() any { return []object{} }, "magicwords": func() any { return []object{} },
		"statistics": func() any { return q.statistics() }, "skins": func() any { return skins() },
		"defaultoptions": func() any { return q.w.defaultOptions() },
	} {
		if q.asks("siprop", name, "general") {
			q.out[name] = part()
		}
	}
	return nil
}

func (q *query) general() object {
	s := &q.w.site
	return object{
		"mainpage": s.MainPage, "base": s.URL(q.w.title(s.MainPage)), "sitename": s.Name, "mainpageisdomainroot": false,
		"logo": s.Server + s.ScriptPath + "/resources/assets/wiki.png", "generator": s.Generator,
		"phpversion": "8.2.0", "phpsapi": "fpm-fcgi", "dbtype": "memory", "dbversion": "0",
		"imagewhitelistenabled": false, "langconversion": true, "linkconversion": true, "titleconversion": true,
		"linkprefixcharset": "", "linkprefix": "", "linktrail": "/^([a-z]+)(.*)$/sD", "legaltitlechars": ` %!"$&'()*,\-.\/0-9:;=?@A-Z\\^_` + "`" + `a-z~\x80-\xFF+`,
		"invalidusernamechars": "@:>=", "case": "first-letter", "lang": s.Lang, "fallback": []object{}, "rtl": s.RTL,
		"fallback8bitEncoding": "windows-1252", "readonly": false, "writeapi": true, "maxarticlesize": 2 << 20,
		"timezone": "UTC", "timeoffset": 0, "articlepath": s.ArticlePath, "scriptpath": s.ScriptPath, "script": s.ScriptPath + "/index.php",
		"variantarticlepath": keepBool(false), "server": s.Server, "servername": hostName(s.Server), "wikiid": s.ID, "time": stamp(q.w.now()),
		"misermode": false, "uploadsenabled": false, "maxuploadsize": 104857600, "minuploadchunksize": 1024,
		"favicon": s.Server + "/favicon.ico", "centralidlookupprovider": "local", "allcentralidlookupproviders": []string{"local"},
		"interwikimagic": true, "categorycollation": "uppercase",
	}
}

// hostName is the host of a server's address, without the port.
func hostName(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (q *query) namespaces() object {
	out := object{}
	for id, ns := range q.w.site.Namespaces {
		o := object{"id": id, "case": "first-letter", "subpages": ns.Subpages, "name": content(ns.Name), "content": id == 0, "nonincludable": false}
		if ns.CaseSensitive {
			o["case"] = "case-sensitive"
		}
		if id != 0 {
			o["canonical"] = ns.Canonical
		}
		out[strconv.Itoa(id)] = o
	}
	return out
}

func (q *query) namespaceAliases() []object {
	rows := []object{}
	for _, alias := range slices.Sorted(maps.Keys(q.w.site.Aliases)) {
		rows = append(rows, object{"id": q.w.site.Aliases[alias], "alias": content(alias)})
	}
	return rows
}

func (q *query) interwikiMap() []object {
	rows := []object{}
	for _, prefix := range slices.Sorted(maps.Keys(q.w.site.LocalInterwiki)) {
		rows = append(rows, object{"prefix": prefix, "local": true, "localinterwiki": true, "url": q.w.site.Server + q.w.site.ArticlePath})
	}
	for _, prefix := range slices.Sorted(maps.Keys(q.w.site.Interwiki)) {
		rows = append(rows, object{"prefix": prefix, "url": "https://" + prefix + ".example/wiki/$1"})
	}
	return rows
}

func (q *query) statistics() object {
	edits := 0
	for _, p := range q.w.db.Pages {
		edits += len(p.Revisions)
	}
	return object{"pages": len(q.w.db.Pages), "articles": len(q.w.db.Pages), "edits": edits, "images": 0, "users": len(q.w.db.Accounts),
		"activeusers": len(q.w.db.Accounts), "admins": 0, "jobs": 0}
}

func userGroups() []object {
	rows := []object{}
	for _, name := range slices.Sorted(maps.Keys(groupRights)) {
		rows = append(rows, object{"name": name, "rights": groupRights[name]})
	}
	return rows
}

func skins() []object {
	return []object{{"code": skinName, "default": true, "name": content("Vector")}}
}

func specialAliases() []object {
	rows := []object{}
	for _, s := range specialPages() {
		rows = append(rows, object{"realname": s.name, "aliases": append([]string{s.name}, s.aliases...)})
	}
	return rows
}
