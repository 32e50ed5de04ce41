package flow
import ("testing";"sallyport/internal/js";"sort";"fmt")
func TestOver(t *testing.T) {
	files := corpus(t)
	cnt := map[string]int{}
	for p, src := range files {
		g := Analyse(js.Parse(src, js.Options{Name: p}), Options{}); if len(g.Notes())==0 {continue}
		e := g.e
		rev := map[ref]bool{}
		for _, v := range e.anyField { rev[v]=true }
		for r := range e.held { n:=0; kinds:=map[factKind]int{}; names:=""
			for c:=e.held[r]; c!=0; c=e.cells[c].next { n++; i:=e.facts.info[e.cells[c].fact]; kinds[i.kind]++; names+=i.name+"," }
			if n>=8 { isAny := rev[ref(r)]; src:=""; if r<e.Len() { src=e.Kind(js.Node(r)).String() } ; in:=0; for i:=e.in[r];i!=0;i=e.edges[i].nextIn {in++}; if in>8 { cnt[fmt.Sprint(isAny, src, kinds)]++ ; if kinds[pathFact]>4 {cnt[names]++} } } }
	}
	var ks []string; for k := range cnt { ks=append(ks,k) }; sort.Slice(ks, func(i,j int) bool {return cnt[ks[i]]>cnt[ks[j]]})
	for _, k := range ks[:min(40,len(ks))] { fmt.Println(cnt[k], k[:min(200,len(k))]) }
}
