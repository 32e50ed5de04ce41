package storetest

import (
	"strings"

	"sallyport/internal/store"
)

// limit is the longest text in bytes.
const limit = 16 << 20

func texts() []behaviour {
	return []behaviour{
		{"a text comes back byte for byte", func(s subject) {
			for _, text := range []string{
				"mw.hook( 'wikipage.content' ).add( f );\n", "", "\x00", "a\x00b", "\xff\xfe invalid \xc3", "\ufeffbom", "שלום 🦊",
				"'; DROP TABLE page; --", strings.Repeat("é", 1<<20),
			} {
				s.savePage(s.page("User:Mara/a.js", 7, text), text)
				got, err := s.Text(s.ctx, store.DigestOf(text))
				s.ok(err)
				if got != text {
					s.t.Errorf("a text of %d bytes came back as one of %d bytes", len(text), len(got))
				}
			}
		}},
		{"a text that nobody saved is not found", func(s subject) {
			_, err := s.Text(s.ctx, store.DigestOf(s.wiki+" never saved"))
			s.missing("text", err)
			_, err = s.Text(s.ctx, "")
			s.missing("text without a name", err)
			_, err = s.Text(s.ctx, "no\x00digest")
			s.missing("text with an impossible name", err)
		}},
		{"a text stays when its page gets another", func(s subject) {
			first, second := s.wiki+" first", s.wiki+" second"
			s.savePage(s.page("User:Mara/a.js", 1, first), first)
			s.savePage(s.page("User:Mara/a.js", 2, second), second)
			got, err := s.Text(s.ctx, store.DigestOf(first))
			s.ok(err)
			s.equal("text", got, first)
		}},
		{"a text of 16 MiB is kept and a longer one refused whole", func(s subject) {
			longest := strings.Repeat("x", limit)
			s.savePage(s.page("User:Mara/long.js", 1, longest), longest)
			longer := longest + "x"
			s.refused("16 MiB and a byte", s.SavePage(s.ctx, s.page("User:Mara/longer.js", 1, longer), longer))
			_, err := s.Text(s.ctx, store.DigestOf(longer))
			s.missing("the longer text", err)
			s.equal("pages", len(s.pages("User:Mara/long.js", "User:Mara/longer.js")), 1)
		}},
		{"a text is not kept under another text's digest", func(s subject) {
			p := s.page("User:Mara/a.js", 1, s.wiki+" shown")
			s.refused("wrong digest", s.SavePage(s.ctx, p, s.wiki+" hidden"))
			_, err := s.Text(s.ctx, p.Digest)
			s.missing("text", err)
			s.equal("pages", s.pages(p.Title), map[string]store.Page{})
		}},
	}
}
