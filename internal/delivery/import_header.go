package delivery

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// header is what a script declares in the comments it begins with, a line each:
//
//	@require mediawiki.api            a module of mw.loader
//	@require [[User:Mara/kit.js]]     another script, imported first
//	@require [[User:Mara/kit.css]]    a style sheet
//	@export makeKit                   the variable that is handed out, instead of module.exports
//
// What stands between ==UserScript== and ==/UserScript== is for a browser's extension, with an @require of its own, and is left alone.
type header struct {
	modules, scripts, styles []string
	export                   string
}

// Bounds of a header.
const (
	maxHeader   = 16 << 10 // bytes that are looked at
	maxRequires = 50
)

var (
	aTag        = regexp.MustCompile(`^[\s*/\x{FEFF}]*@(require|export)[ \t]+(.+?)[ \t]*(?:\*/.*)?$`)
	aBlock      = regexp.MustCompile(`^//\s*==(/?)UserScript==`)
	aModule     = regexp.MustCompile(`^[A-Za-z0-9@][\w./:@-]{0,250}$`)
	anExport    = regexp.MustCompile(`^[A-Za-z_$][\w$]{0,100}$`)
	notExported = []string{"var", "let", "const", "function", "class", "new", "delete", "void", "typeof", "this", "null", "true", "false", "if", "for", "while", "do", "return", "throw",
		"switch", "case", "default", "break", "continue", "try", "catch", "finally", "with", "in", "instanceof", "import", "export", "super", "extends", "debugger", "enum", "yield", "await"}
)

// readHeader reads the comments before the first statement. The error says which line is wrong.
func readHeader(text string) (h header, err error) {
	foreign := false
	for n, line := range strings.Split(opening(text), "\n") {
		if m := aBlock.FindStringSubmatch(line); m != nil {
			foreign = m[1] == ""
		}
		if foreign {
			continue
		}
		m := aTag.FindStringSubmatch(strings.TrimRight(line, "\r"))
		if m == nil {
			continue
		}
		if err := h.add(m[1], m[2]); err != nil {
			return h, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return h, nil
}

// opening is the part of a text before its first statement.
func opening(text string) string {
	all := text[:min(len(text), maxHeader)]
	rest := all
	for {
		rest = strings.TrimLeft(rest, " \t\r\n\ufeff")
		var end int
		switch {
		case strings.HasPrefix(rest, "//"):
			end = strings.IndexByte(rest, '\n')
		case strings.HasPrefix(rest, "/*"):
			if end = strings.Index(rest[2:], "*/"); end >= 0 {
				end += 4
			}
		default:
			return all[:len(all)-len(rest)]
		}
		if end < 0 {
			return all
		}
		rest = rest[end:]
	}
}

func (h *header) add(tag, value string) error {
	if tag == "export" {
		if !anExport.MatchString(value) || slices.Contains(notExported, value) {
			return fmt.Errorf("@export %.50q: name one variable", value)
		}
		h.export = value
		return nil
	}
	if len(h.modules)+len(h.scripts)+len(h.styles) >= maxRequires {
		return fmt.Errorf("more than %d times @require", maxRequires)
	}
	page, isPage := strings.CutPrefix(value, "[[")
	page, closed := strings.CutSuffix(page, "]]")
	switch {
	case isPage && closed && strings.HasSuffix(page, ".css"):
		h.styles = append(h.styles, page)
	case isPage && closed && page != "":
		h.scripts = append(h.scripts, page)
	case !isPage && aModule.MatchString(value):
		h.modules = append(h.modules, value)
	default:
		return fmt.Errorf("@require %.50q: name a module of mw.loader, or a page as [[User:Name/page.js]]", value)
	}
	return nil
}
