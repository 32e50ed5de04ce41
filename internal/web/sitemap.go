package web

import "net/http"

// sitemap is every address there is.
func (p *pages) sitemap() http.Handler {
	mux := http.NewServeMux()
	at := func(method, path string, answer func(*visit) error) {
		mux.HandleFunc(method+" "+p.Base+path, p.visited(answer))
	}
	at("GET", "/{$}", p.my)
	at("GET", "/user/{name...}", p.person)
	at("GET", "/gadgets", p.all)
	at("GET", "/gadgets.csv", p.allCSV)
	at("GET", "/gadgets.json", p.allJSON)
	at("GET", "/gadget/{which...}", p.gadget)
	at("POST", "/gadget/{which}/switch", p.turn)
	if p.Edits != nil && p.Scripts != nil && p.Scripts.Pages != nil {
		at("POST", "/imports", p.turnImport)
	}
	if p.Breaker != nil {
		at("GET", "/incident", p.incident)
		at("GET", "/incident.json", p.incidentJSON)
		at("POST", "/incident/pull", p.pull)
	}
	if p.Exposure != nil {
		at("GET", "/exposure", p.exposure)
		at("GET", "/exposure.csv", p.exposureCSV)
		at("GET", "/exposure.json", p.exposureJSON)
	}
	if p.Policy != nil {
		at("GET", "/hosts", p.hosts)
		at("GET", "/hosts.csv", p.hostsCSV)
		at("GET", "/hosts.json", p.hostsJSON)
		at("POST", "/hosts", p.noise)
		at("GET", "/policy", p.policy)
		at("GET", "/policy.csv", p.policyCSV)
		at("GET", "/policy.json", p.policyJSON)
		at("POST", "/policy", p.doPolicy)
	}
	if p.Scripts != nil {
		at("GET", "/script/{title...}", p.script)
	}
	if p.listsScripts() {
		at("GET", "/scripts", p.scripts)
		at("GET", "/scripts.csv", p.scriptsCSV)
		at("GET", "/scripts.json", p.scriptsJSON)
		at("GET", "/scripts.sarif", p.scriptsSARIF)
	}
	if p.reviewsTexts() {
		at("GET", "/review", p.review)
		at("GET", "/review.csv", p.reviewCSV)
		at("GET", "/review.json", p.reviewJSON)
		at("GET", "/review/{digest}", p.reviewOne)
		at("POST", "/review/{digest}", p.doReview)
		at("GET", "/trial", p.trials)
		at("POST", "/trial", p.stopTrial)
	}
	if p.Switches != nil {
		at("GET", "/switches", p.switches)
		at("GET", "/switches.json", p.switchesJSON)
		at("POST", "/switches", p.doSwitch)
	}
	if p.Judge != nil {
		at("GET", "/agree", p.asksFirst)
		at("POST", "/agree", p.saidYes)
	}
	if p.People != nil {
		at("GET", "/people", p.power)
		at("GET", "/people.csv", p.peopleCSV)
		at("GET", "/people.json", p.peopleJSON)
	}
	if p.Requests != nil {
		at("GET", "/blocked", p.blocked)
		at("POST", "/blocked", p.ask)
		at("GET", "/requests", p.requests)
		at("GET", "/requests.json", p.requestsJSON)
		at("POST", "/requests/{id}", p.decide)
	}
	if p.Mirror != nil {
		at("GET", "/libs", p.libraries)
		at("GET", "/libs.csv", p.librariesCSV)
	}
	mux.HandleFunc("GET "+p.Base+"/static/{hash}/{file}", p.static)
	mux.HandleFunc(p.Base+"/", p.visited(func(*visit) error { return errNoPage }))
	return mux
}
