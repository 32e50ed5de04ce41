package rule

import (
	"net/url"
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// write is one change to the wiki: who writes what, when, how often, and whether anybody was asked.
type write struct {
	request
	action  string // as api.php calls it; "form" names stand for special pages
	titles  []flow.Text
	texts   []flow.Text
	certain bool
	model   bool // the pages become code, or run as code, whatever they are called
	typed   bool // something in it is what the person typed or chose, so the person has a part in it
}

// changes are the actions of api.php that change something (ApiMain::$Modules and common extensions).
var changes = words("edit move delete undelete protect block unblock userrights upload import mergehistory rollback options globalpreferences " +
	"globalpreferenceoverrides changeauthenticationdata removeauthenticationdata changeemail resetpassword linkaccount unlinkaccount createaccount emailuser changecontentmodel " +
	"revisiondelete filerevert managetags setpagelanguage visualeditoredit discussiontoolsedit flow massmessage globalblock globaluserrights setglobalaccountstatus " +
	"massdelete nuke thank watch patrol review stabilize cxpublish wbeditentity oathauth")

// writes are all changes the text makes, once computed.
func (p *Pass) writes() []write {
	if p.known.written {
		return p.known.writes
	}
	p.known.written = true
	for _, r := range p.requests() {
		p.known.writes = append(p.known.writes, p.writesOf(r)...)
	}
	for c := range p.Graph.EachCall() {
		p.known.writes = append(p.known.writes, p.wrapped(c)...)
	}
	for c := range p.Graph.EachCall() {
		p.known.writes = append(p.known.writes, p.handedOver(c)...)
	}
	p.known.writes = append(p.known.writes, p.formWrites()...)
	return p.known.writes
}

func (p *Pass) writesOf(r request) []write {
	if !r.api && p.elsewhere(r) {
		return nil
	}
	var out []write
	for _, action := range r.q.consts("action") {
		if w, ok := p.writeOf(r, action); ok {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		out = append(out, p.pageWrites(r)...)
	}
	return out
}

func (p *Pass) writeOf(r request, action string) (write, bool) {
	w := write{request: r, action: action, certain: true}
	switch {
	case action == "submit" && (r.post || r.how == "form"):
		w.action = "edit"
	case action == "rollback" && r.q["title"] != nil, action == "edit" && r.how == "form":
	case !changes[action], !r.post:
		return w, false
	}
	w.titles = r.q.texts("title", "to", "from", "filename", "pageid", "wpTitle", "page")
	w.texts = r.q.texts("text", "appendtext", "prependtext", "wpTextbox1", "source", "wikitext", "html")
	if r.how == "form" && len(w.texts) == 0 {
		w.texts = p.filledIn()
	}
	w.typed = p.typed(&w)
	if w.action == "edit" {
		w.titles = r.q.texts("title", "pageid", "page")
	}
	w.titles = p.askedFor(w.titles)
	w.model = r.q.codeModel("model") || r.q.codeModel("contentmodel") || p.runsPage(w.titles)
	p.prepared(&w)
	w.titles = p.pageHere(w.titles, w.Gates)
	return w, true
}

// askedFor puts the title that the script asked the wiki about in the place of one that comes back in the answer, where
// it asks about one page only.
func (p *Pass) askedFor(titles []flow.Text) []flow.Text {
	for i, t := range titles {
		if len(t) != 1 || t[0].Hole != flow.Answer {
			continue
		}
		from := p.passedIn(t[0].Node)
		name, _ := p.KeyName(from)
		if asked := p.handedTo(from); asked != nil && (name == "title" || name == "key") {
			titles = append(slices.Clone(titles), asked)
			continue
		}
		if name != "title" {
			continue
		}
		if asked := p.onlyQuestion(); asked != nil {
			titles = slices.Clone(titles)
			titles[i] = asked
		}
	}
	return titles
}

// passedIn is what a function's parameter is given, where one call of the script gives it something.
func (p *Pass) passedIn(n js.Node) js.Node {
	b := p.Tree.Binding(n)
	if b == 0 || p.Bindings[b].Kind != js.Param {
		return n
	}
	f := p.Scopes.Scopes[p.Bindings[b].Scope].Node
	place := slices.IndexFunc(p.Params(f), func(param js.Node) bool { return p.Tree.Binding(param) == b })
	var given js.Node
	for c := range p.Graph.EachCall() {
		if slices.Contains(c.Targets, f) && c.Arg(place) != 0 {
			if given != 0 {
				return n
			}
			given = c.Arg(place)
		}
	}
	if given == 0 {
		return n
	}
	return given
}

// handedTo is the title of a page of code that was given to the function whose answer a node is a part of:
// ( await page( 'MediaWiki:Common.js' ) ).title.
func (p *Pass) handedTo(n js.Node) flow.Text {
	for range 16 {
		n = p.origin(n)
		switch p.Kind(n) {
		case js.Dot, js.Index:
			n = p.Object(n)
		case js.Await:
			n = p.Operand(n)
		case js.Ident:
			n = p.givenTo(n)
		case js.Call:
			for _, a := range p.Args(n) {
				for _, t := range p.Graph.Str(a).Texts {
					switch kindOf(t) {
					case siteCode, ownCode, otherCode:
						return t
					}
				}
			}
			n = p.Object(p.Callee(n))
		default:
			return nil
		}
	}
	return nil
}

// onlyQuestion is the title of the one page that the script's requests ask about, nil when there are several.
func (p *Pass) onlyQuestion() flow.Text {
	var found []flow.Text
	for _, r := range p.requests() {
		if r.q.has("action", "query") || r.q["action"] == nil {
			if r.q["list"] != nil || r.q["generator"] != nil {
				return nil
			}
			found = append(found, r.q.texts("titles")...)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// typed says whether what the person typed is part of a write.
func (p *Pass) typed(w *write) bool {
	for _, name := range inputs {
		for _, n := range w.q.nodes(name) {
			for _, f := range p.Graph.Taint(n) {
				if f.Source == flow.FromInput {
					return true
				}
			}
		}
	}
	return false
}

// inputs are the parameters that people fill in.
var inputs = []string{"title", "from", "to", "user", "reason", "summary", "text", "appendtext", "prependtext", "sectiontitle", "expiry", "target", "add", "remove", "filename"}

// filledIn are the texts that the script puts into form fields.
func (p *Pass) filledIn() []flow.Text {
	var out []flow.Text
	for _, n := range p.fillings() {
		out = append(out, p.Graph.Str(n).Texts...)
	}
	return out
}

// fillings are the values that the script puts into form fields.
func (p *Pass) fillings() []js.Node {
	var out []js.Node
	for c := range p.Graph.EachCall() {
		if c.Method == "val" && c.Arg(0) != 0 {
			out = append(out, c.Arg(0))
		}
		out = append(out, p.filledAtOnce(c)...)
	}
	for a := range p.Graph.EachAssign() {
		if a.Property == "value" {
			out = append(out, a.Value)
		}
	}
	return out
}

// elsewhere says whether a request can only go to somebody else's server.
func (p *Pass) elsewhere(r request) bool {
	hosts := 0
	for _, n := range r.urls {
		hosts += len(p.foreign(p.Graph.Str(n)))
	}
	return hosts > 0
}

// pageWrites reads requests whose path says what they do: rest.php and special pages.
func (p *Pass) pageWrites(r request) []write {
	if !r.post && r.how != "form" && r.how != "frame" {
		return p.rollbackLinks(r)
	}
	var out []write
	for _, n := range r.urls {
		for _, t := range p.Graph.Str(n).Texts {
			if w, ok := p.pageWrite(r, t); ok {
				out = append(out, w)
			}
		}
	}
	return out
}

func (p *Pass) pageWrite(r request, t flow.Text) (write, bool) {
	w := write{request: r, certain: true, texts: r.q.texts("source", "wpTextbox1")}
	if title := cut(t, "/v1/page/"); title != nil {
		w.action, w.titles = "edit", p.askedFor([]flow.Text{decodedPath(title)})
		return w, true
	}
	pattern := strings.ToLower(t.Pattern())
	for _, s := range specials {
		if strings.Contains(pattern, "special:"+s.page) && (r.how != "frame" || s.action == "oauth") {
			w.action = s.action
			return w, true
		}
	}
	return w, false
}

// decodedPath undoes the encoding of the literal parts of a path.
func decodedPath(t flow.Text) flow.Text {
	out := beforeQuery(t)
	for i := range out {
		if plain, err := url.PathUnescape(out[i].Text); err == nil {
			out[i].Text = plain
		}
	}
	return out
}

// specials are special pages that change something when a form is sent to them, lower case.
var specials = []struct{ page, action string }{
	{"changeemail", "changeemail"}, {"changecredentials", "changeauthenticationdata"}, {"changepassword", "changeauthenticationdata"},
	{"botpasswords", "botpasswords"}, {"oauth", "oauth"}, {"preferences", "preferences"}, {"userrights", "userrights"},
	{"block/", "block"}, {"movepage", "move"}, {"import", "import"}, {"upload", "upload"}, {"emailuser", "emailuser"},
	{"abusefilter/", "abusefilter"}, {"massmessage", "massmessage"}, {"mergehistory", "mergehistory"}, {"globalblock", "globalblock"}, {"undelete", "undelete"},
}

// rollbackLinks reads requests for rollback links of the page: those work with GET (RollbackAction).
func (p *Pass) rollbackLinks(r request) []write {
	if r.how != "fetch" && r.how != "image" && r.how != "frame" || len(r.urls) == 0 || !strings.Contains(p.words(r.node), "mw-rollback-link") {
		return nil
	}
	return []write{{request: r, action: "rollback"}}
}

// wrapped reads calls of libraries that send the parameters they are given: anything called post, request and so on, with an
// object that has an action that changes something.
func (p *Pass) wrapped(c *flow.Call) []write {
	if len(c.Args) == 0 || len(c.Targets) > 0 || c.Receiver == flow.JQuery || strings.HasPrefix(c.Callee, "$.") || !sends(c.Method) || p.isAPI(c) || c.Is("fetch", "XMLHttpRequest.send") {
		return nil
	}
	r := request{node: c.Node, q: params{}, post: true, Where: c.Where}
	for _, a := range c.Args {
		for _, f := range p.Graph.Obj(a).Fields {
			r.q[f.Name] = append(r.q[f.Name], p.param(f.Value))
		}
	}
	if len(r.q) < 2 {
		return nil
	}
	var out []write
	for _, action := range r.q.consts("action") {
		if w, ok := p.writeOf(r, action); ok {
			w.certain = false
			out = append(out, w)
		}
	}
	return out
}

// handedOver reads parameters that a function of the script gets and sends in a way that was not understood: with a token, or
// with what a change needs, they are for nothing else.
func (p *Pass) handedOver(c *flow.Call) []write {
	if len(c.Targets) == 0 {
		return nil
	}
	r := request{node: c.Node, q: params{}, post: true, Where: c.Where}
	for _, a := range c.Args {
		object := p.origin(a)
		if p.Kind(object) != js.Object || !slices.ContainsFunc(p.List(object), p.isAction) {
			continue
		}
		for _, f := range p.Graph.Obj(a).Fields {
			r.q[f.Name] = append(r.q[f.Name], p.param(f.Value))
		}
	}
	var out []write
	for _, action := range r.q.consts("action") {
		if !changes[action] || p.sentAlready(r.q.nodes("action")) || r.q["token"] == nil && (r.q["title"] == nil || !r.q.writesText()) {
			continue
		}
		if w, ok := p.writeOf(r, action); ok {
			w.certain = false
			out = append(out, w)
		}
	}
	return out
}

func (p *Pass) isAction(property js.Node) bool {
	name, _ := p.KeyName(property)
	return name == "action"
}

// codeModel says whether a parameter makes a page code, whatever else it may be.
func (q params) codeModel(name string) bool {
	texts := q.texts(name)
	for _, t := range texts {
		if s, _ := t.Const(); s != "javascript" && s != "css" {
			return false
		}
	}
	return len(texts) > 0
}

func (q params) writesText() bool {
	return q["text"] != nil || q["appendtext"] != nil || q["prependtext"] != nil
}

// sentAlready says whether a write is known that has its action from one of the nodes.
func (p *Pass) sentAlready(actions []js.Node) bool {
	return slices.ContainsFunc(p.known.writes, func(w write) bool {
		return slices.ContainsFunc(w.q.nodes("action"), func(n js.Node) bool { return slices.Contains(actions, n) })
	})
}

func sends(method string) bool {
	lower := strings.ToLower(method)
	return slices.ContainsFunc([]string{"post", "request", "send", "api", "submit", "ajax", "query"}, func(s string) bool { return strings.Contains(lower, s) })
}

// asked says whether the person had a part in it: a click, a question, a form.
func asked(w flow.Where) bool {
	if w.Trigger == capability.OnClick || w.Trigger == capability.OnConfirmation {
		return true
	}
	return slices.ContainsFunc(w.Gates, func(g flow.Gate) bool { return g.Kind == flow.GateConfirm })
}

// unasked says whether it happens by itself.
func unasked(w flow.Where) bool {
	return !asked(w) && (w.Trigger == capability.OnLoad || w.Trigger == capability.OnTimer)
}

// asked says whether the person had a part in it.
func (w *write) asked() bool { return w.typed || asked(w.Where) }

// confirmed says whether the person is asked in words before it happens.
func (w *write) confirmed() bool {
	return w.Trigger == capability.OnConfirmation || slices.ContainsFunc(w.Gates, func(g flow.Gate) bool { return g.Kind == flow.GateConfirm })
}

// weigh is the severity of what happens by itself, of what some other code has to call, and of what the person sets off.
// What is made of the person's own words counts as called: words can be waited for.
func (w *write) weigh(itself, called, clicked finding.Severity) finding.Severity {
	switch {
	case asked(w.Where):
		return clicked
	case unasked(w.Where) && !w.typed:
		return itself
	}
	return called
}

// when says in words what sets it off.
func (w *write) when() string {
	switch {
	case asked(w.Where):
		return "when you act"
	case w.typed:
		return "with what you typed"
	case w.Trigger == capability.OnTimer:
		return "on a timer, without asking"
	case w.Trigger == capability.OnLoad:
		return "on load, without asking"
	}
	return "when other code calls it"
}

// trigger is what the capability says of it.
func trigger(w flow.Where) capability.Trigger {
	if slices.ContainsFunc(w.Gates, func(g flow.Gate) bool { return g.Kind == flow.GateConfirm }) {
		return capability.OnConfirmation
	}
	return w.Trigger
}

// does gives the capability of a write.
func (p *Pass) does(w *write, name capability.Name, target string) {
	c := capability.Capability{Name: name, Target: target, Trigger: trigger(w.Where), Certainty: capability.Certain}
	if !w.certain {
		c.Certainty = capability.Likely
	}
	p.Can(w.node, c)
}

// target spells the titles of a write.
func (w *write) target() string {
	if len(w.titles) == 0 {
		return ""
	}
	return spell(w.titles[0])
}

func spell(t flow.Text) string { return clip(t.Pattern()) }

// edits says whether a write puts text into pages.
func (w *write) edits() bool {
	switch w.action {
	case "edit", "move", "import", "undelete", "visualeditoredit", "changecontentmodel", "rollback", "mergehistory", "upload":
		return true
	}
	return false
}

// overwrites says whether a write puts a file in the place of another, under a name that the script fixes, whatever the wiki warns of.
func (w *write) overwrites() bool {
	if w.action != "upload" || len(w.titles) == 0 || len(w.q["ignorewarnings"]) == 0 {
		return false
	}
	return !slices.ContainsFunc(w.titles, func(t flow.Text) bool {
		_, known := t.Const()
		return !known
	})
}

// of are the titles of a write that are of a kind.
func (w *write) of(k titleKind) []flow.Text {
	var out []flow.Text
	for _, t := range w.titles {
		if w.kindOf(t) == k {
			out = append(out, t)
		}
	}
	return out
}

// spread says whether the text that is written would load code where it runs.
func (w *write) spread() bool {
	return slices.ContainsFunc(w.texts, func(t flow.Text) bool { return loads(written(t)) })
}

// kindOf is the kind of a page after the write.
func (w *write) kindOf(t flow.Text) titleKind {
	k := kindOf(t)
	switch {
	case !w.model:
	case k == ownPage:
		return ownCode
	case k == somePage && userPage(t):
		return otherCode
	case k == siteText:
		return siteCode
	}
	return k
}

// runsPage says whether the script loads one of the pages as code, whatever it is called.
func (p *Pass) runsPage(titles []flow.Text) bool {
	for _, t := range titles {
		if kindOf(t) != ownPage {
			continue
		}
		for _, i := range p.imported() {
			if !i.style && i.pageNamed(spell(t)) {
				return true
			}
		}
	}
	return false
}

func (i *imported) pageNamed(title string) bool {
	return i.title != nil && spell(i.title) == title || strings.HasSuffix(i.target, ">"+title) || i.target == title
}
