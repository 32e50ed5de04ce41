package fakewiki

import (
	"cmp"
	"html"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// listed is one page of a list, for the list itself or for a generator.
type listed struct {
	page *page
	row  object
}

// generate runs a list as a generator: its parameters carry "g" before their names.
func (q *query) generate() error {
	name := q.text("generator")
	g := &query{apiCall: &apiCall{request: q.prefixedRequest(), result: object{}}, w: q.w, out: object{}}
	var found []listed
	var err error
	switch name {
	case "allpages":
		found, err = g.findAllPages()
	case "search":
		found, err = g.findSearch()
	case "categorymembers":
		found, err = g.findMembers()
	default:
		return apiErrorf("badgenerator", "Module \"%s\" cannot be used as a generator.", name)
	}
	if err != nil {
		return err
	}
	for _, f := range found {
		q.pages = append(q.pages, target{title: f.page.Title, page: f.page})
	}
	for k, v := range g.resume {
		if k != "continue" {
			q.more("g"+k, v.(string))
		}
	}
	return nil
}

// prefixedRequest is the same request with the "g" taken off the names of parameters.
func (q *query) prefixedRequest() *request {
	r := *q.request
	r.get, r.post = cutNames(q.get), cutNames(q.post)
	return &r
}

func cutNames(values map[string][]string) map[string][]string {
	out := map[string][]string{}
	for k, v := range values {
		if name, ok := strings.CutPrefix(k, "g"); ok {
			out[name] = v
		}
	}
	return out
}

func (q *query) listing(name string, found []listed) {
	rows := make([]object, 0, len(found))
	for _, f := range found {
		rows = append(rows, f.row)
	}
	q.out[name] = rows
}

func (q *query) listedPage(p *page) listed {
	return listed{p, object{"pageid": p.ID, "ns": p.Title.NS, "title": q.w.prefixed(p.Title)}}
}

func (q *query) allPages() error {
	found, err := q.findAllPages()
	q.listing("allpages", found)
	return err
}

// findAllPages is list=allpages (ApiQueryAllPages).
func (q *query) findAllPages() ([]listed, error) {
	ns := 0
	if text := q.text("apnamespace"); text != "" {
		n, err := strconv.Atoi(text)
		if _, ok := q.w.site.Namespaces[n]; err != nil || !ok || n < 0 {
			return nil, apiErrorf("badvalue", "Unrecognized value for parameter \"apnamespace\": %s.", text)
		}
		ns = n
	}
	key := func(name string) string { return strings.ReplaceAll(q.text(name), " ", "_") }
	from, to, prefix := cmp.Or(key("apcontinue"), upperFirst(key("apfrom"))), upperFirst(key("apto")), upperFirst(key("apprefix"))
	filter := q.or("apfilterredir", "all")
	limit := q.limit("aplimit")
	var found []listed
	for _, p := range q.w.inNamespace(ns) {
		_, redirects := q.w.redirectTarget(p)
		if p.Title.Key < from || to != "" && p.Title.Key > to || !strings.HasPrefix(p.Title.Key, prefix) ||
			filter == "redirects" && !redirects || filter == "nonredirects" && redirects {
			continue
		}
		if len(found) == limit {
			q.more("apcontinue", p.Title.Key)
			break
		}
		found = append(found, q.listedPage(p))
	}
	return found, nil
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

func (w *Wiki) inNamespace(ns int) []*page {
	var found []*page
	for _, p := range w.db.Pages {
		if p.Title.NS == ns {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, byText)
	return found
}

func (q *query) search() error {
	found, err := q.findSearch()
	q.listing("search", found)
	if err == nil {
		q.out["searchinfo"] = object{"totalhits": len(found)}
	}
	return err
}

// findSearch is list=search: pages whose title or text holds every word. The real thing ranks; this one goes by id.
func (q *query) findSearch() ([]listed, error) {
	if q.text("srsearch") == "" {
		return nil, apiErrorf("missingparam", "The \"srsearch\" parameter must be set.")
	}
	words := strings.Fields(strings.ToLower(q.text("srsearch")))
	spaces := q.list("srnamespace")
	if spaces == nil {
		spaces = []string{"0"}
	}
	offset, limit := int(q.id("sroffset")), q.limit("srlimit")
	var found []listed
	for i, p := range q.w.matches(words, spaces) {
		if i < offset {
			continue
		}
		if len(found) == limit {
			q.more("sroffset", strconv.Itoa(i))
			break
		}
		f := q.listedPage(p)
		f.row["size"], f.row["wordcount"], f.row["timestamp"] = len(p.current().Text), len(strings.Fields(p.current().Text)), stamp(p.current().Time)
		f.row["snippet"] = html.EscapeString(firstRunes(p.current().Text, 120))
		found = append(found, f)
	}
	return found, nil
}

func (w *Wiki) matches(words, spaces []string) []*page {
	var found []*page
	for _, p := range w.db.Pages {
		hay := strings.ToLower(w.prefixed(p.Title) + "\n" + p.current().Text)
		if (slices.Contains(spaces, "*") || slices.Contains(spaces, strconv.Itoa(p.Title.NS))) &&
			!slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(hay, word) }) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *page) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

func (q *query) categoryMembers() error {
	found, err := q.findMembers()
	q.listing("categorymembers", found)
	return err
}

// findMembers is list=categorymembers.
func (q *query) findMembers() ([]listed, error) {
	category, err := q.w.pageTitle(q.text("cmtitle"))
	if err != nil || category.NS != nsCategory {
		return nil, apiErrorf("invalidcategory", "The category name you entered is not valid.")
	}
	limit, after := q.limit("cmlimit"), q.id("cmcontinue")
	var members []*page
	for _, p := range q.w.db.Pages {
		if p.ID >= after && slices.Contains(q.w.categoriesOf(p), category) {
			members = append(members, p)
		}
	}
	slices.SortFunc(members, func(a, b *page) int { return cmp.Compare(a.ID, b.ID) })
	var found []listed
	for _, p := range members {
		if len(found) == limit {
			q.more("cmcontinue", strconv.FormatInt(p.ID, 10))
			break
		}
		found = append(found, q.listedPage(p))
	}
	return found, nil
}

// categoriesOf are the categories a page says it is in.
func (w *Wiki) categoriesOf(p *page) []wiki.Title {
	if p.current().Model != wiki.ModelWikitext {
		return nil
	}
	return w.render(p.Title, p.current().Text).Categories
}
