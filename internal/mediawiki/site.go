package mediawiki

import (
	"context"
	"strings"

	"sallyport/internal/wiki"
)

type siteInfo struct {
	General struct {
		WikiID, SiteName, MainPage, Generator, Lang string
		RTL                                         bool
		Server, ArticlePath, ScriptPath             string
	}
	Namespaces map[string]struct {
		ID              int
		Name, Canonical string
		Case            string
		Subpages        bool
	}
	NamespaceAliases []struct {
		ID    int
		Alias string
	}
	InterwikiMap []struct {
		Prefix         string
		LocalInterwiki bool
	}
}

// Site asks the wiki what it is (meta=siteinfo). Later questions read titles by this answer.
func (c *Client) Site(ctx context.Context) (*wiki.Site, error) {
	v := values{"meta": "siteinfo", "siprop": "general|namespaces|namespacealiases|interwikimap"}
	var site *wiki.Site
	err := query(ctx, c, v, func(info *siteInfo) error {
		site = info.site()
		return errStop
	})
	if err != nil {
		return nil, err
	}
	c.site.Store(site)
	return site, nil
}

func (info *siteInfo) site() *wiki.Site {
	g := &info.General
	s := &wiki.Site{
		ID: g.WikiID, Name: g.SiteName, MainPage: g.MainPage, Generator: g.Generator, Lang: g.Lang, RTL: g.RTL,
		Server: g.Server, ArticlePath: g.ArticlePath, ScriptPath: g.ScriptPath,
		Namespaces: map[int]wiki.Namespace{}, Aliases: map[string]int{},
		LocalInterwiki: map[string]bool{}, Interwiki: map[string]bool{},
	}
	for _, ns := range info.Namespaces {
		s.Namespaces[ns.ID] = wiki.Namespace{
			ID: ns.ID, Name: ns.Name, Canonical: ns.Canonical,
			CaseSensitive: ns.Case == "case-sensitive", Subpages: ns.Subpages,
		}
	}
	for _, a := range info.NamespaceAliases {
		s.Aliases[a.Alias] = a.ID
	}
	for _, iw := range info.InterwikiMap {
		prefix := strings.ToLower(iw.Prefix)
		if iw.LocalInterwiki {
			s.LocalInterwiki[prefix] = true
		} else {
			s.Interwiki[prefix] = true
		}
	}
	return s
}

// title reads a title as the API writes it, which is always namespace, colon, text. No table of names is needed, so
// titles of namespaces the wiki made after we asked for its names are read as well.
func title(ns int, text string) wiki.Title {
	if ns != wiki.NSMain {
		_, text, _ = strings.Cut(text, ":")
	}
	return wiki.Title{NS: ns, Key: strings.ReplaceAll(text, " ", "_")}
}
