package wiki

import "strings"

// rtlLanguages are the language codes MediaWiki writes right to left (languages/messages, $rtl = true).
var rtlLanguages = map[string]bool{
	"aeb": true, "aeb-arab": true, "ar": true, "arc": true, "arq": true, "ary": true, "arz": true, "azb": true,
	"bgn": true, "bqi": true, "ckb": true, "dv": true, "fa": true, "glk": true, "he": true, "khw": true,
	"kk-arab": true, "kk-cn": true, "ks-arab": true, "ku-arab": true, "lki": true, "lrc": true, "luz": true,
	"mnw-arab": true, "ms-arab": true, "mzn": true, "nqo": true, "pnb": true, "ps": true, "sd": true, "sdh": true,
	"skr": true, "skr-arab": true, "ug": true, "ug-arab": true, "ur": true, "yi": true,
}

// RightToLeft says whether a language is written right to left. Codes are compared in lower case.
func RightToLeft(code string) bool { return rtlLanguages[strings.ToLower(code)] }
