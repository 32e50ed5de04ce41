package rule

import (
	"slices"
	"strings"

	"sallyport/internal/flow"
)

// pageOfStranger says whether somebody else's text decides whose page is run, though part of the address stands in the
// script: title= of a stranger's choosing is a page of his, and so is User: with his name behind it.
func (p *Pass) pageOfStranger(i *imported) (flow.Flow, bool) {
	if i.kind == moduleCode || i.whole {
		return flow.Flow{}, false
	}
	if f, ok := p.stranger(i, append(beforeSpace(i.title), inHost(i.text)...), flow.InJS); ok {
		return f, true
	}
	if !strings.Contains(i.text.Pattern(), "title=") {
		return flow.Flow{}, false
	}
	// What is not encoded can end the title it stands in and name another: &title= once more, and the last one counts.
	return p.stranger(i, i.text, flow.InParam)
}

// stranger is the flow of somebody's text into one of the open pieces of an address, when it does harm there.
func (p *Pass) stranger(i *imported, pieces []flow.Piece, context flow.Contexts) (flow.Flow, bool) {
	for _, f := range p.strangers(i.from, context) {
		for _, piece := range pieces {
			if piece.Hole != "" && !isOwn(piece.Hole) && slices.ContainsFunc(p.Graph.Taint(piece.Node), func(had flow.Flow) bool { return had.Source == f.Source }) {
				return f, true
			}
		}
	}
	return flow.Flow{}, false
}

// beforeSpace are the open pieces of a title that say whose page it is: those in front of a namespace in which only the
// trusted write, or of a user's name.
func beforeSpace(title flow.Text) []flow.Piece {
	var open []flow.Piece
	prefix := ""
	for _, piece := range title {
		if piece.Hole != "" {
			open = append(open, piece)
			continue
		}
		prefix += piece.Text
		if len(open) == 0 && ownsPages(prefix) {
			return nil
		}
	}
	return open
}

// ownsPages says whether a title that begins so is a page of somebody known: MediaWiki:…, or User:Name/….
func ownsPages(prefix string) bool {
	space, rest, ok := strings.Cut(strings.ToLower(strings.TrimLeft(strings.ReplaceAll(prefix, " ", "_"), ":_")), ":")
	switch {
	case !ok:
		return false
	case space == "mediawiki", space == "gadget", space == "special" && strings.HasPrefix(rest, "mypage"):
		return true
	case userNames[space]:
		name, _, below := strings.Cut(rest, "/")
		return below && name != ""
	}
	return false
}

// inHost are the open pieces of the host an address names.
func inHost(t flow.Text) []flow.Piece {
	var open []flow.Piece
	inside := false
	for _, piece := range t {
		if piece.Hole != "" {
			if inside {
				open = append(open, piece)
			}
			continue
		}
		rest := piece.Text
		if !inside {
			_, after, ok := strings.Cut(rest, "//")
			if !ok {
				return nil
			}
			inside, rest = true, after
		}
		if strings.ContainsAny(rest, "/?#") {
			return open
		}
	}
	return open
}
