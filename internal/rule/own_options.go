package rule

import (
	"regexp"
	"strings"

	"sallyport/internal/js"
)

// Options whose names are put together, or stand in a list, are known by the names that the script spells.

// personalOptions say who somebody is, or let others read along.
var personalOptions = words("email realname watchlisttoken timecorrection")

// guardOptions are those that warn their owner of others, or keep scripts from running.
var guardOptions = words("forcesafemode enotifusertalkpages enotifwatchlistpages enotifrevealaddr disablemail requireemail " +
	"echo-subscriptions-email-login-fail echo-subscriptions-web-login-fail echo-subscriptions-email-login-success " +
	"echo-subscriptions-web-login-success echo-subscriptions-email-user-rights echo-subscriptions-web-user-rights")

// optionName begins all names of options. What is made of Object.entries() does not always get its names here.
var optionName = regexp.MustCompile(`^[A-Za-z]`)

// spellsOption says whether the script spells the name of one of some options, as a text or as a property.
func (p *Pass) spellsOption(options map[string]bool) bool {
	found := false
	p.each(func(n js.Node) {
		name, _, _ := strings.Cut(p.Str(n), "=") // as in change: 'option=0'
		found = found || options[name]
	}, js.String, js.TemplateText)
	p.each(func(n js.Node) {
		name, _ := p.KeyName(n)
		found = found || options[name]
	}, js.Property)
	return found
}

// asksPersonal says whether a call of mw.user.options.get() asks for such an option under a name that is not plain.
func (p *Pass) asksPersonal(call js.Node) bool {
	if p.Kind(call) != js.Call || p.Graph.NameOf(p.Callee(call)) != "mw.user.options.get" {
		return false
	}
	key := p.Arg(call, 0)
	if _, known := p.Graph.Str(key).Const(); known && key != 0 {
		return false
	}
	return p.spellsOption(personalOptions)
}

// turnsOff says whether a write sets options that guard their owner, under names that are put together.
func (p *Pass) turnsOff(w *write) bool {
	for _, t := range w.q.texts("optionname", "change", "option") {
		if name, known := t.Const(); !known || !optionName.MatchString(name) {
			return p.spellsOption(guardOptions)
		}
	}
	return false
}
