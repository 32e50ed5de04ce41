package wiki

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// upperFirst makes the first letter a capital, as Language::ucfirst does on PHP 7.3 and later: with the full mapping of
// Unicode, in which ß becomes SS. Site.Capitals wins over it, and so do the rules of Turkish and Azerbaijani.
func (s *Site) upperFirst(key string) string {
	r, size := utf8.DecodeRuneInString(key)
	if size == 0 {
		return key
	}
	return s.capital(r) + key[size:]
}

func (s *Site) capital(r rune) string {
	switch {
	case r == 'i' && (s.Lang == "tr" || s.Lang == "az"): // LanguageTr, LanguageAz
		return "İ"
	case r == 'ı' && s.Lang == "tr":
		return "I"
	case r < utf8.RuneSelf:
		return string(unicode.ToUpper(r))
	}
	if up, ok := s.Capitals[r]; ok {
		return up
	}
	if _, rest, ok := strings.Cut(fullCapitals, " "+string(r)+"="); ok {
		up, _, _ := strings.Cut(rest, " ")
		return up
	}
	return string(unicode.ToUpper(r))
}

// lower is the content language's lc: letters outside ASCII by Unicode's full mapping, of which only İ differs from
// the simple one.
func lower(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
}

// fullCapitals are the letters whose capital is several letters, or not the one unicode.ToUpper knows:
// SpecialCasing.txt of the Unicode Character Database (unconditional rows), as PHP's mb_strtoupper applies it.
const fullCapitals = "" +
	" ß=SS ŉ=ʼN ǰ=J\u030c ΐ=Ι\u0308\u0301 ΰ=Υ\u0308\u0301 և=ԵՒ ẖ=H\u0331 ẗ=T\u0308 ẘ=W\u030a ẙ=Y\u030a" +
	" ẚ=Aʾ ὐ=Υ\u0313 ὒ=Υ\u0313\u0300 ὔ=Υ\u0313\u0301 ὖ=Υ\u0313\u0342 ᾀ=ἈΙ ᾁ=ἉΙ ᾂ=ἊΙ ᾃ=ἋΙ ᾄ=ἌΙ" +
	" ᾅ=ἍΙ ᾆ=ἎΙ ᾇ=ἏΙ ᾈ=ἈΙ ᾉ=ἉΙ ᾊ=ἊΙ ᾋ=ἋΙ ᾌ=ἌΙ ᾍ=ἍΙ ᾎ=ἎΙ" +
	" ᾏ=ἏΙ ᾐ=ἨΙ ᾑ=ἩΙ ᾒ=ἪΙ ᾓ=ἫΙ ᾔ=ἬΙ ᾕ=ἭΙ ᾖ=ἮΙ ᾗ=ἯΙ ᾘ=ἨΙ" +
	" ᾙ=ἩΙ ᾚ=ἪΙ ᾛ=ἫΙ ᾜ=ἬΙ ᾝ=ἭΙ ᾞ=ἮΙ ᾟ=ἯΙ ᾠ=ὨΙ ᾡ=ὩΙ ᾢ=ὪΙ" +
	" ᾣ=ὫΙ ᾤ=ὬΙ ᾥ=ὭΙ ᾦ=ὮΙ ᾧ=ὯΙ ᾨ=ὨΙ ᾩ=ὩΙ ᾪ=ὪΙ ᾫ=ὫΙ ᾬ=ὬΙ" +
	" ᾭ=ὭΙ ᾮ=ὮΙ ᾯ=ὯΙ ᾲ=ᾺΙ ᾳ=ΑΙ ᾴ=ΆΙ ᾶ=Α\u0342 ᾷ=Α\u0342Ι ᾼ=ΑΙ ῂ=ῊΙ" +
	" ῃ=ΗΙ ῄ=ΉΙ ῆ=Η\u0342 ῇ=Η\u0342Ι ῌ=ΗΙ ῒ=Ι\u0308\u0300 \u1fd3=Ι\u0308\u0301 ῖ=Ι\u0342 ῗ=Ι\u0308\u0342 ῢ=Υ\u0308\u0300" +
	" \u1fe3=Υ\u0308\u0301 ῤ=Ρ\u0313 ῦ=Υ\u0342 ῧ=Υ\u0308\u0342 ῲ=ῺΙ ῳ=ΩΙ ῴ=ΏΙ ῶ=Ω\u0342 ῷ=Ω\u0342Ι ῼ=ΩΙ" +
	" ﬀ=FF ﬁ=FI ﬂ=FL ﬃ=FFI ﬄ=FFL ﬅ=ST ﬆ=ST ﬓ=ՄՆ ﬔ=ՄԵ ﬕ=ՄԻ" +
	" ﬖ=ՎՆ ﬗ=ՄԽ "
