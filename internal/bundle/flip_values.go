package bundle

import (
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// item is one component of a value: tokens [start, end), a whole function counting as one.
type item struct{ start, end int }

// items cuts a value into its components. Commas and slashes are components of their own; !important ends the value.
func items(value []cssToken) []item {
	var list []item
	for i := 0; i < len(value); {
		t := value[i]
		switch {
		case isTrivia(t):
			i++
			continue
		case t.kind == css.DelimToken && t.text == "!":
			return list
		}
		end := i + 1
		if t.kind == css.FunctionToken || t.kind == css.LeftParenthesisToken {
			end = closeOf(value, i)
		}
		list = append(list, item{i, end})
		i = end
	}
	return list
}

// closeOf returns the index behind the parenthesis that closes the one at i.
func closeOf(value []cssToken, i int) int {
	depth := 0
	for ; i < len(value); i++ {
		switch value[i].kind {
		case css.FunctionToken, css.LeftParenthesisToken:
			depth++
		case css.RightParenthesisToken:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

func isDelim(t cssToken, s string) bool {
	return (t.kind == css.DelimToken || t.kind == css.CommaToken) && t.text == s
}

func isQuantity(t cssToken) bool {
	return t.kind == css.NumberToken || t.kind == css.DimensionToken || t.kind == css.PercentageToken
}

// split cuts a list of components at a delimiter.
func split(value []cssToken, list []item, delim string) [][]item {
	groups := [][]item{nil}
	for _, it := range list {
		if isDelim(value[it.start], delim) {
			groups = append(groups, nil)
			continue
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], it)
	}
	return groups
}

// isFourSided names the properties that list top, right, bottom, left.
func isFourSided(name string) bool {
	switch {
	case strings.HasSuffix(name, "margin"), strings.HasSuffix(name, "padding"), strings.HasSuffix(name, "border-width"):
		return true
	case strings.HasSuffix(name, "-color"), strings.HasSuffix(name, "border-style"), name == "inset":
		return true
	}
	return false
}

func flipSides(value []cssToken) {
	if list := items(value); len(list) == 4 {
		exchange(value, list[1], list[3])
	}
}

// exchange swaps two components by the text of their tokens.
func exchange(value []cssToken, a, b item) {
	ta, tb := joinTokens(value[a.start:a.end]), joinTokens(value[b.start:b.end])
	put(value, a, tb)
	put(value, b, ta)
}

// put writes text in place of a component.
func put(value []cssToken, it item, text string) {
	for i := it.start; i < it.end; i++ {
		value[i].text = ""
	}
	value[it.start].text = text
}

// flipCorners mirrors border-radius: top-left, top-right, bottom-right, bottom-left, then the vertical radii behind a
// slash (CSS Backgrounds 3 §4.1).
func flipCorners(value []cssToken) {
	for _, g := range split(value, items(value), "/") {
		switch len(g) {
		case 2:
			exchange(value, g[0], g[1])
		case 3: // a b c becomes b a b c
			first, second := text(value, g[0]), text(value, g[1])
			put(value, g[0], second+" "+first)
		case 4:
			exchange(value, g[0], g[1])
			exchange(value, g[2], g[3])
		}
	}
}

func text(value []cssToken, it item) string { return joinTokens(value[it.start:it.end]) }

// flipShadows turns the horizontal offset, the first length of each shadow.
func flipShadows(value []cssToken) {
	for _, g := range split(value, items(value), ",") {
		for _, it := range g {
			if isQuantity(value[it.start]) {
				value[it.start].text = negate(value[it.start].text)
				break
			}
		}
	}
}

// negate turns the sign of a number with or without a unit; zero stays as it is.
func negate(s string) string {
	digits := strings.TrimLeft(s, "+-")
	if strings.Trim(leadingNumber(digits), "0.") == "" {
		return s
	}
	if s[0] == '-' {
		return digits
	}
	return "-" + digits
}

func leadingNumber(s string) string {
	i := 0
	for i < len(s) && (isDigit(s[i]) || s[i] == '.') {
		i++
	}
	return s[:i]
}

// flipBackground mirrors the horizontal position of each layer when it is a percentage. Behind a keyword that names a
// side a percentage is a distance from that side, or vertical; behind a slash it is a size.
func flipBackground(value []cssToken) {
	for _, layer := range split(value, items(value), ",") {
		for _, it := range layer {
			t := &value[it.start]
			if isDelim(*t, "/") || t.kind == css.IdentToken && isSide(t.text) {
				break
			}
			if isQuantity(*t) {
				t.text = complement(*t)
				break
			}
		}
	}
}

func isSide(word string) bool {
	switch strings.ToLower(word) {
	case "left", "right", "center", "top", "bottom":
		return true
	}
	return false
}

// complement gives 100 % less a percentage, with as many decimals; other quantities stay.
func complement(t cssToken) string {
	if t.kind != css.PercentageToken {
		return t.text
	}
	number := strings.TrimSuffix(t.text, "%")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return t.text
	}
	decimals := 0
	if _, fraction, ok := strings.Cut(number, "."); ok && !strings.ContainsAny(fraction, "eE") {
		decimals = len(fraction)
	}
	return strconv.FormatFloat(100-n, 'f', decimals, 64) + "%"
}

// flipTranslate turns the horizontal distance of translate(), translateX() and translate3d().
func flipTranslate(value []cssToken) {
	for i := range value {
		switch strings.ToLower(value[i].text) {
		case "translate(", "translatex(", "translate3d(":
			flipFirst(value[i+1 : closeOf(value, i)])
		}
	}
}

// flipFirst turns the first argument if it is a plain quantity.
func flipFirst(arguments []cssToken) {
	for i := range arguments {
		if isQuantity(arguments[i]) {
			arguments[i].text = negate(arguments[i].text)
		}
		if !isTrivia(arguments[i]) {
			return
		}
	}
}
