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
	if p.Breaker != nil {
		at("GET", "/incident", p.incident)
		at("GET", "/incident.json", p.incidentJSON)
		at("POST", "/incident/pull", p.pull)
	}
	if p.Scripts != nil {
		at("GET", "/script/{title...}", p.script)
	}
	if p.People != nil {
		at("GET", "/people", p.power)
		at("GET", "/people.csv", p.peopleCSV)
		at("GET", "/people.json", p.peopleJSON)
	}
	mux.HandleFunc("GET "+p.Base+"/static/{hash}/{file}", p.static)
	mux.HandleFunc(p.Base+"/", p.visited(func(*visit) error { return errNoPage }))
	return mux
}
