package bundle

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestRegularExpressionsAreJudgedAsBrowsersDo(t *testing.T) {
	literals := strings.Fields(`/a/ /a/gimsuy /a/gg /a/x /(/ /)/ /(?:a)/ /(?<n>a)\k<n>/ /(?<n>a)\k<m>/ /\k<n>/ /\k/u /(?=a)*/ /(?=a)*/u /(?<=a)*/ /(?<!a)b/ /a**/ /a+?/ /a++/ /*/ /a|*/
		/a{1}/ /a{2,1}/ /a{1,2}?/ /{1}/ /a{/ /a{/u /a{,5}/ /}/ /}/u /]/ /]/u /[a-z]/ /[z-a]/ /[\d-z]/ /[\d-z]/u /[a-]/ /[]/ /[^]/ /[/]/ /[a/ /\1/ /\1/u /(a)\1/u /\8/ /\08/ /\07/u /\0/u /[\1]/u
		/\u{1F600}/u /\u{110000}/u /\u{/u /\u{61}/ /\x4/ /\x4/u /\x41/u /\cA/ /\c/ /\c/u /[\c]/ /\-/ /\-/u /[\-]/u /\p{L}/u /\p{Nope}/u /\p{Script=Greek}/u /\p/u /\p/ /\//u /^*/ /$+/ /\b*/ /\b+/u /(?i:a)/ /(?-:a)/
		/(?<a>x)|(?<a>y)/ /(?<a>x)(?<a>y)/ /(?<1>a)/ /(?<é>a)/u /(?<>a)/ /(?a)/ /(?/ /[\b]/u /[\B]/u /[😀-😁]/ /[😀-😁]/u /[😁-😀]/u /[\uD83D\uDE00-\uD83D\uDE01]/u /a{99999999999999999999}/ /a{3,99999999999}/ /a{99999999999,3}/ /[a-\w]/ /[\w-a]/u
		/[--a]/ /[+--]/ /\_/u /\_/ /\é/u /(?:/ /(a/ /a)/ /(?<a/ /\/ /[\]/ /[[]/ /[[]/u /[a&&b]/v /[[a]/v /(?<=a){2}/u /(?!a){2}/ /\k<a>(?<a>x)/ /(?<a>\k<b>)/u /a{1/u /x{1}{1}/ /(?=a){2}?/ /\u0061{2}/u /[\u{61}-\u{7a}]/u /[\0-\10]/ /[\cA-\cZ]/ /\d{2,}/ /[^^]/`)
	literals = append(literals, "/a b/", "/\\\u2028/", `/[\p{L}--[a]]/v`, `/[a-c-e]/`, `/[a-\d-z]/`)
	letters := []string{"a", "b", "(", ")", "[", "]", "{", "}", "1", "2", ",", "*", "+", "?", "|", "^", "$", ".", "-", `\`, "?:", "?=", "?<", "<", ">", "=", "!", "d", "k", "u", "x", "p", "c", "0", "é", "😀", `\u`, "(?<n>", ":", "B", "w", "{1,2}"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range 1 + random.IntN(9) {
			b.WriteString(letters[random.IntN(len(letters))])
		}
		literals = append(literals, "/"+b.String()+"/"+[]string{"", "u"}[random.IntN(2)])
	}
	var valid []bool
	program := `console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map((l) => {
		try { new RegExp(l.slice(1, l.lastIndexOf('/')), l.slice(l.lastIndexOf('/') + 1)); return true; } catch (e) { return false; } })))`
	input, err := json.Marshal(literals)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(node(t, program, string(input))), &valid); err != nil {
		t.Fatal(err)
	}
	unsure, refused, wrong := 0, 0, 0
	for i, l := range literals {
		v := checkRegexp(l)
		switch {
		case v.unsure && v.msg == "":
			unsure++
		case (v.msg == "") != valid[i]:
			if wrong++; wrong < 20 {
				t.Errorf("%s: V8 accepts it: %v; we say %q", l, valid[i], v.msg)
			}
		case v.msg != "":
			refused++
		}
	}
	t.Logf("%d literals, %d refused by both, %d left to the browser, %d judged otherwise", len(literals), refused, unsure, wrong)
}

func TestGroupsInsideGroupsAreBounded(t *testing.T) {
	if v := checkRegexp("/" + strings.Repeat("(", 100_000) + strings.Repeat(")", 100_000) + "/"); v.msg == "" {
		t.Error("a hundred thousand groups inside each other pass")
	}
}
