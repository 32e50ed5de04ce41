package csp

import "strings"

// Covers says whether everything another source matches is matched by this one too, on every page, redirected or not.
// It may say no where a closer look would say yes.
func (s Source) Covers(o Source) bool {
	switch {
	case s == o:
		return true
	case s == star:
		return o.Kind == Scheme && network(o.Scheme) || o.Kind == Host && (o.Scheme == "" || network(o.Scheme)) || o == Word(Self)
	case s.Kind == Scheme:
		return (o.Kind == Scheme || o.Kind == Host && o.Scheme != "") && upgrades(s.Scheme, o.Scheme)
	case s.Kind != Host || o.Kind != Host || o == star:
		return false
	}
	return s.coversScheme(o) && s.coversName(o) && s.coversPort(o) && s.coversPath(o)
}

func (s Source) coversScheme(o Source) bool {
	return s.Scheme == o.Scheme || s.Scheme != "" && o.Scheme != "" && upgrades(s.Scheme, o.Scheme)
}

func (s Source) coversName(o Source) bool {
	switch {
	case !s.Wild:
		return !o.Wild && s.Host == o.Host
	case s.Host == "":
		return true
	case o.Wild && o.Host == s.Host:
		return true
	}
	return strings.HasSuffix(o.Host, "."+s.Host)
}

func (s Source) coversPort(o Source) bool {
	return s.Port == AnyPort || s.Port == o.Port && (s.Port == 0 || s.Scheme == o.Scheme)
}

func (s Source) coversPath(o Source) bool {
	return s.Path == "" || s.Path == o.Path ||
		strings.HasSuffix(s.Path, "/") && strings.HasPrefix(o.Path, s.Path) && !strings.Contains(s.Path+o.Path, "%")
}

// reduce leaves out sources that another one of the list covers.
func reduce(list []Source) []Source {
	var kept []Source
	for i, s := range list {
		redundant := false
		for j, o := range list {
			if i != j && o.Covers(s) && (j < i || !s.Covers(o)) {
				redundant = true
				break
			}
		}
		if !redundant {
			kept = append(kept, s)
		}
	}
	return kept
}
