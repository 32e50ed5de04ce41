package js

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const component = `<template>
	<div v-for="( item, i ) in items" :key="item.id" @click.prevent="open = true; go( item )">
		<a :href="item.url" v-bind:title="t + &quot;x&quot;" href="https://a.example/">{{ item.name }} and {{ other }}</a>
		<p v-html="item.html"></p><!-- {{ not.this }} -->
		<template #slot="{ row }"><b v-text="row"/></template>
		<button @click="go">x</button>
	</div>
</template>

<script>
// {{ nor.this }}
module.exports = defineComponent( { data() { return { a: '</p>' }; } } );
</script>

<style lang="less">
.a { background: url( b.png ) }
</style>
`

func TestVueFilesComeApartIntoPartsThatKnowTheirPlace(t *testing.T) {
	s := Parse([]byte(component), Options{Name: "App.vue"})
	var got []string
	for _, p := range s.Parts {
		line, column := s.Lines.Position(p.Start)
		what := fmt.Sprintf("%d:%d %s %s %s", line, column, p.Kind, p.Element, p.Attribute)
		switch {
		case p.Kind == PartAddress:
			what += " = " + p.Value
		case p.Script.Root != 0 && p.Kind != PartScript:
			what += " " + p.Script.Kind(p.Script.Root).String() + " " + p.Script.Source(p.Script.Root)
			checkSpans(t, p.Script.Tree)
			checkScopes(t, p.Script)
		case p.Kind == PartStyle:
			what += " " + p.Script.Styles[0].Value
		}
		if p.Names != "" {
			what += " for " + p.Names
		}
		got = append(got, what)
	}
	want := []string{
		"2:29 expression div v-for Ident items for ( item, i )",
		"2:42 expression div key Dot item.id",
		`2:67 handler div click Program open = true; go( item )`,
		"3:13 expression a href Dot item.url",
		`3:37 expression a title Binary t + "x"`,
		"3:62 address a href = https://a.example/",
		"3:84 expression  {{}} Dot item.name",
		"3:104 expression  {{}} Ident other",
		"4:14 expression p v-html Dot item.html",
		"5:40 expression b v-text Ident row",
		"6:19 handler button click Ident go",
		"10:9 script script ",
		"15:20 style style  b.png",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestScriptsInVueFilesHaveTheOffsetsOfTheFile(t *testing.T) {
	s := Parse([]byte(component), Options{Name: "App.vue"})
	for _, p := range s.Parts {
		if p.Kind != PartScript {
			continue
		}
		if p.Script.Goal != ScriptGoal {
			t.Errorf("%s %v", p.Script.Goal, p.Script.Problems)
		}
		p.Script.Walk(p.Script.Root, func(n Node) bool {
			if p.Script.Name(p.Script.Callee(n)) == "defineComponent" {
				if line, column := s.Lines.Position(p.Script.Start(n)); line != 12 || column != 18 {
					t.Errorf("the call stands at %d:%d", line, column)
				}
			}
			return true
		})
	}
}
